import type { GroupVersion, GroupVersionKind, GroupVersionResource } from '../objects.ts'

/**
 * Reads an apiVersion: `v1`, `apps/v1`.
 *
 * @returns undefined when there is more than one slash; group and version are empty for an empty text
 */
export function parseApiVersion(apiVersion: string): GroupVersion | undefined {
  const slash = apiVersion.indexOf('/')
  if (slash < 0) return { group: '', version: apiVersion }
  if (apiVersion.indexOf('/', slash + 1) >= 0) return undefined
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** Writes an apiVersion. */
export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`
}

/** Reads group, version and kind of an object; what is missing is empty. */
export function kindOfObject(object: { readonly apiVersion?: string; readonly kind?: string }): GroupVersionKind {
  const { group, version } = parseApiVersion(object.apiVersion ?? '') ?? { group: '', version: '' }
  return { group, version, kind: object.kind ?? '' }
}

/** The parts of a request's path below its resource. */
export interface ResourcePath {
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/**
 * Builds the path of a request: `/api/v1/namespaces/default/pods/web/log`. Parts are percent-encoded.
 *
 * @param at where below the resource; all empty is the resource in all namespaces
 */
export function resourcePath(resource: GroupVersionResource, at: ResourcePath = {}): string {
  const { group, version, resource: plural } = resource
  const { namespace = '', name = '', subresource = '' } = at
  const root = group === '' ? ['api', version] : ['apis', group, version]
  const scope = namespace === '' ? [] : ['namespaces', namespace]
  const item = name === '' ? [] : subresource === '' ? [name] : [name, ...subresource.split('/')]
  return `/${[...root, ...scope, plural, ...item].map(encodeURIComponent).join('/')}`
}
