import { type FieldError, type FieldPath, invalid } from '@kube-bonsai/apimachinery'
import { Quantity, tryParseQuantity } from '@kube-bonsai/quantity'
import { textOf } from '../../meta/json.ts'

const zero = Quantity.of(0)
const thousandth = 1000n

/** The amount that a text is; zero for one that is none, as decoding lets none through. */
export function quantityOf(value: unknown): Quantity {
  const result = tryParseQuantity(textOf(value))
  return result.ok ? result.value : zero
}

/** Whether an amount has a part below one. */
export const isFraction = (amount: Quantity): boolean => amount.milliValue() % thousandth !== 0n

/** Refuses an amount that is not above zero. */
export function positiveErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  const amount = quantityOf(value)
  return amount.sign() > 0 ? [] : [invalid(path, amount.toString(), 'must be greater than zero')]
}

/** Refuses an amount whose whole value is below zero. */
export function basicResourceErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  const amount = quantityOf(value).value()
  return amount < 0n ? [invalid(path, Number(amount), 'must be a valid resource quantity')] : []
}
