import { parseDuration, quote } from '@kube-bonsai/apimachinery'

/** The bounds of one field of a schedule, with names for its numbers. */
interface Bounds {
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const fields: readonly Bounds[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
]
const descriptors = new Set(
  ['yearly', 'annually', 'monthly', 'weekly', 'daily', 'midnight', 'hourly'].map((it) => `@${it}`),
)

/** Thrown inside of this file only: the first thing that is wrong with a schedule. */
class ScheduleProblem extends Error {}

function fail(message: string): never {
  throw new ScheduleProblem(message)
}

/**
 * What is wrong with a schedule, in the words of robfig/cron, which upstream asks; undefined for a right one.
 *
 * @param isZone tells whether a time zone exists
 */
export function scheduleProblem(schedule: string, isZone: (name: string) => boolean): string | undefined {
  try {
    checkSchedule(schedule, isZone)
    return undefined
  } catch (error) {
    if (error instanceof ScheduleProblem) return error.message
    throw error
  }
}

function checkSchedule(schedule: string, isZone: (name: string) => boolean): void {
  let rest = schedule
  if (/^(CRON_)?TZ=/.test(schedule)) {
    const blank = schedule.indexOf(' ')
    if (blank < 0) fail('invalid schedule format: runtime error: slice bounds out of range [:-1]')
    const zone = schedule.slice(schedule.indexOf('=') + 1, blank)
    if (zone !== '' && !isZone(zone)) fail(`provided bad location ${zone}: unknown time zone ${zone}`)
    rest = schedule.slice(blank).trim()
  }
  if (rest.startsWith('@')) {
    checkDescriptor(rest)
    return
  }
  const parts = rest.split(/[\s\u0085]+/u).filter((part) => part !== '')
  if (parts.length !== fields.length)
    fail(`expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`)
  parts.forEach((part, index) => {
    const bounds = fields[index]
    if (bounds === undefined) return
    for (const range of part.split(',')) if (range !== '') checkRange(range, bounds)
  })
}

function checkDescriptor(text: string): void {
  if (descriptors.has(text)) return
  if (!text.startsWith('@every ')) fail(`unrecognized descriptor: ${text}`)
  try {
    parseDuration(text.slice('@every '.length))
  } catch (error) {
    fail(`failed to parse duration ${text}: time: ${error instanceof Error ? error.message : ''}`)
  }
}

function checkRange(range: string, { min, max, names }: Bounds): void {
  const [span = '', step, more] = range.split('/')
  const [low = '', high, tooMany] = span.split('-')
  let [start, end] = [min, max]
  if (low !== '*' && low !== '?') {
    start = numberOrName(low, names)
    if (tooMany !== undefined) fail(`too many hyphens: ${range}`)
    end = high === undefined ? start : numberOrName(high, names)
  }
  if (more !== undefined) fail(`too many slashes: ${range}`)
  const width = step === undefined ? 1 : parseNumber(step)
  if (step !== undefined && high === undefined) end = max
  if (start < min) fail(`beginning of range (${start}) below minimum (${min}): ${range}`)
  if (end > max) fail(`end of range (${end}) above maximum (${max}): ${range}`)
  if (start > end) fail(`beginning of range (${start}) beyond end of range (${end}): ${range}`)
  if (width === 0) fail(`step of range should be a positive number: ${range}`)
}

function numberOrName(text: string, names: readonly string[]): number {
  const index = names.indexOf(text.toLowerCase())
  return index < 0 ? parseNumber(text) : index + (names === months ? 1 : 0)
}

function parseNumber(text: string): number {
  const value = Number(text)
  const problem = (why: string): string =>
    `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: ${why}`
  if (!/^[+-]?\d+$/.test(text)) fail(problem('invalid syntax'))
  if (Math.abs(value) >= 2 ** 63) fail(problem('value out of range'))
  if (value < 0) fail(`negative number (${value}) not allowed: ${text}`)
  return value
}
