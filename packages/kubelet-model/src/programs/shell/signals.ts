/** Signals by their numbers on Linux. */
export const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
}

/** A signal by its name (`TERM`, `SIGTERM`) or number; undefined for what is none. */
export function signalNamed(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '')
  if (Object.hasOwn(signalNumbers, name)) return name
  return Object.keys(signalNumbers).find((one) => String(signalNumbers[one]) === text)
}
