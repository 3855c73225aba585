import type { GroupVersionResource } from '@kube-bonsai/apimachinery'
import { InvalidRequestError } from './invalid-request-error.ts'

/** A resource with its scope: all that its paths are made of. */
export interface ScopedResource extends GroupVersionResource {
  readonly namespaced: boolean
}

/** `''` and `v1` of `v1/pods`; `apps` and `v1` of `apps/v1/deployments`. Throws an InvalidRequestError. */
export function parseResourceKey(key: string): GroupVersionResource {
  const parts = key.split('/')
  const [first = '', second = '', third] = parts
  if (parts.length === 2 && first !== '' && second !== '') return { group: '', version: first, resource: second }
  if (parts.length === 3 && first !== '' && second !== '' && third !== undefined && third !== '') {
    return { group: first, version: second, resource: third }
  }
  const problem = `a resource is written version/resource or group/version/resource, got ${JSON.stringify(key)}`
  throw new InvalidRequestError('resource', problem, key)
}

/**
 * Throws an InvalidRequestError when `value` cannot be one segment of a path.
 * @see staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go
 */
export function checkSegment(field: string, value: string): void {
  let problem: string | undefined
  if (value === '') problem = field === 'name' ? 'resource name may not be empty' : `${field} may not be empty`
  else if (value === '.' || value === '..') problem = `invalid ${field} ${JSON.stringify(value)}: may not be '${value}'`
  else if (value.includes('/')) problem = `invalid ${field} ${JSON.stringify(value)}: may not contain '/'`
  else if (value.includes('%')) problem = `invalid ${field} ${JSON.stringify(value)}: may not contain '%'`
  if (problem !== undefined) throw new InvalidRequestError(field, problem, value)
}

/** The path of a collection, over all namespaces when there is none: `/apis/apps/v1/namespaces/a/deployments`. */
export function collectionPath(resource: ScopedResource, namespace: string | undefined): string {
  const base = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  if (!resource.namespaced || namespace === undefined) return `${base}/${resource.resource}`
  checkSegment('namespace', namespace)
  return `${base}/namespaces/${namespace}/${resource.resource}`
}

/** The path of one object, or of a subresource of it. Not percent-encoded: that is up to the transport. */
export function objectPath(
  resource: ScopedResource,
  namespace: string | undefined,
  name: string,
  subresource?: string,
): string {
  checkSegment('name', name)
  if (resource.namespaced && namespace === undefined) {
    const problem = 'an empty namespace may not be set when a resource name is provided'
    throw new InvalidRequestError('namespace', problem, namespace)
  }
  const path = `${collectionPath(resource, namespace)}/${name}`
  if (subresource === undefined) return path
  for (const part of subresource.split('/')) checkSegment('subresource', part)
  return `${path}/${subresource}`
}
