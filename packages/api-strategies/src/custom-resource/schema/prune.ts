import { type Fields, isFields } from '../../meta/json.ts'
import { asResource, fieldOf, type SchemaNode } from './node.ts'
import { setOwn } from './set-own.ts'

const ofEveryObject = new Set(['apiVersion', 'kind', 'metadata'])

/** What pruning made of a value. */
export interface Pruned {
  /** The value itself when nothing was dropped. */
  readonly value: unknown
  /** The dropped fields, `spec.list[0].x`, sorted. */
  readonly dropped: readonly string[]
}

/**
 * The value without the fields that its schema does not know.
 *
 * @param isRoot true for a whole resource: its apiVersion, kind and metadata stay
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go
 */
export function prune(value: unknown, schema: SchemaNode | undefined, isRoot: boolean): Pruned {
  const dropped: string[] = []
  const result = visit(value, isRoot ? asResource(schema) : schema, '', dropped, false)
  return { value: result, dropped: dropped.sort() }
}

function visit(
  value: unknown,
  node: SchemaNode | undefined,
  path: string,
  dropped: string[],
  keeping: boolean,
): unknown {
  const keeps = keeping || node?.preserves === true
  if (keeping && node === undefined) return value
  if (Array.isArray(value)) {
    let result: unknown[] | undefined
    value.forEach((item, index) => {
      const next = visit(item, node?.items, `${path}[${index}]`, dropped, keeps)
      if (next === item) return
      result ??= [...value]
      result[index] = next
    })
    return result ?? value
  }
  return isFields(value) ? visitObject(value, node, path, dropped, keeps) : value
}

function visitObject(
  value: Fields,
  node: SchemaNode | undefined,
  path: string,
  dropped: string[],
  keeps: boolean,
): Fields {
  let result: Record<string, unknown> | undefined
  for (const [key, item] of Object.entries(value)) {
    if (node?.embedded === true && ofEveryObject.has(key)) continue
    const child = fieldOf(node, key)
    const at = path === '' ? key : `${path}.${key}`
    const known = child !== undefined || (node !== undefined && node.additional !== undefined)
    if (!known && !keeps) {
      if (path !== '' || !ofEveryObject.has(key)) dropped.push(at)
      result ??= copyOf(value)
      delete result[key]
      continue
    }
    if (!known) continue
    // Only what the schema does not name is kept as it is: below a named field pruning begins anew.
    const next = visit(item, child, at, dropped, false)
    if (next === item) continue
    result ??= copyOf(value)
    setOwn(result, key, next)
  }
  return result ?? value
}

function copyOf(value: Fields): Record<string, unknown> {
  return { ...value }
}
