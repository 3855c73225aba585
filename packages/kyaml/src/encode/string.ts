const named: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\0': '\\0',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

// Everything Go's unicode.IsPrint refuses, plus the two characters that are always escaped.
const special = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu

function escapeCharacter(c: string): string {
  const name = named[c]
  if (name !== undefined) return name
  const code = c.codePointAt(0) ?? 0
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  const hex = code.toString(16)
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** Writes a string in double quotes on one line. */
export function quoteOnOneLine(text: string): string {
  return `"${text.replaceAll(special, escapeCharacter)}"`
}

const leadingSpace = /^[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u

/**
 * Writes a string in double quotes; a string of several lines is folded so that each of its lines stands on its own
 * line, below the opening quote. Tabs stay tabs.
 */
export function quoteFolded(text: string, indent: string): string {
  const keepTabs = (line: string): string => line.replaceAll(special, (c) => (c === '\t' ? c : escapeCharacter(c)))
  if (!text.includes('\n')) return `"${keepTabs(text)}"`
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  // The column before a line holds a backslash where white space must be kept, else a space: the lines stay aligned.
  const prefix = (line: string): string => indent + (leadingSpace.test(line) ? '\\' : ' ')
  const body = lines.map((line) => `${line === '' ? `${indent} ` : prefix(line)}${keepTabs(line)}\\n\\\n`).join('')
  const tail = last === '' ? '' : `${prefix(last)}${keepTabs(last)}\\\n`
  return `"\\\n${body}${tail}${indent}"`
}
