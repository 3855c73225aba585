import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { entriesOf, isMap } from './json.ts'

/** Writes a value as Go's `%v` does: `map[a:1 b:[x y]]`. Upstream's messages print maps and lists so. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (isMap(value)) {
    const entries = entriesOf(value).sort(([a], [b]) => compareUtf8(a, b))
    return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return floatText(value)
  return String(value)
}

/** Writes a value as Go's `%s` does where a string was expected. */
export function goStringText(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)'
  if (typeof value === 'boolean' || typeof value === 'number') return `%!s(${goType(value)}=${goText(value)})`
  return goText(value)
}

/** Names the type that Go's decoder gives a JSON value. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)'
  if (Array.isArray(value)) return '[]interface {}'
  if (isMap(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Go turns to exponents earlier than JavaScript, and writes two digits of them. */
function floatText(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 21) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
