const decimal = /^[+-]?[0-9]+$/
const min = -(2n ** 63n)
const max = 2n ** 63n - 1n

/**
 * Reads a 64-bit integer as Go's `strconv.ParseInt(s, 10, 64)`: a sign and decimal digits, nothing else.
 *
 * @returns undefined for anything else, and out of range
 */
export function parseInt64(s: string): bigint | undefined {
  if (!decimal.test(s) || s.length > 4096) return undefined
  const value = BigInt(s.startsWith('+') ? s.slice(1) : s)
  return value < min || value > max ? undefined : value
}
