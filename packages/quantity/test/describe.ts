import { type Quantity, Scale } from '@kube-bonsai/quantity'

/** Every view of a quantity, in the shape in which upstream's answers are recorded. */
export function describeQuantity(quantity: Quantity): Record<string, unknown> {
  const short = quantity.asInt64()
  return {
    canonical: quantity.toString(),
    format: quantity.format,
    sign: quantity.sign(),
    isZero: quantity.isZero(),
    value: String(quantity.value()),
    milliValue: String(quantity.milliValue()),
    asInt64: short === undefined ? { ok: false } : { ok: true, value: String(short) },
    asDec: quantity.asDecimalText(),
    float64: quantity.asApproximateFloat64(),
    scaled: {
      nano: String(quantity.scaledValue(Scale.Nano)),
      micro: String(quantity.scaledValue(Scale.Micro)),
      kilo: String(quantity.scaledValue(Scale.Kilo)),
      giga: String(quantity.scaledValue(Scale.Giga)),
      exa: String(quantity.scaledValue(Scale.Exa)),
    },
    ...(quantity.isZero() ? {} : { canonicalBytes: quantity.canonicalDigits() }),
    json: JSON.stringify(quantity),
  }
}
