import { DurationError } from './duration-error.ts'

// Nanoseconds per unit; both letters that look like a Greek mu count.
const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

const most = 2n ** 63n
// At most one of the two digit groups may be empty.
const part = /(\d*)(?:\.(\d*))?([^.0-9]*)/y

/** Digits after the point, as many as fit an int64, and the power of ten they are divided by. */
function readFraction(text: string): [digits: bigint, scale: number] {
  let digits = 0n
  let scale = 1
  for (const character of text) {
    const next = digits * 10n + BigInt(character)
    if (digits > (most - 1n) / 10n || next > most) break
    digits = next
    scale *= 10
  }
  return [digits, scale]
}

/**
 * Reads a duration as Go writes it (`"1h30m"`, `"-1.5s"`, `"100ms"`, `"0"`), in nanoseconds within an int64.
 * Throws a {@link DurationError} with Go's text.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): bigint {
  const negative = text.startsWith('-')
  let at = negative || text.startsWith('+') ? 1 : 0
  if (text.slice(at) === '0') return 0n
  if (at === text.length) throw new DurationError('invalid duration', text)
  let sum = 0n
  while (at < text.length) {
    part.lastIndex = at
    const [all = '', integer = '', fraction, unitText = ''] = part.exec(text) ?? []
    if ((integer === '' && (fraction ?? '') === '') || integer.length > maxDigits(integer)) {
      throw new DurationError('invalid duration', text)
    }
    const count = BigInt(integer === '' ? 0 : integer)
    if (count > most) throw new DurationError('invalid duration', text)
    if (unitText === '') throw new DurationError('missing unit in duration', text)
    const unit = units.get(unitText)
    if (unit === undefined) throw new DurationError('unknown unit', text, unitText)
    const [digits, scale] = readFraction(fraction ?? '')
    // Go takes the fraction through a double, and so does this.
    sum += count * unit + BigInt(Math.trunc(Number(digits) * (Number(unit) / scale)))
    if (count * unit > most || sum > most) throw new DurationError('invalid duration', text)
    at += all.length
  }
  if (!negative && sum === most) throw new DurationError('invalid duration', text)
  return negative ? -sum : sum
}

// Leading zeros do not count; more than 19 other digits never fit, and need no bigint to know it.
const maxDigits = (integer: string): number => integer.search(/[^0]|$/) + 19

/** {@link parseDuration} in milliseconds, with a fraction where there is one. Throws a {@link DurationError}. */
export function parseDurationMs(text: string): number {
  return Number(parseDuration(text)) / 1e6
}
