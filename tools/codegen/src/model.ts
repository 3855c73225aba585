import type { Inputs } from './inputs.ts'
import { type GroupVersionKind, type OpenApiSchema, refName } from './openapi.ts'

/** One type of the API with what both OpenAPI versions say of it. */
export interface ModelType {
  readonly name: string
  readonly short: string
  readonly module: string
  readonly schema: OpenApiSchema
  readonly v3: OpenApiSchema
  readonly kinds: readonly GroupVersionKind[]
}

/** The types of one OpenAPI package: what becomes one generated module. */
export interface Module {
  /** `core/v1`: the folder under k8s.io/api, and the version. */
  readonly key: string
  readonly prefix: string
  readonly group: string
  readonly version: string
  readonly types: readonly ModelType[]
}

export interface Model {
  readonly modules: readonly Module[]
  readonly types: ReadonlyMap<string, ModelType>
  /** The type of a kind, by `group/version/Kind`. */
  readonly byKind: ReadonlyMap<string, ModelType>
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
export const metaType = (short: string): string => `${meta}.${short}`

/** Types that are a JSON value of their own and have no table. */
export const scalarTypes: ReadonlySet<string> = new Set([
  metaType('Time'),
  metaType('MicroTime'),
  metaType('FieldsV1'),
  metaType('Patch'),
  'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  'io.k8s.apimachinery.pkg.runtime.RawExtension',
  ...['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
    (short) => `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${short}`,
  ),
])

/** Sorts the definitions into modules. Throws on a name that fits no package. */
export function buildModel(inputs: Inputs): Model {
  const types = new Map<string, ModelType>()
  const byKind = new Map<string, ModelType>()
  const byModule = new Map<string, ModelType[]>()
  for (const [name, schema] of Object.entries(inputs.definitions)) {
    const module = moduleKey(name)
    const kinds = schema['x-kubernetes-group-version-kind'] ?? []
    const v3 = inputs.v3[name]
    if (v3 === undefined) throw new Error(`${name} is in OpenAPI v2 but not in v3`)
    const type = { name, short: name.slice(name.lastIndexOf('.') + 1), module, schema, v3, kinds }
    types.set(name, type)
    const list = byModule.get(module)
    if (list === undefined) byModule.set(module, [type])
    else list.push(type)
    const [only] = kinds
    if (only !== undefined && kinds.length === 1) byKind.set(kindKey(only), type)
  }
  const modules = [...byModule]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, list]): Module => {
      const own = list.find((type) => type.kinds.length === 1)?.kinds[0]
      const version = key.slice(key.indexOf('/') + 1)
      const first = list.find((type) => !scalarTypes.has(type.name)) ?? list[0]
      const prefix = first === undefined ? '' : first.name.slice(0, first.name.lastIndexOf('.'))
      const group = key === 'meta/v1' ? 'meta' : own?.group
      if (group === undefined) throw new Error(`No kind tells the group of ${key}`)
      return { key, prefix: key === 'meta/v1' ? meta : prefix, group, version, types: list }
    })
  return { modules, types, byKind }
}

export const kindKey = (gvk: GroupVersionKind): string => `${gvk.group}/${gvk.version}/${gvk.kind}`

function moduleKey(name: string): string {
  const parts = name.split('.')
  const version = parts.at(-2)
  const folder = parts.at(-3)
  if (folder !== undefined && version !== undefined && /^v\d+((alpha|beta)\d+)?$/.test(version))
    return `${folder}/${version}`
  // apimachinery's packages without a version: quantities, int-or-string, raw extensions, version info.
  if (name.startsWith('io.k8s.apimachinery.pkg.')) return 'meta/v1'
  throw new Error(`${name} is in no group and version`)
}

/** The types that the fields of a type refer to. */
export function references(schema: OpenApiSchema): readonly string[] {
  const own = refName(schema)
  const found = own === undefined ? [] : [own]
  for (const field of Object.values(schema.properties ?? {})) found.push(...references(field))
  if (schema.items !== undefined) found.push(...references(schema.items))
  if (schema.additionalProperties !== undefined) found.push(...references(schema.additionalProperties))
  return found
}
