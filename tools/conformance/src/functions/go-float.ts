/** A float as Go's strconv writes it with `g`: shortest digits, an exponent of two digits below 1e-4 and from 1e6 on. */
export function goFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const exponent = Number(value.toExponential().split('e')[1])
  if (exponent >= -4 && exponent < 6) return Object.is(value, -0) ? '-0' : String(value)
  return value.toExponential().replace(/e([+-])([0-9])$/, 'e$10$2')
}
