import { derivedGoType, type GoFacts } from './go-facts.ts'
import { type Model, type ModelType, type Module, references, scalarTypes } from './model.ts'
import { type OpenApiSchema, refName } from './openapi.ts'

/** Field schemas that hundreds of fields share; each table module declares those that it uses. */
const shared: Readonly<Record<string, string>> = {
  typeMeta: "{ value: { type: 'string' }, embedded: 'TypeMeta', omitEmpty: true }",
  objectMeta: "{ value: { type: 'ref', ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }, default: {} }",
  listMeta: "{ value: { type: 'ref', ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta' }, default: {} }",
  labelSelector: "{ value: { type: 'ref', ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector' } }",
  string: "{ value: { type: 'string' } }",
  stringOrNone: "{ value: { type: 'string' }, omitEmpty: true }",
  stringRequired: "{ value: { type: 'string' }, required: true, default: '' }",
  strings: "{ value: { type: 'array', items: { type: 'string' } }, listType: 'atomic', omitEmpty: true }",
  stringMap: "{ value: { type: 'map', values: { type: 'string' } }, omitEmpty: true }",
  int32: "{ value: { type: 'integer', format: 'int32' } }",
  int32OrNone: "{ value: { type: 'integer', format: 'int32' }, omitEmpty: true }",
  int32Required: "{ value: { type: 'integer', format: 'int32' }, required: true, default: 0 }",
  int64: "{ value: { type: 'integer', format: 'int64' } }",
  int64OrNone: "{ value: { type: 'integer', format: 'int64' }, omitEmpty: true }",
  boolean: "{ value: { type: 'boolean' } }",
  booleanOrNone: "{ value: { type: 'boolean' }, omitEmpty: true }",
  time: "{ value: { type: 'string', format: 'date-time' } }",
  quantity: "{ value: { type: 'string', format: 'quantity' } }",
}
const sharedNames = new Map(Object.entries(shared).map(([name, text]) => [text, name]))

/** The text of one group and version's tables: plain data in the shape of `TypeSchema`. */
export function emitTables(module: Module, model: Model, facts: GoFacts, header: string): string {
  const used = new Set<string>()
  const entries = module.types
    .filter((type) => !scalarTypes.has(type.name))
    .map((type) => emitType(type, model, facts, used))
  const constants = Object.entries(shared)
    .filter(([name]) => used.has(name))
    .map(([name, text]) => `const ${name}: FieldSchema = ${text}`)
  const names = constants.length > 0 ? 'FieldSchema, TypeSchema' : 'TypeSchema'
  return `${header}\n\nimport type { ${names} } from '../../schema.ts'\n\n${constants.join('\n')}\n
/** The types of ${module.group === '' ? 'the core group' : module.group}, ${module.version}. */
export const types: readonly TypeSchema[] = [\n${entries.join('\n')}\n]\n`
}

/** The other modules whose types this module's fields refer to. */
export function dependencies(module: Module, model: Model): readonly string[] {
  const found = new Set<string>()
  for (const type of module.types)
    for (const name of references(type.schema)) {
      const target = model.types.get(name)
      if (target !== undefined && !scalarTypes.has(name) && target.module !== module.key) found.add(target.module)
    }
  return [...found].sort()
}

function emitType(type: ModelType, model: Model, facts: GoFacts, used: Set<string>): string {
  const parts = [`name: '${type.name}'`]
  // DeleteOptions and WatchEvent stand in every group: the scheme's groups tell that, a list of sixty does not.
  if (type.kinds.length === 1)
    parts.push(
      `kinds: [${type.kinds.map((gvk) => literal({ group: gvk.group, version: gvk.version, kind: gvk.kind }))}]`,
    )
  else if (type.kinds.length > 1) parts.push('everyGroup: true')
  const mapType = type.schema['x-kubernetes-map-type']
  if (mapType !== undefined) parts.push(`mapType: '${mapType}'`)
  const unions = type.schema['x-kubernetes-unions']
  if (unions !== undefined) parts.push(`unions: ${literal(unions)}`)
  const required = new Set(type.schema.required)
  const fields = Object.entries(type.schema.properties ?? {}).map(([name, schema]) => {
    const facing = { v2: schema, v3: type.v3.properties?.[name] ?? {} }
    const text = `{ ${[...fieldParts(facing.v2, facing.v3, required.has(name), type, model), ...goParts(type, name, schema, facts)].join(', ')} }`
    const constant = sharedNames.get(text)
    if (constant !== undefined) used.add(constant)
    return `      ${propertyKey(name)}: ${constant ?? text},`
  })
  if (fields.length === 0) return `  { ${parts.join(', ')}, fields: {} },`
  return `  {\n    ${parts.join(',\n    ')},\n    fields: {\n${fields.join('\n')}\n    },\n  },`
}

