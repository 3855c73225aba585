import { humanDuration, millisOfInstant, parseMicroTime, parseTime } from '@kube-bonsai/apimachinery'

const unknown = '<unknown>'

/** Milliseconds since the epoch of a time of the API, whole seconds or finer; undefined for none. */
export function millisOf(time: unknown): number | undefined {
  if (typeof time !== 'string' || time === '') return undefined
  try {
    return millisOfInstant(time.includes('.') ? parseMicroTime(time) : parseTime(time))
  } catch {
    return undefined
  }
}

/** How long ago a time was, `<unknown>` for no time. */
export function age(time: unknown, now: number): string {
  const millis = millisOf(time)
  return millis === undefined ? unknown : humanMillis(now - millis)
}

/** A span of milliseconds as kubectl shows ages. */
export function humanMillis(millis: number): string {
  return humanDuration(BigInt(Math.trunc(millis)) * nanosecondsPerMilli)
}

const nanosecondsPerMilli = 1_000_000n
