import { Quantity } from '@kube-bonsai/quantity'
import type { CelFunction } from '../functions/dispatch.ts'
import { on } from '../functions/typed.ts'
import { type CelType, structType } from '../types/cel-type.ts'
import { CelError, CelObject, type Value } from '../values/value.ts'

/** `kubernetes.Quantity`. */
export class QuantityValue extends CelObject {
  readonly quantity: Quantity
  readonly type: CelType = structType('kubernetes.Quantity')

  constructor(quantity: Quantity) {
    super()
    this.quantity = quantity
  }

  equals(other: Value): boolean {
    return other instanceof QuantityValue && this.quantity.equal(other.quantity)
  }

  toString(): string {
    return this.quantity.toString()
  }
}

function parse(text: string): Quantity | CelError {
  try {
    return Quantity.parse(text)
  } catch (error) {
    return new CelError(error instanceof Error ? error.message : String(error))
  }
}

const two = (run: (a: Quantity, b: Quantity) => Value): CelFunction =>
  on([QuantityValue, QuantityValue], (a, b) => run(a.quantity, b.quantity))
const one = (run: (a: Quantity) => Value): CelFunction => on([QuantityValue], (a) => run(a.quantity))
const withInt = (run: (a: Quantity, b: Quantity) => Quantity): CelFunction =>
  on([QuantityValue, 'int'], (a, b) => new QuantityValue(run(a.quantity, Quantity.of(b, 'DecimalExponent'))))

/** @see apiserver/pkg/cel/library/quantity.go */
export const quantityFunctions: readonly (readonly [string, CelFunction])[] = [
  [
    'string_to_quantity',
    on(['string'], (text) => {
      const parsed = parse(text)
      return parsed instanceof CelError ? parsed : new QuantityValue(parsed)
    }),
  ],
  ['is_quantity_string', on(['string'], (text) => !(parse(text) instanceof CelError))],
  ['quantity_sign', one((a) => BigInt(a.sign()))],
  ['quantity_is_greater_than', two((a, b) => a.cmp(b) === 1)],
  ['quantity_is_less_than', two((a, b) => a.cmp(b) === -1)],
  ['quantity_compare_to', two((a, b) => BigInt(a.cmp(b)))],
  ['quantity_get_float', one((a) => a.asApproximateFloat64())],
  ['quantity_get_int', one((a) => a.asInt64() ?? new CelError('cannot convert value to integer'))],
  ['quantity_is_integer', one((a) => a.asInt64() !== undefined)],
  ['quantity_add', two((a, b) => new QuantityValue(a.add(b)))],
  ['quantity_add_int', withInt((a, b) => a.add(b))],
  ['quantity_sub', two((a, b) => new QuantityValue(a.sub(b)))],
  ['quantity_sub_int', withInt((a, b) => a.sub(b))],
]
