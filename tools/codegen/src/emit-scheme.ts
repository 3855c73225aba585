import type { ApiResource } from './discovery.ts'
import { literal } from './emit-tables.ts'
import type { Inputs } from './inputs.ts'
import { kindKey, type Model } from './model.ts'

interface Subresource {
  readonly name: string
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly verbs: readonly string[]
}

/** A resource of discovery with its subresources under it. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly type: string
  readonly module: string
  readonly entry: ApiResource
  readonly subresources: readonly Subresource[]
}

/** Every resource in the order of discovery: the core group first, then by group priority and version priority. */
export function listResources(inputs: Inputs, model: Model): readonly Resource[] {
  const lists = new Map(inputs.resources.map((list) => [list.groupVersion, list]))
  const found: Resource[] = []
  for (const { group, versions } of groupsOf(inputs))
    for (const version of versions) {
      const groupVersion = group === '' ? version : `${group}/${version}`
      const list = lists.get(groupVersion)
      if (list === undefined) throw new Error(`Discovery names ${groupVersion} but no resource list of it is there`)
      for (const entry of list.resources.filter((resource) => !resource.name.includes('/'))) {
        const type = model.byKind.get(kindKey({ group, version, kind: entry.kind }))
        if (type === undefined) throw new Error(`${groupVersion} ${entry.kind} has no OpenAPI type`)
        const subresources = list.resources
          .filter((resource) => resource.name.startsWith(`${entry.name}/`))
          .map((resource) => ({
            name: resource.name.slice(entry.name.length + 1),
            kind: { group: resource.group ?? group, version: resource.version ?? version, kind: resource.kind },
            verbs: resource.verbs,
          }))
        found.push({ group, version, type: type.name, module: type.module, entry, subresources })
      }
    }
  return found
}

/** The groups in order of priority, the core group first. */
export function groupsOf(inputs: Inputs): readonly { readonly group: string; readonly versions: readonly string[] }[] {
  return [
    { group: '', versions: ['v1'] },
    ...inputs.aggregated.items.map((item) => ({
      group: item.metadata.name,
      versions: item.versions.map((entry) => entry.version),
    })),
  ]
}

const every = 'create,delete,deletecollection,get,list,patch,update,watch'
const status = 'get,patch,update'

/** The eager data behind `scheme`, with names cut short because every import pays for it. */
export function emitSchemeData(inputs: Inputs, resources: readonly Resource[], header: string): string {
  const groups = groupsOf(inputs).map(({ group, versions }) => {
    const lines = versions.map((version) => {
      const own = resources.filter((resource) => resource.group === group && resource.version === version)
      return `      [\n        '${version}',\n        '${prefixOf(own)}',\n        [\n${own.map(resourceLine).join('\n')}\n        ],\n      ],`
    })
    return `  [\n    '${group}',\n    [\n${lines.join('\n')}\n    ],\n  ],`
  })
  return `${header}\n
import type { GroupData } from '../scheme/expand.ts'

const every = '${every}'
const status = '${status}'

/** Groups, their versions with the OpenAPI package, and their resources; \`expand\` gives them names. */
export const schemeData: readonly GroupData[] = [\n${groups.join('\n')}\n]\n`
}

function prefixOf(resources: readonly Resource[]): string {
  const prefixes = new Set(resources.map((resource) => resource.type.slice(0, resource.type.lastIndexOf('.'))))
  const [only] = prefixes
  if (only === undefined || prefixes.size !== 1)
    throw new Error(`One group and version in several packages: ${[...prefixes]}`)
  return only
}

function resourceLine({ group, version, entry, subresources, type }: Resource): string {
  if (!type.endsWith(`.${entry.kind}`)) throw new Error(`${type} is not named after its kind ${entry.kind}`)
  if (entry.singularName !== entry.kind.toLowerCase())
    throw new Error(`${entry.kind} has the singular ${entry.singularName}`)
  const parts = [literal(entry.kind), literal(entry.name), entry.namespaced ? '1' : '0', verbsText(entry.verbs)]
  const subs = subresources.map((sub) => {
    const own = sub.kind.group === group && sub.kind.version === version
    const kind = own ? (sub.kind.kind === entry.kind ? "''" : literal(sub.kind.kind)) : literal(kindKey(sub.kind))
    return `[${literal(sub.name)}, ${kind}, ${verbsText(sub.verbs)}]`
  })
  const rest = [
    literal(entry.storageVersionHash ?? ''),
    `[${subs.join(', ')}]`,
    literal(entry.shortNames ?? []),
    literal(entry.categories ?? []),
  ]
  while (rest.length > 0 && (rest.at(-1) === '[]' || rest.at(-1) === "''")) rest.pop()
  return `          [${[...parts, ...rest].join(', ')}],`
}

function verbsText(verbs: readonly string[]): string {
  const joined = verbs.join(',')
  if (joined === every) return 'every'
  return joined === status ? 'status' : literal(joined)
}

/** `ResourceTypes`: the interface of each resource by its path in the API. */
export function emitResourceTypes(resources: readonly Resource[], header: string): string {
  const modules = [...new Set(resources.map((resource) => resource.module))].sort()
  const alias = (module: string): string => module.replace(/\/(.)/, (_, first: string) => first.toUpperCase())
  const imports = modules.map((module) => `import type * as ${alias(module)} from './${module}.ts'`)
  const lines = resources.map(({ group, version, entry, module }) => {
    const path = group === '' ? version : `${group}/${version}`
    return `  '${path}/${entry.name}': ${alias(module)}.${entry.kind}`
  })
  return `${header}\n\n${imports.join('\n')}\n
/** The type of every built-in resource by \`version/resource\` or \`group/version/resource\`. */
export interface BuiltInResourceTypes {\n${lines.join('\n')}\n}\n`
}
