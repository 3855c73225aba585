import { type CivilTime, civil, floorDivide, second } from '../values/time.ts'
import { type CelDuration, CelError, type CelTimestamp, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'
import { on } from './typed.ts'

/** The offset of a time zone at an instant, in seconds, or the error of a zone that is none. */
function offsetOf(zone: string, at: CelTimestamp): number | CelError {
  const colon = zone.indexOf(':')
  if (colon < 0) return namedOffset(zone, at)
  const [hours, minutes] = [zone.slice(0, colon), zone.slice(colon + 1)]
  for (const part of [hours, minutes])
    if (!/^[+-]?[0-9]+$/.test(part))
      return new CelError(`strconv.Atoi: parsing ${JSON.stringify(part)}: invalid syntax`)
  const [hour, minute] = [Number(hours), Number(minutes)]
  return 60 * (zone.startsWith('-') ? hour * 60 - minute : hour * 60 + minute)
}

function namedOffset(zone: string, at: CelTimestamp): number | CelError {
  if (zone === '' || zone === 'UTC') return 0
  const unknown = new CelError(`unknown time zone ${zone}`)
  if (/^[+-]/.test(zone)) return unknown
  try {
    const seconds = Number(floorDivide(at.nanos, second))
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    const part = new Map(format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]))
    const number = (name: Intl.DateTimeFormatPartTypes): number => Number(part.get(name))
    const date = new Date(0)
    date.setUTCFullYear(number('year'), number('month') - 1, number('day'))
    date.setUTCHours(number('hour'), number('minute'), number('second'))
    return date.getTime() / 1000 - seconds
  } catch {
    return unknown
  }
}

const parts: readonly (readonly [string, (time: CivilTime) => number])[] = [
  ['timestamp_to_year', ({ year }) => year],
  ['timestamp_to_month', ({ month }) => month - 1],
  ['timestamp_to_day_of_year', ({ yearDay }) => yearDay - 1],
  ['timestamp_to_day_of_month', ({ day }) => day - 1],
  ['timestamp_to_day_of_month_1_based', ({ day }) => day],
  ['timestamp_to_day_of_week', ({ weekday }) => weekday],
  ['timestamp_to_hours', ({ hours }) => hours],
  ['timestamp_to_minutes', ({ minutes }) => minutes],
  ['timestamp_to_seconds', ({ seconds }) => seconds],
  ['timestamp_to_milliseconds', ({ nanos }) => Math.floor(nanos / 1_000_000)],
]

const inZone =
  (read: (time: CivilTime) => number) =>
  (at: CelTimestamp, zone: string): Value => {
    const offset = offsetOf(zone, at)
    return typeof offset === 'number' ? BigInt(read(civil(at.nanos, offset))) : offset
  }

const whole = (unit: bigint): CelFunction => on(['duration'], (value: CelDuration) => value.nanos / unit)

/** @see cel-go common/types/timestamp.go, with UTC as the default zone */
export const timeFunctions: readonly (readonly [string, CelFunction])[] = [
  ...parts.map(([id, read]) => [id, on(['timestamp'], (at) => BigInt(read(civil(at.nanos, 0))))] as const),
  ...parts.map(
    ([id, read]) =>
      [
        id === 'timestamp_to_seconds' ? 'timestamp_to_seconds_tz' : `${id}_with_tz`,
        on(['timestamp', 'string'], inZone(read)),
      ] as const,
  ),
  ['duration_to_hours', whole(3600n * second)],
  ['duration_to_minutes', whole(60n * second)],
  ['duration_to_seconds', whole(second)],
  ['duration_to_milliseconds', whole(second / 1000n)],
]
