/** A span of time in nanoseconds, as Go counts it: 64 bits. */
export type Duration = bigint

/** A text that is no duration. Its message is Go's. */
export class DurationFormatError extends Error {
  override readonly name = 'DurationFormatError'
  /** What was read. */
  readonly text: string

  constructor(problem: string, text: string) {
    super(`time: ${problem}`)
    this.text = text
  }
}

const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])
const limit = 2n ** 63n
const step = /^([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/

/**
 * Reads a duration as Go does: `1h30m`, `-1.5s`, `0`.
 *
 * @returns nanoseconds
 * @throws DurationFormatError
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): Duration {
  const negative = text.startsWith('-')
  let rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return 0n
  if (rest === '') throw invalidDuration(text)
  let total = 0n
  while (rest !== '') {
    const [whole, size] = readStep(rest, text)
    total += size
    if (total > limit) throw invalidDuration(text)
    rest = rest.slice(whole.length)
  }
  if (negative) return -total
  if (total === limit) throw invalidDuration(text)
  return total
}

function readStep(rest: string, text: string): readonly [whole: string, size: bigint] {
  const [whole = '', integer = '', fraction = '', unit = ''] = step.exec(rest) ?? []
  if ((integer === '' && fraction === '') || integer.length > 64) throw invalidDuration(text)
  const value = BigInt(integer === '' ? '0' : integer)
  if (value > limit) throw invalidDuration(text)
  if (unit === '') throw new DurationFormatError(`missing unit in duration ${quoted(text)}`, text)
  const scale = units.get(unit)
  if (scale === undefined) {
    throw new DurationFormatError(`unknown unit ${quoted(unit)} in duration ${quoted(text)}`, text)
  }
  if (value > limit / scale) throw invalidDuration(text)
  const size = value * scale + fractionOf(fraction, scale)
  if (size > limit) throw invalidDuration(text)
  return [whole, size]
}

/** Go computes the fraction in floating point, from as many digits as fit into 63 bits. */
function fractionOf(digits: string, scale: bigint): bigint {
  let value = 0n
  let divisor = 1
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit)
    if (value > (limit - 1n) / 10n || next > limit) break
    value = next
    divisor *= 10
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(scale) / divisor)))
}

function invalidDuration(text: string): DurationFormatError {
  return new DurationFormatError(`invalid duration ${quoted(text)}`, text)
}

/** The time package of Go quotes bytes, not characters. */
function quoted(text: string): string {
  let out = '"'
  for (const byte of new TextEncoder().encode(text)) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`
    else if (byte < 0x20 || byte >= 0x80) out += `\\x${byte.toString(16).padStart(2, '0')}`
    else out += String.fromCharCode(byte)
  }
  return `${out}"`
}

/** Writes a duration as Go does: `1h30m0s`, `1.5ms`, `0s`. */
export function formatDuration(duration: Duration): string {
  if (duration === 0n) return '0s'
  const sign = duration < 0n ? '-' : ''
  const size = duration < 0n ? -duration : duration
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`
  const minutes = size / 60_000_000_000n
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`)
}