function fieldParts(
  v2: OpenApiSchema,
  v3: OpenApiSchema,
  required: boolean,
  owner: ModelType,
  model: Model,
): readonly string[] {
  const parts = [`value: ${valueText(v2, v3, owner, model)}`]
  if (required) parts.push('required: true')
  if (v3.default !== undefined) parts.push(`default: ${literal(v3.default)}`)
  const text = { listType: v2['x-kubernetes-list-type'], mapType: v2['x-kubernetes-map-type'] }
  for (const [name, value] of Object.entries(text)) if (value !== undefined) parts.push(`${name}: '${value}'`)
  const keys = v2['x-kubernetes-list-map-keys']
  if (keys !== undefined) parts.push(`listMapKeys: ${literal(keys)}`)
  const strategy = v2['x-kubernetes-patch-strategy']
  if (strategy !== undefined) parts.push(`patchStrategy: ${literal(strategy.split(','))}`)
  const mergeKey = v2['x-kubernetes-patch-merge-key']
  if (mergeKey !== undefined) parts.push(`patchMergeKey: '${mergeKey}'`)
  return parts
}

/** What only the Go types tell: how a type error names the field, and whether a zero value is left out. */
function goParts(type: ModelType, name: string, schema: OpenApiSchema, facts: GoFacts): readonly string[] {
  const fact = facts[type.name]?.[name]
  if (fact === undefined) throw new Error(`go-facts.json does not know ${type.name} ${name}`)
  const parts: string[] = []
  if (fact.type !== derivedGoType(schema)) parts.push(`goType: '${fact.type}'`)
  if (fact.embedded !== undefined) parts.push(`embedded: '${fact.embedded}'`)
  if (fact.omit === true) parts.push('omitEmpty: true')
  return parts
}

function valueText(v2: OpenApiSchema, v3: OpenApiSchema, owner: ModelType, model: Model): string {
  const ref = refName(v2)
  if (ref !== undefined) return refText(ref, owner, model)
  const inner = (part: 'items' | 'additionalProperties'): string => {
    const value = valueText(v2[part] ?? {}, v3[part] ?? {}, owner, model)
    // Items and values have their type's zero value as default, always: the tables need not say so.
    const zero = value.startsWith("{ type: 'string' }") ? '""' : value.startsWith("{ type: 'integer'") ? '0' : '{}'
    const found = JSON.stringify(v3[part]?.default)
    if (found !== undefined && found !== zero) throw new Error(`${owner.name}: ${value} has the default ${found}`)
    return value
  }
  switch (v2.type) {
    case 'string':
      return v2.format === undefined ? "{ type: 'string' }" : `{ type: 'string', format: '${v2.format}' }`
    case 'integer':
      return `{ type: 'integer', format: '${v2.format}' }`
    case 'number':
    case 'boolean':
      return `{ type: '${v2.type}' }`
    case 'array':
      return `{ type: 'array', items: ${inner('items')} }`
    case 'object':
      if (v2.additionalProperties !== undefined) return `{ type: 'map', values: ${inner('additionalProperties')} }`
  }
  throw new Error(`${owner.name} has a field of the unknown type ${JSON.stringify(v2)}`)
}

const scalars: Readonly<Record<string, string>> = {
  Time: "{ type: 'string', format: 'date-time' }",
  MicroTime: "{ type: 'string', format: 'micro-time' }",
  Quantity: "{ type: 'string', format: 'quantity' }",
  IntOrString: "{ type: 'string', format: 'int-or-string' }",
}

function refText(ref: string, owner: ModelType, model: Model): string {
  const target = model.types.get(ref)
  if (target === undefined) throw new Error(`${owner.name} refers to the unknown type ${ref}`)
  if (!scalarTypes.has(ref)) return `{ type: 'ref', ref: '${ref}' }`
  return scalars[target.short] ?? `{ type: 'any', of: '${ref}' }`
}

/** A value as TypeScript source in the house's style. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, entry]) => `${propertyKey(key)}: ${literal(entry)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return JSON.stringify(value)
}

const propertyKey = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`)
