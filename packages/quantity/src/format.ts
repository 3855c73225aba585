/** Which family of suffixes a quantity is written with. Empty for the zero that JSON null stands for. */
export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI' | ''

/** Powers of ten for `scaledValue`, `roundUp` and the like; any other whole number does as well. */
export const Scale: Readonly<
  Record<'Nano' | 'Micro' | 'Milli' | 'Kilo' | 'Mega' | 'Giga' | 'Tera' | 'Peta' | 'Exa', number>
> = { Nano: -9, Micro: -6, Milli: -3, Kilo: 3, Mega: 6, Giga: 9, Tera: 12, Peta: 15, Exa: 18 }

/** A suffix taken apart: the factor is `base` to the power of `exponent`. */
export interface Suffix {
  readonly base: 2 | 10
  readonly exponent: number
  readonly format: QuantityFormat
}

const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** The suffixes by their text; those of decimal exponents are numbers and not listed. */
export const suffixes: ReadonlyMap<string, Suffix> = new Map<string, Suffix>([
  ...binary.map((text, index): [string, Suffix] => [text, { base: 2, exponent: 10 * index, format: 'BinarySI' }]),
  // Among them the empty suffix, which is decimal.
  ...decimal.map((text, index): [string, Suffix] => [text, { base: 10, exponent: 3 * index - 9, format: 'DecimalSI' }]),
])

/** The suffix for 1024 to the power of `times`. As upstream: none at all when there is no such suffix. */
export const binarySuffix = (times: number): string => binary[times] ?? ''

/** The suffix for 10 to the power of `exponent`, a multiple of 3. As upstream: none when there is no such suffix. */
export const decimalSuffix = (exponent: number, format: QuantityFormat): string => {
  if (format === 'DecimalSI') return decimal[exponent / 3 + 3] ?? ''
  return exponent === 0 ? '' : `e${exponent}`
}
