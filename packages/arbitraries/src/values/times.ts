import fc from 'fast-check'

const seconds = fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })

/** Times as the API writes them: RFC 3339, UTC, whole seconds. */
export const arbitraryTime: fc.Arbitrary<string> = seconds.map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z'))

/** Times with six digits of fraction, as leases and events carry them. */
export const arbitraryMicroTime: fc.Arbitrary<string> = fc
  .tuple(seconds, fc.nat(999_999))
  .map(([date, micros]) => date.toISOString().replace(/\.\d+Z$/, `.${String(micros).padStart(6, '0')}Z`))
