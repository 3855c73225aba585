/**
 * Brings line breaks of YAML 1.1 (a lone carriage return, U+0085) to `\n`. No offset changes.
 */
export function normalizeBreaks(text: string): string {
  return /[\r\u0085]/.test(text) ? text.replaceAll(/\r(?!\n)|\u0085/g, '\n') : text
}

const refused = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** Finds the first character that no YAML text may hold unescaped. */
export function findControlCharacter(text: string): number | undefined {
  const at = text.search(refused)
  return at === -1 ? undefined : at
}
