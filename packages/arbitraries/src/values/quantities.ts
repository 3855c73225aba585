import fc from 'fast-check'

/** Amounts of cpu: at least 1m, in milli, in full, or with a fraction. */
export const arbitraryCpu: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 1, max: 64_000 }).map((milli) => `${milli}m`),
  fc.integer({ min: 1, max: 64 }).map(String),
  fc.integer({ min: 1, max: 640 }).map((tenths) => `${Math.trunc(tenths / 10)}.${tenths % 10}`),
)

/** Amounts of memory in bytes, with binary, decimal and no suffixes. */
export const arbitraryMemory: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3'))
  .map(([amount, suffix]) => `${amount}${suffix}`)

/** Any quantity that parses, of either sign, of every suffix and format. */
export const arbitraryQuantity: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '+', '-'),
    fc.oneof(
      fc.nat(9_999).map(String),
      fc.tuple(fc.nat(99), fc.nat(999)).map(([a, b]) => `${a}.${b}`),
    ),
    fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'e3', 'E-2', 'e+6'),
  )
  .map((parts) => parts.join(''))
