import type { ApiRequest } from '@kube-bonsai/apimachinery'

/** What a request asks of a resource. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** A request for objects. */
export interface ResourceRequest {
  readonly isResource: true
  readonly verb: Verb
  readonly group: string
  readonly version: string
  readonly resource: string
  /** Empty for the resource itself. */
  readonly subresource: string
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string
  /** Empty for collections. */
  readonly name: string
}

/** A request for one of the server's own pages. */
export interface PathRequest {
  readonly isResource: false
  readonly path: string
}

/** What a request is about, from its method, path and query alone. @see staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go */
export type RequestInfo = ResourceRequest | PathRequest

const namespaceSubresources = new Set(['status', 'finalize'])

/** Reads method, path and query. */
export function requestInfo(request: Pick<ApiRequest, 'method' | 'path' | 'query'>): RequestInfo {
  const parts = request.path.split('/').filter((part) => part !== '')
  const core = parts[0] === 'api'
  const elsewhere: PathRequest = { isResource: false, path: request.path }
  if (!core && parts[0] !== 'apis') return elsewhere
  const group = core ? '' : (parts[1] ?? '')
  const version = parts[core ? 1 : 2]
  let rest = parts.slice(core ? 2 : 3)
  if (version === undefined || rest.length === 0) return elsewhere
  // The old spelling of a watch: /api/v1/watch/pods.
  const oldWatch = rest[0] === 'watch' && rest.length > 1
  if (oldWatch) rest = rest.slice(1)

  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')) rest = rest.slice(2)
  }
  const [resource = '', name = '', subresource = ''] = rest
  const own = resource === 'namespaces' ? '' : namespace
  const verb = oldWatch ? 'watch' : verbOf(request, name)
  return { isResource: true, verb, group, version, resource, subresource, namespace: own, name }
}

function verbOf({ method, query }: Pick<ApiRequest, 'method' | 'query'>, name: string): Verb {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete'
    default: {
      const watch = [query?.watch ?? 'false'].flat()[0] ?? ''
      if (watch !== 'false' && watch !== '0') return 'watch'
      return name === '' ? 'list' : 'get'
    }
  }
}
