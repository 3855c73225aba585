import { scheme } from '@kube-bonsai/api-types'
import {
  type ApiRequest,
  type GroupVersionResource,
  type JsonObject,
  type KubeObject,
  kindOfObject,
  resourcePath,
} from '@kube-bonsai/apimachinery'

/** The object that an operation is about. */
export interface Target extends GroupVersionResource {
  readonly namespace?: string
  readonly name: string
}

/** One write to the API. */
export type ApiOperation =
  | { readonly verb: 'create'; readonly target: Target; readonly object: KubeObject }
  | { readonly verb: 'update'; readonly target: Target; readonly object: KubeObject }
  | { readonly verb: 'updateStatus'; readonly target: Target; readonly object: KubeObject }
  | { readonly verb: 'patch'; readonly target: Target; readonly patch: JsonObject }
  | { readonly verb: 'delete'; readonly target: Target; readonly options: JsonObject }

/** Where an object of a built-in kind lives. Throws RangeError for another kind. */
export function targetOf(object: KubeObject): Target {
  const kind = kindOfObject(object)
  const info = scheme.byKind(kind)
  if (info === undefined) throw new RangeError(`${object.apiVersion} ${object.kind} is no built-in kind`)
  const { namespace = 'default', name = '' } = object.metadata
  const { group, version, resource } = info
  return { group, version, resource, ...(info.namespaced ? { namespace } : {}), name }
}

/** The request that does an operation, for any Transport. Patches are merge patches. */
export function requestOf(operation: ApiOperation): ApiRequest {
  const { verb, target } = operation
  const { namespace = '', name } = target
  switch (verb) {
    case 'create':
      return { method: 'POST', path: resourcePath(target, { namespace }), body: operation.object }
    case 'update':
      return { method: 'PUT', path: resourcePath(target, { namespace, name }), body: operation.object }
    case 'updateStatus':
      return {
        method: 'PUT',
        path: resourcePath(target, { namespace, name, subresource: 'status' }),
        body: operation.object,
      }
    case 'patch': {
      const headers = { 'content-type': 'application/merge-patch+json' }
      return { method: 'PATCH', path: resourcePath(target, { namespace, name }), headers, body: operation.patch }
    }
    case 'delete':
      return { method: 'DELETE', path: resourcePath(target, { namespace, name }), body: operation.options }
  }
}
