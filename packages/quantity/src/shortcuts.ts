import { Quantity } from './quantity.ts'

// The same few texts come up in every pod and node, and a quantity can be shared since it never changes.
const remembered = new Map<string, Quantity>()
const mostRemembered = 4096
const longestRemembered = 24

/** As {@link Quantity.parse}; remembers short texts, which makes it the one to use on hot paths. */
export function parseQuantity(text: string): Quantity {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const quantity = Quantity.parse(text)
  if (text.length <= longestRemembered) {
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(text, quantity)
  }
  return quantity
}

const toQuantity = (value: Quantity | string): Quantity => (typeof value === 'string' ? parseQuantity(value) : value)

/** The sum; zero in DecimalSI when there is nothing to add. Throws QuantityParseError for a text that is no quantity. */
export function addQuantities(...values: readonly (Quantity | string)[]): Quantity {
  const [first = '0', ...rest] = values
  let sum = toQuantity(first)
  for (const value of rest) sum = sum.add(toQuantity(value))
  return sum
}

/** -1, 0 or 1, to sort by. Throws QuantityParseError for a text that is no quantity. */
export const compareQuantities = (a: Quantity | string, b: Quantity | string): -1 | 0 | 1 =>
  a === b && a instanceof Quantity ? 0 : toQuantity(a).cmp(toQuantity(b))
