import type { Amount } from './amount.ts'
import { shiftInt64 } from './amount.ts'
import { divideUp, int64, maxInt64, minInt64, pow10 } from './whole.ts'

/**
 * The amount in units of ten to the power of `scale`, as an int64. The two forms differ, as upstream's do: an int64
 * rounds away from zero; a decimal adds one to what is cut off below zero too, and both overflow without a word.
 */
export function scaledValue(amount: Amount, scale: number): bigint {
  const value = BigInt(amount.value)
  const places = amount.scale - scale
  if (!amount.dec) {
    return places < 0 ? divideUp(value, pow10(-places))[0] : shiftInt64(value, places)[0]
  }
  if (places === 0) return int64(value)
  // Beyond 18 places the factor itself overflows to the least int64.
  if (places > 0) return int64(int64(value) * (places > 18 ? minInt64 : pow10(places)))
  // Upstream's short way looks at the upper bound only: a very negative number is cut to 64 bits first.
  const short = value < maxInt64 && places > -19
  const dividend = short ? int64(value) : value
  const divisor = pow10(-places)
  const quotient = dividend / divisor
  if (quotient * divisor === dividend) return int64(quotient)
  return int64(!short && value < 0n ? quotient : quotient + 1n)
}

/** The same as a JavaScript number: exact within the safe integers, the nearest one beyond. */
export function scaledNumber(amount: Amount, scale: number): number {
  const { value } = amount
  const places = amount.scale - scale
  if (typeof value === 'number') {
    if (places === 0) return value
    if (places < 0 && places > -16 && !amount.dec) {
      const divisor = 10 ** -places
      const rest = value % divisor
      return (value - rest) / divisor + Math.sign(rest)
    }
    const product = places > 0 && places < 16 ? value * 10 ** places : Number.NaN
    if (Number.isSafeInteger(product)) return product
  }
  return Number(scaledValue(amount, scale))
}

// Go's table of powers has steps of 32, and the product rounds once more than the number itself would.
const floatPow10 = (exponent: number): number => {
  const size = Math.abs(exponent)
  const rest = Number(`1e${size % 32}`)
  if (exponent < -323) return 0
  return exponent < 0 ? Number(`1e-${size - (size % 32)}`) / rest : Number(`1e${size - (size % 32)}`) * rest
}

/** The nearest double, or nearly: as upstream computes it. */
export const approximateFloat64 = ({ value, scale }: Amount): number =>
  scale === 0 ? Number(value) : Number(value) * floatPow10(scale)
