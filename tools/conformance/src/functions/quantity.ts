import { Quantity } from '@kube-bonsai/quantity'
import type { OracleFunction } from '../protocol/answer.ts'
import { define, defineExact, either } from './define.ts'
import { goFloat } from './go-float.ts'

const scales = { nano: -9, micro: -6, kilo: 3, giga: 9, exa: 18 }

interface Pair {
  readonly a: string
  readonly b: string
}

interface Change {
  readonly start: string
  readonly op: string
  readonly value?: string
  readonly scale?: number
}

function view(quantity: Quantity): object {
  const whole = quantity.asInt64()
  return {
    canonical: quantity.toString(),
    format: quantity.format,
    sign: quantity.sign(),
    isZero: quantity.isZero(),
    value: String(quantity.value()),
    milliValue: String(quantity.milliValue()),
    asInt64: { ok: whole !== undefined, value: String(whole ?? 0) },
    asDec: quantity.asDecimalText(),
    float64: goFloat(quantity.asApproximateFloat64()),
    scaled: Object.fromEntries(
      Object.entries(scales).map(([name, scale]) => [name, String(quantity.scaledValue(scale))]),
    ),
    ...(quantity.isZero() ? {} : { canonicalBytes: quantity.canonicalDigits() }),
    json: JSON.stringify(quantity),
  }
}

function change({ start, op, value = '0', scale = 0 }: Change): object {
  const quantity = Quantity.parse(start)
  const operand = BigInt(value)
  const operations: Readonly<Record<string, () => { readonly quantity: Quantity; readonly exact?: boolean }>> = {
    set: () => ({ quantity: quantity.set(operand) }),
    setMilli: () => ({ quantity: quantity.setMilli(operand) }),
    setScaled: () => ({ quantity: quantity.setScaled(operand, scale) }),
    roundUp: () => quantity.roundUp(scale),
    neg: () => ({ quantity: quantity.neg() }),
    mul: () => quantity.mul(operand),
    toDec: () => ({ quantity: quantity.toDec() }),
    new: () => ({ quantity: Quantity.of(operand, 'DecimalSI', scale) }),
  }
  const operation = Object.hasOwn(operations, op) ? operations[op] : undefined
  if (operation === undefined) throw new Error(`oracle: unknown operation ${op}`)
  const { quantity: changed, exact } = operation()
  return { ...view(changed), ...(exact === undefined ? {} : { exact }) }
}

/** resource.Quantity. */
export const quantityFunctions: Readonly<Record<string, OracleFunction>> = {
  'quantity.parse': define<{ readonly s: string; readonly other?: string }>(({ s, other }) => {
    const quantity = Quantity.parse(s)
    if (!other) return view(quantity)
    const compared = either('other', 'otherError', () => Quantity.parse(other))
    if (!(compared.other instanceof Quantity)) return { ...view(quantity), ...compared }
    return { ...view(quantity), cmp: quantity.cmp(compared.other), equal: quantity.equal(compared.other) }
  }),
  'quantity.add': define<Pair>(({ a, b }) => view(Quantity.parse(a).add(Quantity.parse(b)))),
  'quantity.sub': define<Pair>(({ a, b }) => view(Quantity.parse(a).sub(Quantity.parse(b)))),
  'quantity.cmp': define<Pair & { readonly by?: string }>(({ a, b, by }) => {
    const left = Quantity.parse(a)
    const right = Quantity.parse(b)
    const byNumber = by ? { cmpInt64: left.cmpInt64(BigInt(by)) } : {}
    return { cmp: left.cmp(right), equal: left.equal(right), ...byNumber }
  }),
  'quantity.fromJSON': defineExact<{ readonly json: unknown }>(({ json }) => view(Quantity.fromJSON(json))),
  'quantity.set': define<Change>(change),
}
