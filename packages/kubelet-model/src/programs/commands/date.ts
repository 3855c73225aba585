import { CommandError } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { parseOptions } from './options.ts'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const hour = 3_600_000
const day = 24 * hour
const two = (value: number) => String(value).padStart(2, '0')

/** `date`: the clock's time, in UTC. */
export const date: CommandFunction = async ({ args, world: { clock }, stdout }) => {
  const options = parseOptions(args, 'ud:r:RI', { utc: 'u', date: 'd', 'iso-8601': 'I', 'rfc-2822': 'R' })
  const given = options.value('d')
  const time = given === undefined ? clock.now() : timeOf(given, clock.now())
  const [format, ...more] = options.operands
  if (more.length > 0 || (format !== undefined && !format.startsWith('+')))
    throw new CommandError('cannot set date: Operation not permitted')
  const standard = options.has('I')
    ? '%Y-%m-%d'
    : options.has('R')
      ? '%a, %d %b %Y %H:%M:%S +0000'
      : '%a %b %e %H:%M:%S UTC %Y'
  await stdout.write(`${formatted(format?.slice(1) ?? standard, time)}\n`)
  return 0
}

function timeOf(text: string, now: number): number {
  if (/^@-?\d{1,12}$/.test(text)) return Number(text.slice(1)) * 1000
  if (text === 'now') return now
  const time = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?Z?)?$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}${text.length > 10 ? 'Z' : ''}`)
    : Number.NaN
  if (Number.isNaN(time)) throw new CommandError(`invalid date '${text}'`)
  return time
}

/** A time in the letters of strftime. Throws a CommandError for a letter that is none. */
export function formatted(format: string, time: number): string {
  return format.replace(/%([-_0]?)(\w|%)/g, (all, flag: string, letter: string) => {
    const text = part(letter, new Date(time))
    if (text === undefined) throw new CommandError(`not modelled: ${all} in a date`, 2)
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '')
    return flag === '_' ? text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length)) : text
  })
}

function part(letter: string, date: Date): string | undefined {
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const [hours, minutes, seconds] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
  const weekday = days[date.getUTCDay()] ?? ''
  const dayOfYear = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / day) + 1
  const parts: Readonly<Record<string, string>> = {
    Y: String(year),
    y: two(year % 100),
    C: two(Math.floor(year / 100)),
    m: two(month + 1),
    d: two(dayOfMonth),
    e: String(dayOfMonth).padStart(2),
    H: two(hours),
    I: two(hours % 12 || 12),
    M: two(minutes),
    S: two(seconds),
    N: String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0'),
    s: String(Math.floor(date.getTime() / 1000)),
    p: hours < 12 ? 'AM' : 'PM',
    j: String(dayOfYear).padStart(3, '0'),
    u: String(date.getUTCDay() || 7),
    w: String(date.getUTCDay()),
    a: weekday.slice(0, 3),
    A: weekday,
    b: (months[month] ?? '').slice(0, 3),
    h: (months[month] ?? '').slice(0, 3),
    B: months[month] ?? '',
    Z: 'UTC',
    z: '+0000',
    F: `${year}-${two(month + 1)}-${two(dayOfMonth)}`,
    D: `${two(month + 1)}/${two(dayOfMonth)}/${two(year % 100)}`,
    T: `${two(hours)}:${two(minutes)}:${two(seconds)}`,
    X: `${two(hours)}:${two(minutes)}:${two(seconds)}`,
    R: `${two(hours)}:${two(minutes)}`,
    c: `${weekday.slice(0, 3)} ${(months[month] ?? '').slice(0, 3)} ${String(dayOfMonth).padStart(2)} ${two(hours)}:${two(minutes)}:${two(seconds)} ${year}`,
    n: '\n',
    t: '\t',
    '%': '%',
  }
  return Object.hasOwn(parts, letter) ? parts[letter] : undefined
}
