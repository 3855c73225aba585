import type { JsonValue } from '@kube-bonsai/apimachinery'
import { isMap } from '../../util/json.ts'
import type { ListType, MapType, ScalarType, ValueType } from '../schema/atom.ts'

/** A value together with its type; `undefined` is no value at all, which is not `null`. */
export interface TypedValue {
  readonly type: ValueType
  readonly value: JsonValue | undefined
}

/** The one of a type's forms by which a value is looked at. */
export type Form =
  | { readonly kind: 'map'; readonly map: MapType }
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'list'; readonly list: ListType }

/** Picks the form that fits the value; where none does, the first that the type has, and its checks complain. */
export function formOf(type: ValueType, value: unknown): Form {
  const { scalar, list, map } = type
  if (value !== undefined && value !== null) {
    if (Array.isArray(value)) {
      if (list !== undefined) return { kind: 'list', list }
    } else if (isMap(value)) {
      if (map !== undefined) return { kind: 'map', map }
    } else if (scalar !== undefined) return { kind: 'scalar', scalar }
  }
  if (map !== undefined) return { kind: 'map', map }
  if (scalar !== undefined) return { kind: 'scalar', scalar }
  if (list !== undefined) return { kind: 'list', list }
  throw new Error(`schema error: invalid atom: named type: ${type.name}`)
}

/** A list's items; none for what is no list. */
export function itemsOf(value: unknown): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** An object's own fields; none for what is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, JsonValue>> {
  return isMap(value) ? (value as Readonly<Record<string, JsonValue>>) : {}
}

/** Whether nothing is in a list or an object, or there is none. */
export function isHollow(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (!isMap(value)) return true
  for (const _ in value) return false
  return true
}
