import type { JsonValue } from '@kube-bonsai/apimachinery'

/** What single values may be; `untyped` takes any of them. */
export type ScalarType = 'numeric' | 'string' | 'boolean' | 'untyped'

/** How a list is owned: as one value, or item by item. */
export interface ListType {
  readonly items: TypeOfValue
  readonly atomic: boolean
  /** What identifies an item that is an object; empty for a set of single values. */
  readonly keys: readonly string[]
}

/** A field of an object. */
export interface FieldOfMap {
  readonly type: TypeOfValue
  readonly default?: JsonValue
}

/** How an object or a map is owned: as one value, or field by field. */
export interface MapType {
  readonly atomic: boolean
  readonly fields: ReadonlyMap<string, FieldOfMap>
  /** The type of the fields that are not listed; undefined where there may be none. */
  readonly others?: TypeOfValue
}

/** The type of a value as apply looks at it: those of the three that are there are allowed. */
export interface ValueType {
  /** What errors call it. */
  readonly name: string
  readonly scalar?: ScalarType
  readonly list?: ListType
  readonly map?: MapType
  /** Set on the type that is made up from the value itself. */
  readonly deduced?: true
}

/** A type, found when it is needed: types may hold themselves. */
export type TypeOfValue = () => ValueType

/** The type of a field of an object, listed or not. */
export function fieldType(map: MapType, name: string): TypeOfValue | undefined {
  return map.fields.get(name)?.type ?? map.others
}

/** A type for a single value. */
export function scalarType(scalar: ScalarType): TypeOfValue {
  const type: ValueType = { name: 'inlined', scalar }
  return () => type
}

/** Any value, owned as a whole. */
export const untypedAtomic: TypeOfValue = () => untypedAtomicType

const noFields: ReadonlyMap<string, FieldOfMap> = new Map()

const untypedAtomicType: ValueType = {
  name: '__untyped_atomic_',
  scalar: 'untyped',
  list: { items: untypedAtomic, atomic: true, keys: [] },
  map: { atomic: true, fields: noFields, others: untypedAtomic },
}

/** Any value: objects are owned field by field, lists as a whole. What objects without a schema are. */
export const deducedType: TypeOfValue = () => deduced

const deduced: ValueType = {
  name: '__untyped_deduced_',
  deduced: true,
  scalar: 'untyped',
  list: { items: untypedAtomic, atomic: true, keys: [] },
  map: { atomic: false, fields: noFields, others: deducedType },
}
