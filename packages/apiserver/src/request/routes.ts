import type { ResourceInfo } from '@kube-bonsai/api-types'
import type { ServedTypes } from '../codec/negotiation.ts'
import type { Catalog } from '../registry/catalog.ts'
import { pathParts } from './request-info.ts'

/** What the router makes of a path below a built-in group: the route, or why there is none. */
export type Routing =
  | {
      readonly found: 'route'
      readonly info: ResourceInfo
      /** What the route can produce beside the encodings of objects. */
      readonly produces: Produces
    }
  | { readonly found: 'nothing' }
  /** There are routes, and none for this method. */
  | { readonly found: 'other methods' }

/** Objects, objects and events, text first, or whatever comes from elsewhere. */
export type Produces = 'objects' | 'objects and events' | 'text' | 'anything'

const nothing: Routing = { found: 'nothing' }
const otherMethods: Routing = { found: 'other methods' }

const methodOf: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

const collectionVerbs = new Set(['list', 'create', 'deletecollection'])
const itemVerbs = new Set(['get', 'update', 'patch', 'delete'])

/** What leads elsewhere takes every method and, where it is a proxy, every path behind it. */
const connections = new Set(['proxy', 'exec', 'attach', 'portforward'])

/**
 * Finds the route of a path as the server's router does, which knows of each resource where it is and with what methods.
 * Only for groups and versions that are built in.
 *
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/installer.go registerResourceHandlers
 */
export function routeOf(catalog: Catalog, path: string, method: string): Routing {
  const parts = pathParts(path)
  const core = parts[0] === 'api'
  const [group = '', version = ''] = core ? ['', parts[1]] : parts.slice(1)
  let rest = parts.slice(core ? 2 : 3)
  const watched = rest[0] === 'watch' && rest.length > 1
  if (watched) rest = rest.slice(1)
  const find = (resource: string | undefined) => catalog.find(group, version, resource ?? '')
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 ? find(rest[2]) : undefined
  if (inNamespace?.namespaced) {
    const [name, ...below] = rest.slice(3)
    return watched ? watchRoute(inNamespace, below, method) : within(inNamespace, name, below, method)
  }
  const info = find(rest[0])
  if (info === undefined) return nothing
  const [name, ...below] = rest.slice(1)
  if (info.namespaced && name !== undefined) return nothing
  if (watched) return watchRoute(info, below, method)
  if (!info.namespaced) return within(info, name, below, method)
  // Across all namespaces there is nothing but to look.
  if (!info.verbs.includes('list')) return nothing
  return method === 'GET' ? { found: 'route', info, produces: 'objects and events' } : otherMethods
}

/** The old spelling of a watch, of a collection or of one object. */
function watchRoute(info: ResourceInfo, below: readonly string[], method: string): Routing {
  if (below.length > 0 || !info.verbs.includes('watch')) return nothing
  return method === 'GET' ? { found: 'route', info, produces: 'objects and events' } : otherMethods
}

function within(info: ResourceInfo, name: string | undefined, below: readonly string[], method: string): Routing {
  if (below.length > 0) return subresourceRoute(info, below, method)
  const wanted = name === undefined ? collectionVerbs : itemVerbs
  const verbs = info.verbs.filter((verb) => wanted.has(verb))
  if (verbs.length === 0) return nothing
  if (!verbs.some((verb) => methodOf[verb] === method)) return otherMethods
  const produces = name === undefined && method === 'GET' ? 'objects and events' : 'objects'
  return { found: 'route', info, produces }
}

function subresourceRoute(info: ResourceInfo, [name = '', ...below]: readonly string[], method: string): Routing {
  const known = info.subresources.find((entry) => entry.name === name)
  if (known === undefined || (below.length > 0 && name !== 'proxy')) return nothing
  const proxied = name === 'proxy' && (method === 'HEAD' || method === 'OPTIONS')
  if (!proxied && !known.verbs.some((verb) => methodOf[verb] === method)) return otherMethods
  return { found: 'route', info, produces: connections.has(name) ? 'anything' : name === 'log' ? 'text' : 'objects' }
}

/** The media types that a route can produce. */
export function producedBy(produces: Produces, { objects, events }: ServedTypes): readonly string[] {
  if (produces === 'objects and events') return [...objects, ...events]
  return produces === 'text' ? ['text/plain', ...objects] : produces === 'anything' ? ['*/*'] : objects
}
