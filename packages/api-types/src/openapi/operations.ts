import type { GroupVersionKind } from '@kube-bonsai/apimachinery'
import type { TypeName } from '../schema.ts'
import type { ResourceInfo, SubresourceInfo, TypeResolver } from '../scheme.ts'
import { patchType } from './schemas.ts'

/** One parameter of an operation. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly type: 'string' | 'integer' | 'boolean'
}

/** One operation on one path, before it takes the form of an OpenAPI version. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly action: string
  readonly id: string
  readonly kind: GroupVersionKind
  readonly parameters: readonly Parameter[]
  readonly body?: TypeName
  /** Undefined: plain text. */
  readonly answer?: TypeName
  readonly codes: readonly number[]
  readonly watches?: true
}

export interface Path {
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly operations: readonly Operation[]
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
export const statusType: TypeName = `${meta}.Status`
const deleteOptions: TypeName = `${meta}.DeleteOptions`

const query = (type: Parameter['type'], ...names: readonly string[]): readonly Parameter[] =>
  names.map((name) => ({ name, in: 'query', type }))
const inPath = (name: string): Parameter => ({ name, in: 'path', type: 'string' })
const list = [
  ...query('boolean', 'allowWatchBookmarks'),
  ...query('string', 'continue', 'fieldSelector', 'labelSelector'),
  ...query('integer', 'limit'),
  ...query('string', 'resourceVersion', 'resourceVersionMatch'),
  ...query('boolean', 'sendInitialEvents'),
  ...query('integer', 'timeoutSeconds'),
  ...query('boolean', 'watch'),
]
const write = query('string', 'dryRun', 'fieldManager', 'fieldValidation')
const erase = [
  ...query('string', 'dryRun'),
  ...query('integer', 'gracePeriodSeconds'),
  ...query('boolean', 'ignoreStoreReadErrorWithClusterBreakingPotential', 'orphanDependents'),
  ...query('string', 'propagationPolicy'),
]
const collection = [...list.filter(({ name }) => name !== 'allowWatchBookmarks' && name !== 'watch'), ...erase]

/** `/api/v1` or `/apis/apps/v1`. */
export const rootOf = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`

/** The paths of a resource and its subresources, without the deprecated `/watch/` ones. */
export function pathsOf(info: ResourceInfo, types: TypeResolver): readonly Path[] {
  const root = rootOf(info.group, info.version)
  const scope = info.namespaced ? [inPath('namespace')] : []
  const base = `${root}${info.namespaced ? '/namespaces/{namespace}' : ''}/${info.resource}`
  const pretty = query('string', 'pretty')
  const paths: Path[] = [
    { path: base, parameters: [...scope, ...pretty], operations: collectionOperations(info, types) },
    {
      path: `${base}/{name}`,
      parameters: [inPath('name'), ...scope, ...pretty],
      operations: itemOperations(info, info, info.verbs, '', info.type),
    },
    ...info.subresources.flatMap((sub) => {
      const operations = subresourceOperations(info, sub, types)
      const parameters = [inPath('name'), ...scope, ...pretty]
      const own = { path: `${base}/{name}/${sub.name}`, parameters, operations }
      if (sub.name !== 'proxy') return [own]
      const further = operations.map((operation) => ({ ...operation, id: `${operation.id}WithPath` }))
      return [own, { path: `${own.path}/{path}`, parameters: [...parameters, inPath('path')], operations: further }]
    }),
  ]
  if (info.namespaced && info.verbs.includes('list'))
    paths.push({
      path: `${root}/${info.resource}`,
      parameters: [...list, ...pretty],
      operations: [
        { ...listOperation(info, types), id: idOf('list', info, 'ForAllNamespaces', false), parameters: [] },
      ],
    })
  return paths.filter(({ operations }) => operations.length > 0)
}

function collectionOperations(info: ResourceInfo, types: TypeResolver): readonly Operation[] {
  const found: Operation[] = []
  const common = { kind: gvkOf(info), codes: [200] }
  if (info.verbs.includes('list')) found.push(listOperation(info, types))
  if (info.verbs.includes('create')) {
    const id = idOf('create', info)
    found.push({
      ...common,
      method: 'post',
      action: 'post',
      id,
      parameters: write,
      body: info.type,
      answer: info.type,
      codes: [200, 201, 202],
    })
  }
  if (info.verbs.includes('deletecollection')) {
    const id = idOf('deleteCollection', info)
      .replace('deleteCollection', 'delete')
      .replace(/(V\d[a-z0-9]*)/, '$1Collection')
    found.push({
      ...common,
      method: 'delete',
      action: 'deletecollection',
      id,
      parameters: collection,
      body: deleteOptions,
      answer: statusType,
    })
  }
  return found
}

function listOperation(info: ResourceInfo, types: TypeResolver): Operation {
  const name = `${info.type}List`
  const answer = types.type(name) === undefined ? info.type : name
  return {
    method: 'get',
    action: 'list',
    id: idOf('list', info),
    kind: gvkOf(info),
    parameters: list,
    answer,
    codes: [200],
    watches: true,
  }
}

function itemOperations(
  info: ResourceInfo,
  kind: GroupVersionKind,
  verbs: readonly string[],
  suffix: string,
  type: TypeName,
): readonly Operation[] {
  const found: Operation[] = []
  const common = { kind: gvkOf(kind), answer: type }
  if (verbs.includes('get'))
    found.push({
      ...common,
      method: 'get',
      action: 'get',
      id: idOf('read', info, suffix),
      parameters: [],
      codes: [200],
    })
  if (verbs.includes('update'))
    found.push({
      ...common,
      method: 'put',
      action: 'put',
      id: idOf('replace', info, suffix),
      parameters: write,
      body: type,
      codes: [200, 201],
    })
  if (verbs.includes('patch')) {
    const parameters = [...write, ...query('boolean', 'force')]
    found.push({
      ...common,
      method: 'patch',
      action: 'patch',
      id: idOf('patch', info, suffix),
      parameters,
      body: patchType,
      codes: [200, 201],
    })
  }
  if (verbs.includes('delete') && suffix === '')
    found.push({
      ...common,
      method: 'delete',
      action: 'delete',
      id: idOf('delete', info),
      parameters: erase,
      body: deleteOptions,
      answer: statusType,
      codes: [200, 202],
    })
  return found
}

const methods = { create: 'post', delete: 'delete', get: 'get', patch: 'patch', update: 'put' } as const

function subresourceOperations(info: ResourceInfo, sub: SubresourceInfo, types: TypeResolver): readonly Operation[] {
  const suffix = capital(sub.name)
  const type = types.typeOf(sub.kind)?.name
  const kind = gvkOf(sub.kind)
  if (type === undefined)
    return Object.entries(methods)
      .filter(([verb]) => sub.verbs.includes(verb))
      .map(([, method]) => ({
        method,
        action: 'connect',
        id: idOf(`connect`, info, suffix).replace(/(V\d[a-z0-9]*)/, `$1${capital(method)}`),
        kind,
        parameters: [],
        codes: [200],
      }))
  if (sub.name === 'log') {
    const [read] = itemOperations(info, kind, ['get'], suffix, type)
    if (read === undefined) return []
    const { answer: _, ...text } = read
    return [text]
  }
  const item = itemOperations(info, kind, sub.verbs, suffix, type)
  if (!sub.verbs.includes('create')) return item
  const id = idOf('create', info, suffix)
  return [
    ...item,
    { method: 'post', action: 'post', id, kind, parameters: write, body: type, answer: type, codes: [200, 201, 202] },
  ]
}

const gvkOf = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, version, kind })
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** `core_v1`, `rbacAuthorization_v1`. */
export function tagOf(group: string, version: string): string {
  const title = groupTitle(group)
  return `${title.slice(0, 1).toLowerCase()}${title.slice(1)}_${version}`
}

/** `Core`, `RbacAuthorization`. */
export function groupTitle(group: string): string {
  return group === ''
    ? 'Core'
    : group
        .replace(/\.k8s\.io$/, '')
        .split('.')
        .map(capital)
        .join('')
}

function idOf(verb: string, info: ResourceInfo, suffix = '', named: boolean = info.namespaced): string {
  const name = `${verb}${groupTitle(info.group)}${capital(info.version)}`
  return `${name}${named ? 'Namespaced' : ''}${info.kind}${suffix}`
}
