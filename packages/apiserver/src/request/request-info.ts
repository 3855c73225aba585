import type { ApiRequest } from '@kube-bonsai/apimachinery'

/** What a request asks of a resource; empty for methods that ask nothing of any. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection' | ''

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
const verbsInPaths = new Set(['watch', 'proxy'])

/** A path that says `watch` or `proxy`, and not of what. */
export class UnfinishedPath extends Error {
  readonly path: string

  constructor(path: string) {
    const why = `unable to determine kind and namespace from url, ${path}`
    super(`Internal Server Error: ${JSON.stringify(path)}: failed to create RequestInfo: ${why}`)
    this.path = path
  }
}

/** Reads method, path and query. Empty parts of a path count: nothing is there by an empty name. Throws an UnfinishedPath. */
export function requestInfo(request: Pick<ApiRequest, 'method' | 'path' | 'query'>): RequestInfo {
  const parts = pathParts(request.path)
  const [root = ''] = parts
  const elsewhere: PathRequest = { isResource: false, path: request.path }
  const core = root === 'api'
  if ((!core && root !== 'apis') || parts.length < (core ? 3 : 4)) return elsewhere
  const [group = '', version = ''] = core ? ['', parts[1]] : parts.slice(1)
  let rest = parts.slice(core ? 2 : 3)
  const inPath = verbsInPaths.has(rest[0] ?? '') ? rest[0] : undefined
  if (inPath !== undefined) {
    if (rest.length < 2) throw new UnfinishedPath(request.path)
    rest = rest.slice(1)
  }

  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')) rest = rest.slice(2)
  }
  const [resource = '', name = '', subresource = ''] = rest
  const own = resource === 'namespaces' ? '' : namespace
  const verb = inPath === 'watch' ? 'watch' : verbOf(request, name)
  return { isResource: true, verb, group, version, resource, subresource, namespace: own, name }
}

/** The parts of a path; slashes at its ends do not count. */
export function pathParts(path: string): readonly string[] {
  const start = path.startsWith('/') ? 1 : 0
  const simple = path.endsWith('/') || path.startsWith('//') ? path.replace(/^\/+|\/+$/g, '') : path.slice(start)
  return simple === '' ? [] : simple.split('/')
}

function verbOf({ method, query }: Pick<ApiRequest, 'query'> & { readonly method: string }, name: string): Verb {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete'
    case 'GET':
    case 'HEAD': {
      // Only a collection is watched so; an object is read whatever the query says.
      if (name !== '') return 'get'
      return isYes(query?.watch) ? 'watch' : 'list'
    }
    default:
      return ''
  }
}

function isYes(value: string | readonly string[] | undefined): boolean {
  const text = [value ?? 'false'].flat()[0] ?? ''
  return text.toLowerCase() !== 'false' && text !== '0'
}
