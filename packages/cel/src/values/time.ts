export const second = 1_000_000_000n
const minute = 60n * second
const hour = 60n * minute
const maxDuration = 2n ** 63n - 1n
const minDuration = -(2n ** 63n)

/** The first and the last instant that CEL knows, in seconds since 1970. */
export const minUnixSeconds = -62_135_596_800n
export const maxUnixSeconds = 253_402_300_799n

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: second,
  m: minute,
  h: hour,
}

/** Go's `time.ParseDuration`: nanoseconds, or undefined for what is none. */
export function parseGoDuration(text: string): bigint | undefined {
  const signed = /^([+-]?)(.*)$/s.exec(text)
  if (!signed) return undefined
  const [, sign, rest = ''] = signed
  if (rest === '0') return 0n
  if (rest === '' || text.length > 1024) return undefined
  const piece = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y
  let total = 0n
  let at = 0
  while (at < rest.length) {
    piece.lastIndex = at
    const match = piece.exec(rest)
    const [, whole = '', fraction = '', unit = ''] = match ?? []
    const scale = units[unit]
    if (!match || scale === undefined || (whole === '' && fraction === '')) return undefined
    total += BigInt(whole === '' ? 0 : whole) * scale
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length)
    if (total > maxDuration + 1n) return undefined
    at = piece.lastIndex
  }
  if (sign === '-') return -total
  return total > maxDuration ? undefined : total
}

export const durationInRange = (nanos: bigint): boolean => nanos <= maxDuration && nanos >= minDuration

export const timestampInRange = (nanos: bigint): boolean => {
  const seconds = floorDivide(nanos, second)
  return seconds >= minUnixSeconds && seconds <= maxUnixSeconds
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

/** Go's `Duration.String()`: `1h2m3.5s`. */
export function goDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  if (size < second) {
    const [unit, scale] = size < 1_000n ? ['ns', 1n] : size < 1_000_000n ? ['µs', 1_000n] : ['ms', 1_000_000n]
    return `${sign}${decimal(size, scale as bigint)}${unit}`
  }
  const hours = size / hour
  const minutes = (size / minute) % 60n
  const seconds = `${decimal(size % minute, second)}s`
  return sign + (hours > 0n ? `${hours}h${minutes}m` : minutes > 0n ? `${minutes}m` : '') + seconds
}

function decimal(value: bigint, scale: bigint): string {
  const fraction = (value % scale)
    .toString()
    .padStart(scale.toString().length - 1, '0')
    .replace(/0+$/, '')
  return `${value / scale}${fraction === '' || scale === 1n ? '' : `.${fraction}`}`
}

/** Days since 1970 of a date of the proleptic Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/** The fields of a clock at an instant, `zone` seconds east of UTC. Months and days count from 1. */
export interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
  readonly nanos: number
  /** Sunday is 0. */
  readonly weekday: number
  /** From 1. */
  readonly yearDay: number
}

export function civil(nanos: bigint, zone: number): CivilTime {
  const total = floorDivide(nanos, second)
  const local = Number(total) + zone
  const days = Math.floor(local / 86400)
  const left = local - days * 86400
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return {
    year,
    month,
    day,
    hours: Math.floor(left / 3600),
    minutes: Math.floor(left / 60) % 60,
    seconds: left % 60,
    nanos: Number(nanos - total * second),
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysOf(year, 1, 1) + 1,
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** RFC 3339 with as many fraction digits as needed. */
export function formatTimestamp(nanos: bigint, zone = 0): string {
  const { year, month, day, hours, minutes, seconds, nanos: rest } = civil(nanos, zone)
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
  const east = Math.abs(zone) / 60
  const offset = zone === 0 ? 'Z' : `${zone < 0 ? '-' : '+'}${two(Math.floor(east / 60))}:${two(Math.floor(east % 60))}`
  const date = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}-${two(month)}-${two(day)}`
  return `${date}T${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}${offset}`
}

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Go's `time.Parse(time.RFC3339, …)`: nanoseconds since 1970 and the zone, or undefined. */
export function parseRfc3339(text: string): { readonly nanos: bigint; readonly zone: number } | undefined {
  if (text.length > 256) return undefined
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1, 7).map(Number)
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  if (month < 1 || month > 12 || day < 1 || day > (monthDays[month - 1] ?? 0) + leap) return undefined
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const [sign, zoneHours, zoneMinutes] = [match[8], Number(match[9] ?? 0), Number(match[10] ?? 0)]
  if (zoneHours > 24 || zoneMinutes > 60) return undefined
  const zone = (sign === '-' ? -1 : 1) * (zoneHours * 3600 + zoneMinutes * 60)
  const total = BigInt(daysOf(year, month, day) * 86400 + hours * 3600 + minutes * 60 + seconds - zone)
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'))
  return { nanos: total * second + fraction, zone: zone === 0 ? 0 : zone }
}

/** Go's `time.Parse("2006-01-02", …)`. */
export function parseDate(text: string): bigint | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseRfc3339(`${text}T00:00:00Z`)?.nanos : undefined
}
