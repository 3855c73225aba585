const bareShape = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_\-./]*[\p{L}\p{N}_])?$/u
const words = new Set(['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 't', 'f'])
const notFinite = /^(?:inf|infinity|nan)$/i
const integer = /^(?:0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i
const decimal = /^[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?$/i
const hexFloat = /^0x(?=[0-9a-f.]*[0-9a-f])([0-9a-f]*)\.?([0-9a-f]*)p([-+]?[0-9]+)$/i
const date = /^(\d{4})-(\d{1,2})-(\d{1,2})$/

/** Tells whether a map key must be quoted: anything that some YAML parser may not take for this very string. */
export function needsQuotes(key: string): boolean {
  return !bareShape.test(key) || words.has(key.toLowerCase()) || looksLikeNumber(key.replaceAll('_', '')) || isDate(key)
}

// Numbers out of range do not count: Go's parsers refuse them, and so does the rule.
function looksLikeNumber(text: string): boolean {
  if (notFinite.test(text)) return true
  if (decimal.test(text)) return Number.isFinite(Number(text))
  if (integer.test(text)) return BigInt(text.toLowerCase()) < 2n ** 63n
  const match = hexFloat.exec(text)
  if (match === null) return false
  const [, whole = '', fraction = '', exponent] = match
  return Number.isFinite(Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length))
}

function isDate(text: string): boolean {
  const match = date.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)
}
