import type { GroupVersionKind } from '@kube-bonsai/apimachinery'
import type { GroupInfo, ResourceInfo, SubresourceInfo } from '../scheme.ts'

/** Name, kind (empty: the resource's own; with slashes: another group's) and verbs. */
export type SubresourceData = readonly [name: string, kind: string, verbs: string]

/** A resource in the generated data, empty parts at the end left out. */
export type ResourceData = readonly [
  kind: string,
  resource: string,
  namespaced: 0 | 1,
  verbs: string,
  storageVersionHash?: string,
  subresources?: readonly SubresourceData[],
  shortNames?: readonly string[],
  categories?: readonly string[],
]

/** A version, the OpenAPI package of its types, and its resources. */
export type VersionData = readonly [version: string, prefix: string, resources: readonly ResourceData[]]

export type GroupData = readonly [group: string, versions: readonly VersionData[]]

/** Upstream turns every alpha and beta version off unless it lists it, and lists none in v1.35. */
const servedByDefault = (version: string): boolean => /^v\d+$/.test(version)

/** Gives the generated data the names of the scheme's contract. */
export function expandGroups(data: readonly GroupData[]): readonly GroupInfo[] {
  return data.map(([group, versions]) => {
    const names = versions.map(([version]) => version)
    return { group, versions: names, servedByDefault: names.filter(servedByDefault) }
  })
}

/** Gives the generated resources the names of the scheme's contract, in discovery's order. */
export function expandResources(data: readonly GroupData[]): readonly ResourceInfo[] {
  return data.flatMap(([group, versions]) =>
    versions.flatMap(([version, prefix, resources]) =>
      resources.map((resource) => expandResource(group, version, prefix, resource)),
    ),
  )
}

function expandResource(group: string, version: string, prefix: string, data: ResourceData): ResourceInfo {
  const [kind, resource, namespaced, verbs, hash = '', subresources = [], shortNames = [], categories = []] = data
  const own = { group, version, kind }
  return {
    ...own,
    resource,
    singular: kind.toLowerCase(),
    namespaced: namespaced === 1,
    verbs: verbs.split(','),
    shortNames,
    categories,
    subresources: subresources.map((entry) => expandSubresource(own, entry)),
    type: `${prefix}.${kind}`,
    servedByDefault: servedByDefault(version),
    ...(hash === '' ? {} : { storageVersionHash: hash }),
  }
}

function expandSubresource(own: GroupVersionKind, [name, kind, verbs]: SubresourceData): SubresourceInfo {
  const [group = '', version = '', foreign] = kind.split('/')
  const body =
    foreign === undefined ? { ...own, kind: kind === '' ? own.kind : kind } : { group, version, kind: foreign }
  return { name, kind: body, verbs: verbs.split(',') }
}
