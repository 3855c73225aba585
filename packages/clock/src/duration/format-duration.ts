const second = 1_000_000_000n

/** A count of units of which one has `digits` decimal places, without zeros at the end. */
function decimal(value: bigint, digits: number): string {
  if (digits === 0) return String(value)
  const text = String(value).padStart(digits + 1, '0')
  const fraction = text.slice(-digits).replace(/0+$/, '')
  const whole = text.slice(0, -digits)
  return fraction === '' ? whole : `${whole}.${fraction}`
}

function formatPositive(ns: bigint): string {
  if (ns === 0n) return '0s'
  if (ns < 1_000n) return `${ns}ns`
  if (ns < 1_000_000n) return `${decimal(ns, 3)}\u00b5s`
  if (ns < second) return `${decimal(ns, 6)}ms`
  const minutes = ns / (60n * second)
  const seconds = `${decimal(ns % (60n * second), 9)}s`
  if (minutes === 0n) return seconds
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`
}

/**
 * Writes a duration in nanoseconds as Go does: `"1h30m0s"`, `"1.5s"`, `"100ms"`, `"0s"`.
 *
 * @see https://pkg.go.dev/time#Duration.String
 */
export function formatDuration(ns: bigint): string {
  return ns < 0n ? `-${formatPositive(-ns)}` : formatPositive(ns)
}

/** {@link formatDuration} of milliseconds, rounded to a nanosecond. Throws a RangeError when `ms` is not finite. */
export function formatDurationMs(ms: number): string {
  const whole = Math.trunc(ms)
  return formatDuration(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)))
}
