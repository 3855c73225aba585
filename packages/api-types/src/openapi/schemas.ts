import type { GroupVersionKind, JsonObject, JsonValue } from '@kube-bonsai/apimachinery'
import type { FieldSchema, FieldType, TypeName, TypeSchema } from '../schema.ts'
import type { TypeResolver } from '../scheme.ts'

/** Which OpenAPI to write: in v2 a reference may have no siblings that matter, and there is no `oneOf`. */
export type OpenApiVersion = 2 | 3

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const crd = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'
/** The OpenAPI names of types that the tables hold as formats. */
const formatNames = {
  'date-time': `${meta}.Time`,
  'micro-time': `${meta}.MicroTime`,
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'int-or-string': 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
} as const
export const patchType: TypeName = `${meta}.Patch`

const time: JsonObject = { type: 'string', format: 'date-time' }
const scalars: ReadonlyMap<TypeName, { readonly v2: JsonObject; readonly v3: JsonObject }> = new Map([
  [formatNames['date-time'], { v2: time, v3: time }],
  [formatNames['micro-time'], { v2: time, v3: time }],
  [formatNames.quantity, { v2: { type: 'string' }, v3: { oneOf: [{ type: 'string' }, { type: 'number' }] } }],
  [
    formatNames['int-or-string'],
    {
      v2: { type: 'string', format: 'int-or-string' },
      v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
    },
  ],
  ...[`${meta}.FieldsV1`, patchType, 'io.k8s.apimachinery.pkg.runtime.RawExtension'].map(
    (name): [TypeName, { v2: JsonObject; v3: JsonObject }] => [
      name,
      { v2: { type: 'object' }, v3: { type: 'object' } },
    ],
  ),
  ...['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
    (short): [TypeName, { v2: JsonObject; v3: JsonObject }] => [`${crd}.${short}`, { v2: {}, v3: {} }],
  ),
])

/** The prefix of a `$ref` in each version. */
export const refPrefix = { 2: '#/definitions/', 3: '#/components/schemas/' } as const

/**
 * The schemas of some types and of all that they refer to, by name, sorted.
 *
 * @param everyGroup the kinds that DeleteOptions and WatchEvent are said to be
 */
export function schemasOf(
  version: OpenApiVersion,
  types: TypeResolver,
  roots: Iterable<TypeName>,
  everyGroup: (kind: string) => readonly GroupVersionKind[],
): JsonObject {
  const found = new Map<TypeName, JsonObject>()
  const waiting = [...roots]
  const reach = (name: TypeName): JsonObject => {
    if (!found.has(name)) waiting.push(name)
    return { $ref: `${refPrefix[version]}${name}` }
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    const scalar = scalars.get(name)
    const type = types.type(name)
    if (scalar !== undefined) found.set(name, version === 2 ? scalar.v2 : scalar.v3)
    else if (type !== undefined) found.set(name, typeSchema(version, type, reach, everyGroup))
    else throw new Error(`the tables of ${name} are not loaded`)
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

type Reach = (name: TypeName) => JsonObject

function typeSchema(
  version: OpenApiVersion,
  type: TypeSchema,
  reach: Reach,
  everyGroup: (kind: string) => readonly GroupVersionKind[],
): JsonObject {
  const fields = Object.entries(type.fields)
  const required = fields.filter(([, field]) => field.required === true).map(([name]) => name)
  const kinds = type.everyGroup === true ? everyGroup(type.name.slice(type.name.lastIndexOf('.') + 1)) : type.kinds
  const properties = Object.fromEntries(fields.map(([name, field]) => [name, fieldSchema(version, field, reach)]))
  return {
    ...(fields.length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
    type: 'object',
    ...(kinds !== undefined
      ? {
          'x-kubernetes-group-version-kind': kinds.map((gvk) => ({
            group: gvk.group,
            kind: gvk.kind,
            version: gvk.version,
          })),
        }
      : {}),
    ...(type.mapType !== undefined ? { 'x-kubernetes-map-type': type.mapType } : {}),
    ...(type.unions !== undefined ? { 'x-kubernetes-unions': type.unions } : {}),
  }
}

function fieldSchema(version: OpenApiVersion, field: FieldSchema, reach: Reach): JsonObject {
  const extensions: JsonObject = {
    ...(version === 3 && field.default !== undefined ? { default: field.default } : {}),
    ...(field.listMapKeys !== undefined ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
    ...(field.listType !== undefined ? { 'x-kubernetes-list-type': field.listType } : {}),
    ...(field.mapType !== undefined ? { 'x-kubernetes-map-type': field.mapType } : {}),
    ...(field.patchMergeKey !== undefined ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
    ...(field.patchStrategy !== undefined ? { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') } : {}),
  }
  return beside(version, valueSchema(version, field.value, reach), extensions)
}

/** In OpenAPI 3.0 a reference ignores what stands beside it, so that it goes into an `allOf`. */
function beside(version: OpenApiVersion, value: JsonObject, extensions: JsonObject): JsonObject {
  if (Object.keys(extensions).length === 0) return value
  return version === 3 && value.$ref !== undefined ? { allOf: [value], ...extensions } : { ...value, ...extensions }
}

function valueSchema(version: OpenApiVersion, type: FieldType, reach: Reach): JsonObject {
  const inner = (part: FieldType): JsonObject =>
    beside(version, valueSchema(version, part, reach), version === 3 ? zeroDefault(part) : {})
  switch (type.type) {
    case 'string':
      if (type.format === undefined) return { type: 'string' }
      return type.format === 'byte' ? { type: 'string', format: 'byte' } : reach(formatNames[type.format])
    case 'integer':
      return { type: 'integer', format: type.format }
    case 'number':
      return { type: 'number', format: 'double' }
    case 'boolean':
      return { type: 'boolean' }
    case 'any':
      return type.of === undefined ? {} : reach(type.of)
    case 'ref':
      return reach(type.ref)
    case 'array':
      return { type: 'array', items: inner(type.items) }
    case 'map':
      return { type: 'object', additionalProperties: inner(type.values) }
  }
}

/** Items and values that are no pointers have their type's zero value as default. */
function zeroDefault(type: FieldType): JsonObject {
  const none: JsonObject = {}
  const zero = (value: JsonValue): JsonObject => ({ default: value })
  switch (type.type) {
    case 'string':
      return type.format === undefined ? zero('') : none
    case 'integer':
      return zero(0)
    case 'ref':
      return zero({})
  }
  return none
}
