import {
  type Amount,
  addAmounts,
  compareAmounts,
  multiplyAmount,
  negateAmount,
  roundAmount,
  shiftInt64,
  zero,
} from './amount.ts'
import { type CanonicalDigits, canonicalDigits, canonicalText, decimalText } from './canonical.ts'
import { limit, QuantityParseError } from './errors.ts'
import type { QuantityFormat } from './format.ts'
import { parse } from './parse.ts'
import { approximateFloat64, scaledNumber, scaledValue } from './scaled-value.ts'
import { isInt64, type Whole, whole } from './whole.ts'

/** A result or an error, for those who do not want to catch. */
export type QuantityResult =
  | { readonly ok: true; readonly value: Quantity }
  | { readonly ok: false; readonly error: QuantityParseError }

/** An arbitrary-precision decimal: `unscaled` with `scale` digits after the point (before it, when negative). */
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

// Go's white space without the control characters, which JSON always escapes and upstream then does not trim.
const jsonSpace = /^(?:[^\S\t-\r\ufeff]|\x85)+|(?:[^\S\t-\r\ufeff]|\x85)+$/g

function amountOf(value: Whole, scale: number): Amount {
  const exact = BigInt(value)
  if (!isInt64(exact)) throw new RangeError(`a quantity is made from an int64, got ${value}`)
  return { value: whole(exact), scale: checkedScale(scale), dec: false }
}

// A scale is an exponent, and as limited as those in texts.
function checkedScale(scale: number): number {
  if (Number.isInteger(scale) && Math.abs(scale) <= limit) return scale
  throw new RangeError(`a scale is a whole number within ±${limit}, got ${scale}`)
}

/**
 * An exact number with a format, as `resource.Quantity` of Kubernetes: immutable, no floating point inside.
 *
 * Where upstream changes the receiver, a method returns the new quantity. Numbers go in as safe integers or bigints.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go
 */
export class Quantity {
  /** The family of suffixes that `toString` uses. */
  readonly format: QuantityFormat
  readonly #amount: Amount
  #text: string | undefined

  private constructor(amount: Amount, format: QuantityFormat, text?: string) {
    this.#amount = amount
    this.format = format
    this.#text = text
  }

  /** Reads `"1.5Gi"`, `"100m"`, `"1e3"` and the like. Throws a {@link QuantityParseError}. */
  static parse(text: string): Quantity {
    if (typeof text !== 'string') throw new QuantityParseError('format', String(text))
    const parsed = parse(text)
    return new Quantity(parsed.amount, parsed.format, parsed.text)
  }

  /** Reads what JSON holds: a string, a number (a bigint keeps every digit), or null for zero. Throws a {@link QuantityParseError} for all else. */
  static fromJSON(json: unknown): Quantity {
    if (json === null) return new Quantity(zero, '')
    if (typeof json === 'number' || typeof json === 'bigint') return Quantity.parse(String(json))
    if (typeof json === 'string') return Quantity.parse(json.length > limit ? json : json.replace(jsonSpace, ''))
    throw new QuantityParseError('format', String(JSON.stringify(json)))
  }

  /** `value` times ten to the power of `scale`. Throws a RangeError when `value` is no int64 or either is no integer. */
  static of(value: Whole, format: QuantityFormat = 'DecimalSI', scale = 0): Quantity {
    return new Quantity(amountOf(value, scale), format)
  }

  /** `value` thousandths. Throws as {@link Quantity.of} does. */
  static ofMilli(value: Whole, format: QuantityFormat = 'DecimalSI'): Quantity {
    return Quantity.of(value, format, -3)
  }

