import { isIPv4, parseCIDRSloppy, parseDuration, parseIP, parseIPSloppy, parseTime } from '@kube-bonsai/apimachinery'
import { compilePattern } from './patterns.ts'
import { isRequestURI } from './request-uri.ts'

/** What tells whether a text has a format. All run in linear time. */
type Check = (text: string) => boolean

const matching = (pattern: string): Check => {
  const compiled = compilePattern(pattern)
  return (text) => compiled.matches(text)
}

const hostname = matching(
  '^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$',
)
const dateTimeRest = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/
const shortName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const creditCard =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})$/
const uuid = (third: string, fourth: string): Check => {
  const pattern = new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${third}-?${fourth}-?[0-9a-f]{12}$`, 'i')
  return (text) => pattern.test(text)
}
const bytes = (text: string): number => new TextEncoder().encode(text).length

/** Formats by their name without dashes. @see https://github.com/kubernetes/kube-openapi/tree/master/pkg/validation/strfmt */
const formats: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['bsonobjectid', (text) => /^[0-9a-fA-F]{24}$/.test(text)],
  ['uri', isRequestURI],
  ['email', isEmail],
  ['hostname', (text) => hostname(text) && bytes(text) <= 255 && text.split('.').every((part) => bytes(part) <= 63)],
  ['ipv4', (text) => text.includes('.') && parseIPSloppy(text) !== undefined],
  ['ipv6', (text) => text.includes(':') && parseIP(text) !== undefined],
  ['cidr', (text) => parseCIDRSloppy(text) !== undefined],
  ['mac', isMAC],
  ['uuid', uuid('[0-9a-f]{4}', '[0-9a-f]{4}')],
  ['uuid3', uuid('3[0-9a-f]{3}', '[0-9a-f]{4}')],
  ['uuid4', uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}')],
  ['uuid5', uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}')],
  ['isbn', (text) => isISBN10(text) || isISBN13(text)],
  ['isbn10', isISBN10],
  ['isbn13', isISBN13],
  ['creditcard', isCreditCard],
  ['ssn', (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text)],
  ['hexcolor', (text) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text)],
  ['rgbcolor', isRGBColor],
  ['byte', isBase64],
  ['password', () => true],
  ['date', isDate],
  ['duration', isDuration],
  ['datetime', isDateTime],
  ['k8sshortname', (text) => text.length <= 63 && shortName.test(text)],
  ['k8slongname', (text) => text.length <= 253 && text.split('.').every((part) => shortName.test(part))],
])

const normal = (format: string): string => format.replaceAll('-', '')

/** Whether values are held to this format; others are only remembered. */
export function isKnownFormat(format: string): boolean {
  return formats.has(normal(format))
}

/** Whether a text has a format; true for formats that are not known. */
export function hasFormat(format: string, text: string): boolean {
  return formats.get(normal(format))?.(text) ?? true
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    parseTime(`${text}T00:00:00Z`)
    return true
  } catch {
    return false
  }
}

function isDateTime(text: string): boolean {
  const [date, time] = text.toLowerCase().split('t')
  if (date === undefined || time === undefined || !isDate(date)) return false
  const [, hours = '', minutes = '', seconds = ''] = dateTimeRest.exec(time) ?? []
  return hours !== '' && hours <= '23' && minutes <= '59' && seconds <= '59'
}

const units: readonly (readonly string[])[] = [
  ['ns', 'nano'],
  ['us', 'µs', 'micro'],
  ['ms', 'milli'],
  ['s', 'sec'],
  ['m', 'min'],
  ['h', 'hr', 'hour'],
  ['d', 'day'],
  ['w', 'wk', 'week'],
]

/** What Go reads as a duration, or what Scala does: `3 days`. */
function isDuration(text: string): boolean {
  try {
    parseDuration(text)
    return true
  } catch {
    // Perhaps in words.
  }
  let found = false
  for (const [, amount = '', word = ''] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    if (BigInt(amount) > 9_223_372_036_854_775_807n) return false
    const unit = word.toLowerCase()
    found ||= units.some((names) => names.includes(unit) || unit.startsWith(names.at(-1) ?? ''))
  }
  return found
}

function isMAC(text: string): boolean {
  const pairs = /^[0-9a-fA-F]{2}(([:-])[0-9a-fA-F]{2}(\2[0-9a-fA-F]{2})*)$/.exec(text)
  if (pairs) return [6, 8, 20].includes(text.split(pairs[2] ?? ':').length)
  if (!/^[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4})*$/.test(text)) return false
  return [3, 4, 10].includes(text.split('.').length)
}

function isISBN10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, '')
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(digits)) return false
  const sum = [...digits].reduce((total, digit, index) => total + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0)
  return sum % 11 === 0
}

function isISBN13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, '')
  if (!/^[0-9]{13}$/.test(digits)) return false
  const sum = [...digits].reduce((total, digit, index) => total + (index % 2 === 0 ? 1 : 3) * Number(digit), 0)
  return sum % 10 === 0
}

function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/[^0-9]+/g, '')
  if (!creditCard.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (value >= 10 ? (value % 10) + 1 : value)
  }, 0)
  return sum % 10 === 0
}

function isRGBColor(text: string): boolean {
  const [, ...parts] = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(text) ?? []
  return parts.length === 3 && parts.every((part) => Number(part) <= 255 && (part === '0' || !part.startsWith('0')))
}

function isBase64(text: string): boolean {
  return text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/** One address, bare or in angle brackets after a name. @see net/mail.ParseAddress of Go */
function isEmail(text: string): boolean {
  const [, inBrackets] = /^[^<>@,;:]*<([^<>]+)>\s*$/.exec(text) ?? []
  const address = inBrackets ?? text.trim()
  const at = address.lastIndexOf('@')
  if (at <= 0 || at === address.length - 1) return false
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  const atoms = (part: string) =>
    part.split('.').every((atom) => /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+$/u.test(atom))
  const quoted = /^"(?:[^"\\\r\n]|\\.)+"$/.test(local)
  return (quoted || atoms(local)) && (atoms(domain) || isAddressLiteral(domain))
}

function isAddressLiteral(domain: string): boolean {
  const [, inside] = /^\[([^[\]]+)\]$/.exec(domain) ?? []
  if (inside === undefined) return false
  const address = parseIP(inside.replace(/^IPv6:/, ''))
  return address !== undefined && (inside.startsWith('IPv6:') || isIPv4(address))
}
