import type { ResourceInfo } from '@kube-bonsai/api-types'
import { formatApiVersion } from '@kube-bonsai/apimachinery'
import type { Catalog } from '../registry/catalog.ts'

/** `/api`: the versions of the core group. */
export function apiVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  }
}

/** `/apis`: every group but the core one. */
export function apiGroupList(catalog: Catalog): object {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: catalog.groups().flatMap(({ group }) => apiGroup(catalog, group, false) ?? []),
  }
}

/** `/apis/GROUP`; undefined for a group that is not served. */
export function apiGroup(catalog: Catalog, name: string, alone: boolean = true): object | undefined {
  const found = catalog.groups().find(({ group }) => group === name)
  if (found === undefined || name === '') return undefined
  const versions = found.versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { ...(alone && { kind: 'APIGroup', apiVersion: 'v1' }), name, versions, preferredVersion: versions[0] }
}

/** `/api/v1` or `/apis/GROUP/VERSION`; undefined for one that is not served. */
export function apiResourceList(catalog: Catalog, group: string, version: string): object | undefined {
  const own = catalog.served.filter((info) => info.group === group && info.version === version)
  if (own.length === 0) return undefined
  const resources = own.flatMap((info) => [
    mainEntry(info),
    ...info.subresources.map((subresource) => subEntry(info, subresource)),
  ])
  const byName = (left: { readonly name: string }, right: { readonly name: string }) =>
    left.name < right.name ? -1 : 1
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: formatApiVersion({ group, version }),
    // Those of custom resources stand as their definitions have them.
    resources: catalog.serves(group, version) ? resources.sort(byName) : resources,
  }
}

function mainEntry(info: ResourceInfo) {
  return {
    name: info.resource,
    singularName: info.singular,
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: info.verbs,
    ...(info.shortNames.length > 0 && { shortNames: info.shortNames }),
    ...(info.categories.length > 0 && { categories: info.categories }),
    ...(info.storageVersionHash !== undefined && { storageVersionHash: info.storageVersionHash }),
  }
}

function subEntry(info: ResourceInfo, { name, kind, verbs }: ResourceInfo['subresources'][number]) {
  const foreign = kind.group !== info.group || kind.version !== info.version
  return {
    name: `${info.resource}/${name}`,
    singularName: '',
    namespaced: info.namespaced,
    ...(foreign && kind.kind !== '' && { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs,
  }
}

/** Groups, versions and resources in one document: the core group's for `/api`, all others for `/apis`. */
export function aggregatedDiscovery(catalog: Catalog, core: boolean): object {
  const groups = catalog.groups().filter(({ group }) => (group === '') === core)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: aggregatedResources(catalog, group, version),
        freshness: 'Current',
      })),
    })),
  }
}

function aggregatedResources(catalog: Catalog, group: string, version: string): readonly object[] {
  const own = catalog.served.filter((info) => info.group === group && info.version === version)
  return [...own]
    .sort((left, right) => (left.resource < right.resource ? -1 : 1))
    .map((info) => ({
      resource: info.resource,
      // Empty stands for the group and version around it.
      responseKind: { group: '', version: '', kind: info.kind },
      scope: info.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: info.singular,
      verbs: info.verbs,
      ...(info.shortNames.length > 0 && { shortNames: info.shortNames }),
      ...(info.categories.length > 0 && { categories: info.categories }),
      ...(info.subresources.length > 0 && {
        subresources: info.subresources.map((subresource) => ({
          subresource: subresource.name,
          responseKind:
            subresource.kind.group === group && subresource.kind.version === version
              ? { group: '', version: '', kind: subresource.kind.kind }
              : subresource.kind,
          verbs: subresource.verbs,
        })),
      }),
    }))
}
