import { civilFromDays, daysFromCivil, isCivilDay } from './civil.ts'
import { parseFailure } from './parse-failure.ts'

/** A point in time, to the nanosecond. */
export interface Instant {
  /** Whole seconds since 1970, rounded down. */
  readonly seconds: number
  /** 0 to 999999999. */
  readonly nanoseconds: number
}

/** A text that is no time. */
export class TimeFormatError extends Error {
  override readonly name = 'TimeFormatError'
  /** What was read. */
  readonly text: string

  constructor(text: string, layout: string) {
    super(parseFailure(text, layout))
    this.text = text
  }
}

/** Go's zero time, which counts as no time at all: 0001-01-01T00:00:00Z. */
export const zeroTime: Instant = Object.freeze({ seconds: -62_135_596_800, nanoseconds: 0 })

/** Says whether a time counts as none. */
export function isZeroTime({ seconds, nanoseconds }: Instant): boolean {
  return seconds === zeroTime.seconds && nanoseconds === 0
}

const timeLayout = '2006-01-02T15:04:05Z07:00'
const microTimeLayout = '2006-01-02T15:04:05.000000Z07:00'
const date = '(\\d{4})-(\\d{2})-(\\d{2})T(\\d{1,2}):(\\d{2}):(\\d{2})'
const zone = '(?:Z|([+-])(\\d{2}):(\\d{2}))'
const timeText = new RegExp(`^${date}(?:[.,](\\d+))?${zone}$`)
const microTimeText = new RegExp(`^${date}[.,](\\d{6})${zone}$`)

/**
 * Reads a `metav1.Time`: RFC 3339 as Go reads it, any fraction allowed.
 *
 * @throws TimeFormatError
 */
export function parseTime(text: string): Instant {
  return read(timeText.exec(text), text, timeLayout)
}

/**
 * Reads a `metav1.MicroTime`: RFC 3339 with six digits of fraction.
 *
 * @throws TimeFormatError
 */
export function parseMicroTime(text: string): Instant {
  return read(microTimeText.exec(text), text, microTimeLayout)
}

/** Writes a `metav1.Time`: UTC, whole seconds. */
export function formatTime({ seconds }: Instant): string {
  if (latest?.seconds !== seconds) latest = { seconds, text: `${civilText(seconds)}Z` }
  return latest.text
}

/** Most times are told many times over, as those of all that happens within a second: one text serves them all. */
let latest: { readonly seconds: number; readonly text: string } | undefined

/** Writes a `metav1.MicroTime`: UTC, six digits of fraction, the rest cut off. */
export function formatMicroTime({ seconds, nanoseconds }: Instant): string {
  const micros = Math.floor(nanoseconds / 1000)
  return [civilText(seconds), `${String(micros).padStart(6, '0')}Z`].join('.')
}

/** Writes a time in UTC with as many digits of fraction as it has. */
export function formatTimeNano({ seconds, nanoseconds }: Instant): string {
  const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '')
  return `${civilText(seconds)}${fraction === '' ? '' : `.${fraction}`}Z`
}

/** Turns milliseconds since 1970, as clocks count, into a time. */
export function instantOfMillis(millis: number): Instant {
  const seconds = Math.floor(millis / 1000)
  return { seconds, nanoseconds: Math.floor((millis - seconds * 1000) * 1e6) }
}

/** Turns a time into milliseconds since 1970. */
export function millisOfInstant({ seconds, nanoseconds }: Instant): number {
  return seconds * 1000 + nanoseconds / 1e6
}

function read(found: RegExpExecArray | null, text: string, layout: string): Instant {
  if (found === null) throw new TimeFormatError(text, layout)
  const number = (group: number): number => Number(found[group] ?? '0')
  const day = { year: number(1), month: number(2), day: number(3) }
  const [hour, minute, second, zoneHour, zoneMinute] = [number(4), number(5), number(6), number(9), number(10)]
  if (!isCivilDay(day) || hour > 23 || minute > 59 || second > 59 || zoneHour > 24 || zoneMinute > 60) {
    throw new TimeFormatError(text, layout)
  }
  const offset = (zoneHour * 3600 + zoneMinute * 60) * (found[8] === '-' ? -1 : 1)
  const seconds = daysFromCivil(day) * 86_400 + hour * 3600 + minute * 60 + second - offset
  return { seconds, nanoseconds: Number((found[7] ?? '').slice(0, 9).padEnd(9, '0')) }
}

function civilText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  const { year, month, day } = civilFromDays(days)
  const sign = year < 0 ? '-' : ''
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const date = [`${sign}${String(Math.abs(year)).padStart(4, '0')}`, two(month), two(day)].join('-')
  return [date, [two(rest / 3600), two((rest % 3600) / 60), two(rest % 60)].join(':')].join('T')
}
