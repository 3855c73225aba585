import { type Model, type ModelType, type Module, metaType, scalarTypes } from './model.ts'
import { type OpenApiSchema, refName } from './openapi.ts'

/** Types that apimachinery writes by hand: the generated module hands them on. */
const handWritten = [
  'Condition',
  'LabelSelector',
  'LabelSelectorRequirement',
  'ListMeta',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
  'Status',
  'StatusCause',
  'StatusDetails',
  'WatchEvent',
]

const aliases: Readonly<Record<string, string>> = {
  Time: 'string',
  MicroTime: 'string',
  Quantity: 'string',
  IntOrString: 'number | string',
  FieldsV1: 'JsonObject',
  Patch: 'JsonValue',
  RawExtension: 'JsonObject',
  JSON: 'JsonValue',
  JSONSchemaPropsOrArray: 'JSONSchemaProps | readonly JSONSchemaProps[]',
  JSONSchemaPropsOrBool: 'JSONSchemaProps | boolean',
  JSONSchemaPropsOrStringArray: 'JSONSchemaProps | readonly string[]',
}

/** The text of one group and version's interfaces: types only, nothing at run time. */
export function emitInterfaces(module: Module, model: Model, header: string): string {
  const imports = new Map<string, Set<string>>()
  const use = (from: string, name: string): string => {
    const names = imports.get(from) ?? new Set()
    imports.set(from, names.add(name))
    return name
  }
  const isMeta = module.key === 'meta/v1'
  const bodies = module.types
    .filter((type) => !(isMeta && handWritten.includes(type.short)))
    .map((type) => emitType(type, module, model, use))
  const lines = [header, '']
  if (isMeta) {
    for (const name of ['ObjectMeta', 'LabelSelector', 'ListMeta', 'Status', 'StatusCause', 'StatusDetails'])
      if (!bodies.some((body) => new RegExp(`\\b${name}\\b`).test(body))) imports.get(apimachinery)?.delete(name)
  }
  for (const [from, names] of [...imports].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (names.size > 0) lines.push(`import type { ${[...names].sort().join(', ')} } from '${from}'`)
  if (isMeta)
    lines.push('', `export type {\n${handWritten.map((name) => `  ${name},`).join('\n')}\n} from '${apimachinery}'`)
  if (isMeta)
    lines.push(
      '',
      '/** A kind inside another kind: the server knows what it is, so `apiVersion` and `kind` may be left out. */',
      "export type Embedded<T extends { readonly apiVersion: string; readonly kind: string }> = Omit<T, 'apiVersion' | 'kind'> &",
      "  Partial<Pick<T, 'apiVersion' | 'kind'>>",
    )
  return `${lines.join('\n')}\n${bodies.map((body) => `\n${body}\n`).join('')}`
}

const apimachinery = '@kube-bonsai/apimachinery'
type Use = (from: string, name: string) => string

function emitType(type: ModelType, module: Module, model: Model, use: Use): string {
  const doc = `/** @see ${reference(type, module)} */`
  const alias = scalarTypes.has(type.name) ? aliases[type.short] : undefined
  if (alias !== undefined) {
    for (const name of ['JsonObject', 'JsonValue']) if (alias === name) use(apimachinery, name)
    return `${doc}\nexport type ${type.short} = ${alias}`
  }
  const fields = Object.entries(type.schema.properties ?? {})
  if (fields.length === 0) return `${doc}\nexport type ${type.short} = { readonly [key: string]: never }`
  const required = new Set(type.schema.required)
  const [gvk] = type.kinds
  const literal = gvk !== undefined && type.kinds.length === 1
  const lines = fields.map(([name, field]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
    if (literal && name === 'apiVersion')
      return `  readonly apiVersion: '${gvk.group === '' ? '' : `${gvk.group}/`}${gvk.version}'`
    if (literal && name === 'kind') return `  readonly kind: '${gvk.kind}'`
    const always = required.has(name) || (literal && name === 'metadata')
    return `  readonly ${key}${always ? '' : '?'}: ${typeText(field, type, module, model, use)}`
  })
  return `${doc}\nexport interface ${type.short} {\n${lines.join('\n')}\n}`
}

function typeText(schema: OpenApiSchema, owner: ModelType, module: Module, model: Model, use: Use): string {
  const ref = refName(schema)
  if (ref !== undefined) return refText(ref, owner, module, model, use)
  const inner = (part: OpenApiSchema): string => typeText(part, owner, module, model, use)
  switch (schema.type) {
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array': {
      const items = inner(schema.items ?? {})
      return items.includes(' ') && !/^\{.*\}$|^Embedded/.test(items) ? `readonly (${items})[]` : `readonly ${items}[]`
    }
    case 'object':
      if (schema.additionalProperties !== undefined)
        return `{ readonly [key: string]: ${inner(schema.additionalProperties)} }`
  }
  throw new Error(`${owner.name} has a field of the unknown type ${JSON.stringify(schema)}`)
}

function refText(ref: string, owner: ModelType, module: Module, model: Model, use: Use): string {
  const target = model.types.get(ref)
  if (target === undefined) throw new Error(`${owner.name} refers to the unknown type ${ref}`)
  const name =
    target.module === module.key
      ? module.key === 'meta/v1' && handWritten.includes(target.short)
        ? use(apimachinery, target.short)
        : target.short
      : use(`../${target.module}.ts`, target.short)
  const embedded =
    target.kinds.length === 1 && !owner.short.endsWith('List') && target.schema.properties?.metadata !== undefined
  if (!embedded) return name
  if (module.key !== 'meta/v1') use('../meta/v1.ts', 'Embedded')
  return `Embedded<${name}>`
}

/** The anchor of the official reference: `#deployment-v1-apps`. */
export function reference(type: ModelType, module: Module): string {
  const group = module.group === '' ? 'core' : module.group.replaceAll('.', '-')
  return `https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#${type.short.toLowerCase()}-${module.version}-${group}`
}

export const objectMeta: string = metaType('ObjectMeta')
