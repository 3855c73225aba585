import { alwaysWritten, type FieldType, scheme, type TypeName, withoutEmptied } from '@kube-bonsai/api-types'
import { type KubeObject, parseApiVersion } from '@kube-bonsai/apimachinery'
import { withTemplateGeneration } from './conversion-effects.ts'
import { type Fields, isEmpty, isFields, mapItems, withField } from './meta/json.ts'

/** Where a type has lists and maps that Go writes even when there is nothing in them. */
interface Places {
  readonly own: readonly string[]
  readonly below: readonly (readonly [field: string, value: FieldType, type: TypeName])[]
}

const known = new Map<TypeName, Places>()
const nowhere: Places = { own: [], below: [] }

/** The places of a type; a type that holds itself counts as having some. */
function placesOf(name: TypeName): Places {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const type = scheme.loaded.type(name)
  if (type === undefined) return nowhere
  const written = Object.hasOwn(alwaysWritten, name) ? (alwaysWritten[name] ?? {}) : {}
  const own = Object.keys(written).filter(
    (field) => written[field] === null && ['array', 'map'].includes(type.fields[field]?.value.type ?? ''),
  )
  known.set(name, { own: ['?'], below: [] })
  const below = Object.entries(type.fields).flatMap(([field, { value }]) => {
    const inner = structOf(value)
    if (inner === undefined) return []
    const places = placesOf(inner)
    return places.own.length + places.below.length === 0 ? [] : [[field, value, inner] as const]
  })
  const places = own.length + below.length === 0 ? nowhere : { own, below }
  known.set(name, places)
  return places
}

function structOf(value: FieldType): TypeName | undefined {
  if (value.type === 'array') return structOf(value.items)
  if (value.type === 'map') return structOf(value.values)
  return value.type === 'ref' ? value.ref : undefined
}

function emptied(name: TypeName, object: Fields): Fields {
  const { own, below } = placesOf(name)
  let result = object
  for (const field of own)
    if (object[field] !== undefined && object[field] !== null && isEmpty(object[field]))
      result = withField(result, field, null)
  for (const [field, value, type] of below) {
    const before = result[field]
    if (before !== undefined && before !== null) result = withField(result, field, inside(value, type, before))
  }
  return result
}

function inside(value: FieldType, type: TypeName, given: unknown): unknown {
  if (value.type === 'array') {
    return Array.isArray(given) ? mapItems(given, (item) => inside(value.items, type, item)) : given
  }
  if (!isFields(given)) return given
  if (value.type !== 'map') return emptied(type, given)
  let result = given
  for (const [key, item] of Object.entries(given)) result = withField(result, key, inside(value.values, type, item))
  return result
}

/**
 * A prepared object as it comes back from etcd: protobuf does not tell an empty list from none, so that lists which JSON
 * always shows are null; and the generation of a daemon set's template is counted.
 *
 * @param old the object before, absent for a create
 */
export function asStored(object: KubeObject, old: KubeObject | undefined): KubeObject {
  const counted = withTemplateGeneration(withoutEmptied(object), old)
  const kind = parseApiVersion(object.apiVersion)
  const type = kind && scheme.loaded.typeOf({ ...kind, kind: object.kind })
  if (type === undefined || placesOf(type.name) === nowhere) return counted
  const fields: Fields = { ...counted }
  const stored = emptied(type.name, fields)
  return stored === fields ? counted : { ...counted, ...stored }
}