  /** The sum. Its format is this one's, unless this is zero. */
  add(other: Quantity): Quantity {
    return new Quantity(addAmounts(this.#amount, other.#amount), (this.isZero() ? other : this).format)
  }

  /** The difference. Its format is this one's, unless this is zero. */
  sub(other: Quantity): Quantity {
    const amount = addAmounts(this.#amount, negateAmount(other.#amount))
    return new Quantity(amount, (this.isZero() ? other : this).format)
  }

  /** The negative. */
  neg(): Quantity {
    return new Quantity(negateAmount(this.#amount), this.format)
  }

  /** The product, and whether it is exact in upstream's sense (it fits an int64). Throws a RangeError for no int64. */
  mul(by: Whole): { readonly quantity: Quantity; readonly exact: boolean } {
    const [amount, exact] = multiplyAmount(this.#amount, BigInt(amountOf(by, 0).value))
    return { quantity: new Quantity(amount, this.format), exact }
  }

  /**
   * Rounds away from zero to a multiple of ten to the power of `scale`; `exact` when nothing was lost.
   * Throws a RangeError when `scale` is no integer within ±1,000.
   */
  roundUp(scale: number): { readonly quantity: Quantity; readonly exact: boolean } {
    const [amount, exact] = roundAmount(this.#amount, checkedScale(scale))
    return { quantity: amount === this.#amount ? this : new Quantity(amount, this.format), exact }
  }

  /** The same format with another value. Throws as {@link Quantity.of} does. */
  set(value: Whole): Quantity {
    return this.setScaled(value, 0)
  }

  /** The same format with another value, in thousandths. */
  setMilli(value: Whole): Quantity {
    return this.setScaled(value, -3)
  }

  /** The same format with another value, times ten to the power of `scale`. */
  setScaled(value: Whole, scale: number): Quantity {
    return new Quantity(amountOf(value, scale), this.format)
  }

  /** -1, 0 or 1 as this is less than, equal to or greater than `other`. */
  cmp(other: Quantity): -1 | 0 | 1 {
    return toSign(compareAmounts(this.#amount, other.#amount))
  }

  /** As {@link Quantity.cmp}, with a whole number. */
  cmpInt64(other: Whole): -1 | 0 | 1 {
    return toSign(compareAmounts(this.#amount, amountOf(other, 0)))
  }

  /** Equal in value; the formats may differ. */
  equal(other: Quantity): boolean {
    return this.cmp(other) === 0
  }

  isZero(): boolean {
    return this.#amount.value === 0
  }

  /** -1 below zero, 0 for zero, 1 above. */
  sign(): -1 | 0 | 1 {
    const { value } = this.#amount
    return value < 0 ? -1 : value > 0 ? 1 : 0
  }

  /** The value as an int64, rounded up; overflow and decimals below zero behave as upstream's do. */
  value(): bigint {
    return this.scaledValue(0)
  }

  /** The value in thousandths, as {@link Quantity.value}. */
  milliValue(): bigint {
    return this.scaledValue(-3)
  }

  /** The value in units of ten to the power of `scale`, as {@link Quantity.value}. Throws a RangeError for a bad scale. */
  scaledValue(scale: number): bigint {
    return scaledValue(this.#amount, checkedScale(scale))
  }

  /** {@link Quantity.scaledValue} as a number, exact within the safe integers: for hot paths and arithmetic. */
  scaledNumber(scale = 0): number {
    return scaledNumber(this.#amount, checkedScale(scale))
  }

  /** The value, when it is a whole number that upstream's short form holds; undefined otherwise. */
  asInt64(): bigint | undefined {
    const { value, scale, dec } = this.#amount
    if (dec || scale < 0) return undefined
    const [shifted, ok] = shiftInt64(BigInt(value), scale)
    return ok ? shifted : undefined
  }

  /** The exact value. */
  asDec(): Decimal {
    const { value, scale } = this.#amount
    return { unscaled: BigInt(value), scale: scale === 0 ? 0 : -scale }
  }

  /** The exact value in plain decimal notation, with the digits after the point that it carries: `"1.500"`. */
  asDecimalText(): string {
    return decimalText(this.#amount)
  }

  /** A double near the value; infinite when it is too large. Nothing else in this package is inexact. */
  asApproximateFloat64(): number {
    return approximateFloat64(this.#amount)
  }

  /** Upstream's decimal form of the same value: it rounds and overflows differently from the short form. */
  toDec(): Quantity {
    return this.#amount.dec ? this : new Quantity({ ...this.#amount, dec: true }, this.format, this.#text)
  }

  /** The digits that `toString` writes for decimal formats, and their exponent. */
  canonicalDigits(): CanonicalDigits {
    return canonicalDigits(this.#amount)
  }

  /** The canonical text. What was read in a form that upstream takes for canonical comes back as it was. */
  toString(): string {
    this.#text ??= canonicalText(this.#amount, this.format)
    return this.#text
  }

  toJSON(): string {
    return this.toString()
  }
}

const toSign = (order: number): -1 | 0 | 1 => (order < 0 ? -1 : order > 0 ? 1 : 0)

/** As {@link Quantity.parse}, with the error as a value. */
export function tryParseQuantity(text: string): QuantityResult {
  try {
    return { ok: true, value: Quantity.parse(text) }
  } catch (error) {
    if (error instanceof QuantityParseError) return { ok: false, error }
    throw error
  }
}
