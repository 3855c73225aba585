import { compareUtf8, quote } from '@kube-bonsai/apimachinery'
import { goText } from '../../util/go-text.ts'
import { isMap } from '../../util/json.ts'

/** A value in the box in which upstream prints it: `&{5}`, or with all names `&value.valueUnstructured{Value:5}`. */
export function goStruct(value: unknown, named: boolean): string {
  return named ? `&value.valueUnstructured{Value:${goSyntax(value)}}` : `&{${goText(value)}}`
}

/** The Go type of a JSON value. */
export function goTypeName(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (isMap(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** A value as Go source. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isMap(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => compareUtf8(a, b))
    return `map[string]interface {}{${entries.map(([key, item]) => `${quote(key)}:${goSyntax(item)}`).join(', ')}}`
  }
  return goText(value)
}
