import { compareUtf8 } from '../order.ts'
import { KyamlEncodeError } from './errors.ts'
import { type Lens, noComments, type Shape } from './shape.ts'

/** Looks at JSON data as Kubernetes does before printing: keys sorted by bytes, numbers as Go's JSON writes them. */
export const dataLens: Lens<unknown> = { shape, comments: () => noComments }

function shape(value: unknown): Shape<unknown> {
  if (typeof value === 'string') return { kind: 'string', text: checkValue(value) }
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') {
    return { kind: 'verbatim', text: String(value) }
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { kind: 'verbatim', text: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (Array.isArray(value)) return { kind: 'sequence', items: value.map((item) => (item === undefined ? null : item)) }
  if (typeof value === 'object') return { kind: 'mapping', entries: sortedEntries(value) }
  throw new KyamlEncodeError(
    'not-json',
    `a ${typeof value === 'number' ? String(value) : typeof value} has no JSON form`,
  )
}

function sortedEntries(value: object): { key: string; value: unknown; comments: typeof noComments }[] {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([key, item]) => ({ key: checkKey(key), value: item, comments: noComments }))
}

// Kubernetes hands the JSON text to a YAML parser, which has these limits.
const refused = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

function checkText(text: string): void {
  if (refused.test(text)) throw new KyamlEncodeError('control-character', 'control characters are not allowed', text)
}

function checkValue(text: string): string {
  checkText(text)
  // U+0085 is a line break to YAML: one folds into a space, more into one newline less.
  return text.includes('\u0085') ? text.replaceAll(/ *\u0085[ \u0085]*/g, fold) : text
}

function fold(breaks: string): string {
  const count = breaks.replaceAll(' ', '').length
  return count === 1 ? ' ' : '\n'.repeat(count - 1)
}

function checkKey(key: string): string {
  checkText(key)
  if (key.includes('\u0085')) throw new KyamlEncodeError('key-break', 'a key must not contain U+0085', key)
  return key
}
