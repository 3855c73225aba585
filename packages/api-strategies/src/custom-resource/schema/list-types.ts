import { compactJson, duplicate, type FieldError, type FieldPath, invalid } from '@kube-bonsai/apimachinery'
import { isFields } from '../../meta/json.ts'
import type { SchemaNode } from './node.ts'

/**
 * Reports what stands twice in lists that are sets or maps.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go
 */
export function listTypeErrors(path: FieldPath, node: SchemaNode | undefined, value: unknown): readonly FieldError[] {
  if (node === undefined || !node.below.lists) return []
  if (Array.isArray(value)) return ofList(path, node, value)
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([name, item]) => {
    const errors: FieldError[] = []
    if (typeof node.additional === 'object') errors.push(...listTypeErrors(path.key(name), node.additional, item))
    const own = node.properties.get(name)
    if (own !== undefined) errors.push(...listTypeErrors(path.child(name), own, item))
    return errors
  })
}

function ofList(path: FieldPath, node: SchemaNode, list: readonly unknown[]): readonly FieldError[] {
  const errors: FieldError[] = []
  if (node.listType === 'set') {
    for (const index of repeated(list)) errors.push(duplicate(path.index(index), list[index]))
  } else if (node.listType === 'map') errors.push(...ofMap(path, node, list))
  list.forEach((item, index) => {
    errors.push(...listTypeErrors(path.index(index), node.items, item))
  })
  return errors
}

function ofMap(path: FieldPath, { listMapKeys }: SchemaNode, list: readonly unknown[]): readonly FieldError[] {
  const stranger = list.findIndex((item) => item !== null && !isFields(item))
  if (stranger >= 0)
    return [invalid(path.index(stranger), list[stranger], 'must be an object for an array of list-type map')]
  const keys = list.map((item) => {
    const known = isFields(item) ? item : {}
    return Object.fromEntries(listMapKeys.filter((key) => Object.hasOwn(known, key)).map((key) => [key, known[key]]))
  })
  return repeated(keys).map((index) => duplicate(path.index(index), keys[index]))
}

/** Where each value that stands more than once is seen for the second time. */
function repeated(list: readonly unknown[]): readonly number[] {
  if (list.length <= 1) return []
  const times = new Map<unknown, number>()
  const result: number[] = []
  list.forEach((item, index) => {
    const key = typeof item === 'object' && item !== null ? compactJson(item) : scalarKey(item)
    const seen = times.get(key) ?? 0
    times.set(key, seen + 1)
    if (seen === 1) result.push(index)
  })
  return result
}

/** Keeps a text apart from an object that would be written like it. */
function scalarKey(item: unknown): unknown {
  return typeof item === 'string' ? `"${item}` : item
}
