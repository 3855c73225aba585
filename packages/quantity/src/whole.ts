/** A whole number: a JavaScript number whenever it is a safe integer, else a bigint. Small ones stay fast that way. */
export type Whole = number | bigint

/** The shortest form of a bigint. */
export const whole = (value: bigint): Whole => {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

const powers: bigint[] = []

/** 10 to the power of `exponent`, zero or more. */
export const pow10 = (exponent: number): bigint => {
  if (exponent > 40) return 10n ** BigInt(exponent)
  powers[exponent] ??= 10n ** BigInt(exponent)
  return powers[exponent] ?? 1n
}

/** What an int64 keeps of a whole number that may be larger. */
export const int64 = (value: bigint): bigint => BigInt.asIntN(64, value)

export const isInt64 = (value: bigint): boolean => int64(value) === value

export const maxInt64: bigint = 2n ** 63n - 1n
export const minInt64: bigint = -(2n ** 63n)

/** `value / divisor`, rounded away from zero, and whether nothing was lost. The divisor is positive. */
export const divideUp = (value: bigint, divisor: bigint): [result: bigint, exact: boolean] => {
  const quotient = value / divisor
  const exact = quotient * divisor === value
  return [exact ? quotient : quotient + (value < 0n ? -1n : 1n), exact]
}
