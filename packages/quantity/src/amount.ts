import { divideUp, int64, isInt64, minInt64, pow10, type Whole, whole } from './whole.ts'

/**
 * A number as upstream holds it: `value` times ten to the power of `scale`. Upstream has two such forms, an int64 and a
 * decimal of any size (`dec`), which round and overflow differently, so the form is part of the number.
 */
export interface Amount {
  readonly value: Whole
  readonly scale: number
  readonly dec: boolean
}

export const zero: Amount = { value: 0, scale: 0, dec: false }

/** Negative, 0 or positive as `a` is less than, equal to or greater than `b`; forms do not matter. */
export function compareAmounts(a: Amount, b: Amount): number {
  let [left, right] = [a.value, b.value]
  const shift = a.scale - b.scale
  if (shift > 0) left = scaleUp(left, shift)
  else if (shift < 0) right = scaleUp(right, -shift)
  return left < right ? -1 : left > right ? 1 : 0
}

/** `value` times ten to the power of `scale`, zero or more. */
function scaleUp(value: Whole, scale: number): Whole {
  if (value === 0) return 0
  if (typeof value === 'number' && scale < 16) {
    const product = value * 10 ** scale
    if (Number.isSafeInteger(product)) return product
  }
  return whole(BigInt(value) * pow10(scale))
}

/** The sum; as an int64 when upstream manages to, else as a decimal. */
export function addAmounts(a: Amount, b: Amount): Amount {
  const dec = a.dec || b.dec
  if (!dec) {
    if (b.value === 0) return a
    if (a.value === 0) return b
  }
  const scale = Math.min(a.scale, b.scale)
  const left = scaleUp(a.value, a.scale - scale)
  const right = scaleUp(b.value, b.scale - scale)
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    if (Number.isSafeInteger(sum)) return { value: sum, scale, dec }
  }
  const [x, y] = [BigInt(left), BigInt(right)]
  const sum = x + y
  return { value: whole(sum), scale, dec: dec || !(isInt64(x) && isInt64(y) && isInt64(sum)) }
}

/** The negative; an int64 has no negative for its least value, which stays what it is. */
export function negateAmount({ value, scale, dec }: Amount): Amount {
  if (typeof value === 'number') return { value: value === 0 ? 0 : -value, scale, dec }
  return { value: whole(dec ? -value : int64(-value)), scale, dec }
}

/** Shifts an int64 to the left by decimal places: what upstream comes to, and whether that is right. */
export function shiftInt64(value: bigint, places: number): [result: bigint, ok: boolean] {
  const product = value * pow10(value === 0n ? 0 : places)
  const ok = isInt64(product)
  // For these distances upstream multiplies once and hands out what overflowed.
  if (ok || ([1, 2, 3, 6, 9].includes(places) && value !== minInt64)) return [int64(product), ok]
  return [0n, false]
}

/** The product and whether upstream calls it exact. */
export function multiplyAmount(amount: Amount, by: bigint): [product: Amount, exact: boolean] {
  const value = BigInt(amount.value)
  const { scale } = amount
  const product = value * by
  if (!amount.dec) {
    if (value === 0n) return [amount, true]
    if (by === 0n) return [zero, true]
    const fits = isInt64(product) && (by === 1n || value === 1n || (by !== minInt64 && value !== minInt64))
    const whole64 = scale >= 0 ? fits && shiftInt64(product, scale)[1] : fits && product % pow10(-scale) === 0n
    if (whole64) return [{ value: whole(product), scale, dec: false }, true]
  }
  return [{ value: whole(product), scale, dec: true }, isInt64(product)]
}

/** Rounds away from zero to a multiple of ten to the power of `scale`; tells whether nothing was lost. */
export function roundAmount(amount: Amount, scale: number): [rounded: Amount, exact: boolean] {
  if (amount.scale < scale) {
    const [value, exact] = divideUp(BigInt(amount.value), pow10(scale - amount.scale))
    return [{ value: whole(value), scale, dec: amount.dec }, exact]
  }
  // A decimal takes on the scale, an int64 stays.
  if (!amount.dec) return [amount, true]
  return [{ value: scaleUp(amount.value, amount.scale - scale), scale, dec: true }, true]
}
