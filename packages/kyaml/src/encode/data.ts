import { compareUtf8 } from '../order.ts'
import { KyamlEncodeError } from './errors.ts'
import { type Lens, noComments, type Shape } from './shape.ts'
import { checkKey, checkValue } from './text.ts'

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
