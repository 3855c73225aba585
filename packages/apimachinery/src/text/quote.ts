const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/**
 * Writes a string as Go's `%q` does: double quotes, Go's escapes, what cannot be printed as `\x`, `\u` or `\U`.
 * Kubernetes' messages quote with it; it differs from JSON in a few escapes.
 *
 * @see https://pkg.go.dev/strconv#Quote
 */
export function quote(s: string): string {
  if (plain.test(s)) return `"${s}"`
  let out = '"'
  for (const ch of s) out += escapeOne(ch)
  return `${out}"`
}

/** Says whether a character can be printed, as Go's `unicode.IsPrint`: of the blanks only the ASCII space. */
export function isPrintable(ch: string): boolean {
  return printable.test(ch)
}

function escapeOne(ch: string): string {
  const short = shortEscapes.get(ch)
  if (short !== undefined) return short
  const code = ch.codePointAt(0) ?? 0
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  if (printable.test(ch)) return ch
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}
