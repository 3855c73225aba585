import type { FieldSchema, FieldType, TypeName, TypeResolver } from '@kube-bonsai/api-types'
import type { GroupVersionKind } from '@kube-bonsai/apimachinery'
import {
  deducedType,
  type FieldOfMap,
  type ListType,
  scalarType,
  type TypeOfValue,
  untypedAtomic,
  type ValueType,
} from './atom.ts'

/** Types by name, for each resolver; made when they are asked for the first time. */
const known = new WeakMap<TypeResolver, Map<string, ValueType>>()

/** The type of a built-in kind whose tables are loaded, or undefined for another. */
export function builtInType(types: TypeResolver, kind: GroupVersionKind): ValueType | undefined {
  const type = types.typeOf(kind)
  return type === undefined ? undefined : namedType(types, type.name, undefined)
}

function namedType(types: TypeResolver, name: TypeName, mapType: FieldSchema['mapType']): ValueType {
  const cache = known.get(types) ?? new Map<string, ValueType>()
  known.set(types, cache)
  const key = `${name} ${mapType ?? ''}`
  const cached = cache.get(key)
  if (cached !== undefined) return cached
  const schema = types.type(name)
  if (schema === undefined) throw new Error(`the tables of ${name} are not loaded`)
  const fields = new Map<string, FieldOfMap>()
  const atomic = (mapType ?? schema.mapType) === 'atomic'
  const type: ValueType = {
    name,
    map: { atomic, fields, ...(Object.keys(schema.fields).length === 0 && { others: deducedType }) },
  }
  cache.set(key, type)
  for (const [field, value] of Object.entries(schema.fields)) {
    fields.set(field, {
      type: typeOfField(types, value),
      ...(value.default !== undefined && { default: value.default }),
    })
  }
  return type
}

function typeOfField(types: TypeResolver, field: FieldSchema): TypeOfValue {
  return typeOf(types, field.value, field)
}

type Extensions = Pick<FieldSchema, 'listType' | 'listMapKeys' | 'mapType' | 'patchStrategy' | 'patchMergeKey'>

function typeOf(types: TypeResolver, value: FieldType, field: Extensions): TypeOfValue {
  switch (value.type) {
    case 'string':
      return value.format === undefined || value.format === 'byte' ? scalarType('string') : scalarType('untyped')
    case 'integer':
    case 'number':
      return scalarType('numeric')
    case 'boolean':
      return scalarType('boolean')
    case 'any':
      return typeOfAny(value.of)
    case 'ref': {
      let found: ValueType | undefined
      return () => {
        found ??= namedType(types, value.ref, field.mapType)
        return found
      }
    }
    case 'array':
      return constant({ name: 'inlined', list: { items: typeOf(types, value.items, {}), ...relationOf(field) } })
    case 'map': {
      const others = typeOf(types, value.values, {})
      return constant({ name: 'inlined', map: { atomic: field.mapType === 'atomic', fields: new Map(), others } })
    }
  }
}

function relationOf(field: Extensions): Pick<ListType, 'atomic' | 'keys'> {
  const { listType, listMapKeys = [], patchStrategy = [], patchMergeKey } = field
  if (listType !== undefined) {
    return { atomic: listType === 'atomic', keys: listType === 'map' ? listMapKeys : [] }
  }
  if (!patchStrategy.includes('merge')) return { atomic: true, keys: [] }
  return { atomic: false, keys: patchMergeKey === undefined ? [] : [patchMergeKey] }
}

/** JSON of any kind: extensions are owned as a whole, fields and schemas' values by their fields. */
function typeOfAny(of: TypeName | undefined): TypeOfValue {
  if (of?.endsWith('.RawExtension')) return untypedAtomic
  const map = { atomic: false, fields: new Map<string, FieldOfMap>(), others: deducedType }
  if (of?.endsWith('.FieldsV1')) return constant({ name: 'inlined', map })
  return constant({ name: 'inlined', scalar: 'untyped', list: { items: untypedAtomic, atomic: true, keys: [] }, map })
}

function constant(type: ValueType): TypeOfValue {
  return () => type
}
