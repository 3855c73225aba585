import fc from 'fast-check'

const letters = 'abcdefghijklmnopqrstuvwxyz'
const alphanumeric = `${letters}0123456789`
const oneOf = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...characters)

/** Names that are DNS labels (RFC 1123), beginning with a letter: good for objects of every kind, containers, ports' names. */
export function arbitraryName(maxLength: number = 12): fc.Arbitrary<string> {
  const inner = fc.string({ unit: oneOf(`${alphanumeric}-`), maxLength: Math.max(0, maxLength - 2) })
  return fc
    .tuple(oneOf(letters), inner, oneOf(alphanumeric))
    .map(([first, middle, last]) => (maxLength < 2 ? first : first + middle + last))
}

/** Label keys with and without a prefix, and values: each valid, few enough that they often meet. */
export function arbitraryLabels(maxKeys: number = 3): fc.Arbitrary<Readonly<Record<string, string>>> {
  const key = fc.constantFrom('app', 'tier', 'app.kubernetes.io/name', 'example.com/track', 'x')
  const value = fc.oneof(fc.constantFrom('', 'web', 'db', '1', 'A.b_c-D'), arbitraryName())
  return fc.dictionary(key, value, { maxKeys, noNullPrototype: true })
}

/** Annotations: valid keys, any text. */
export function arbitraryAnnotations(maxKeys: number = 2): fc.Arbitrary<Readonly<Record<string, string>>> {
  const key = fc.constantFrom('note', 'example.com/checksum', 'kubernetes.io/description')
  return fc.dictionary(key, fc.string({ maxLength: 20 }), { maxKeys, noNullPrototype: true })
}
