const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const edges = new RegExp(`^${space}|${space}$`, 'g')

/** Go's strings.TrimSpace, whose idea of white space is not JavaScript's. */
export const trimSpace = (text: string): string => text.replace(edges, '')

const escapes: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

function escaped(character: string): string {
  const short = escapes.get(character)
  if (short !== undefined) return short
  if (character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  // Half of a surrogate pair is no character in Go.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, '0')}`
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** Go's strconv.Quote. */
export const quote = (text: string): string => `"${Array.from(text, escaped).join('')}"`
