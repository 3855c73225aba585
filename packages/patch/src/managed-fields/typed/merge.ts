import type { JsonValue } from '@kube-bonsai/apimachinery'
import { isMap } from '../../util/json.ts'
import { formatElement, type PathElement } from '../fields/path-element.ts'
import { fieldType, type ListType, type MapType, type ValueType } from '../schema/atom.ts'
import { TypedError } from './errors.ts'
import { listElement } from './list-element.ts'
import { type Form, formOf, isHollow, itemsOf } from './typed-value.ts'

/**
 * Lays a partial value over another: nothing is removed, lists that both have follow the order of `over`.
 *
 * @returns undefined where neither has anything
 * @throws TypedError for lists whose items cannot be told apart
 */
export function mergeTyped(
  type: ValueType,
  base: JsonValue | undefined,
  over: JsonValue | undefined,
): JsonValue | undefined {
  // What only one side has stays as it is; it was checked before.
  if (base === undefined || over === undefined) return over === undefined ? base : over
  return mergeAs(formOf(type, over), base, over)
}

function mergeAs(form: Form, base: JsonValue, over: JsonValue): JsonValue | undefined {
  if (form.kind === 'scalar') return over
  const type = form.kind === 'list' ? form.list : form.map
  const usable = form.kind === 'list' ? Array.isArray : isMap
  const x = usable(base) ? base : undefined
  const y = usable(over) ? over : undefined
  if (type.atomic || (isHollow(x) && isHollow(y))) return over
  return form.kind === 'list' ? mergeLists(form.list, itemsOf(x), itemsOf(y)) : mergeMaps(form.map, x, y)
}

function mergeMaps(map: MapType, base: unknown, over: unknown): JsonValue | undefined {
  const left = (isMap(base) ? base : {}) as Readonly<Record<string, JsonValue>>
  const right = (isMap(over) ? over : {}) as Readonly<Record<string, JsonValue>>
  const merged = new Map<string, JsonValue>()
  for (const [key, value] of Object.entries(left)) if (value !== undefined) merged.set(key, value)
  for (const [key, value] of Object.entries(right)) {
    if (value === undefined) continue
    const type = fieldType(map, key)
    if (type === undefined) {
      throw new TypedError([{ path: `.${key}`, message: 'schema error: no type found matching: inlined type' }])
    }
    const result = mergeTyped(type(), merged.get(key), value)
    if (result !== undefined) merged.set(key, result)
  }
  return merged.size === 0 ? undefined : Object.fromEntries(merged)
}

interface Indexed {
  readonly elements: readonly PathElement[]
  /** The item of each element; null where several share it. */
  readonly items: ReadonlyMap<PathElement, JsonValue>
}

function indexed(list: ListType, items: readonly JsonValue[], allowDuplicates: boolean): Indexed {
  const elements: PathElement[] = []
  const known = new Map<PathElement, JsonValue>()
  for (const [index, item] of items.entries()) {
    let element: PathElement
    try {
      element = listElement(list, item)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new TypedError([{ path: '', message: `element ${index}: ${why}` }])
    }
    const repeated = known.has(element)
    if (repeated && !allowDuplicates) {
      throw new TypedError([{ path: '', message: `duplicate entries for key ${formatElement(element)}` }])
    }
    known.set(element, repeated ? null : item)
    elements.push(element)
  }
  return { elements, items: known }
}

/**
 * Merges two lists item by item. Items of `over` keep their order among themselves; an item that only `base` has stays
 * before the shared item that followed it there.
 */
function mergeLists(
  list: ListType,
  base: readonly JsonValue[],
  over: readonly JsonValue[],
): readonly JsonValue[] | undefined {
  const right = indexed(list, over, false)
  const left = indexed(list, base, true)
  const shared = right.elements.filter((element) => left.items.has(element))
  const merged = new Set<PathElement>()
  const out: JsonValue[] = []
  const put = (below: JsonValue | undefined, above: JsonValue | undefined) => {
    const item = mergeTyped(list.items(), below, above)
    if (item !== undefined) out.push(item)
  }
  let next = 0
  let l = 0
  let r = 0
  while (l < left.elements.length || r < right.elements.length) {
    const x = left.elements[l]
    const y = right.elements[r]
    if (x !== undefined && y !== undefined) {
      if (x === y) {
        merged.add(x)
        put(left.items.get(x), right.items.get(x))
        l++
        r++
        next++
        continue
      }
      if (right.items.has(x) && shared[next] !== undefined && shared[next] !== x) {
        l++
        continue
      }
    }
    if (x !== undefined) {
      if (!right.items.has(x)) {
        put(base[l], undefined)
        l++
        continue
      }
      if (merged.has(x)) l++
    }
    if (y !== undefined) {
      merged.add(y)
      put(left.items.get(y), right.items.get(y))
      r++
      if (shared[next] === y) next++
    }
  }
  return out.length === 0 ? undefined : out
}
