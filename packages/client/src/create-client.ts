import { type ResourceTypes, scheme } from '@kube-bonsai/api-types'
import type { Transport } from '@kube-bonsai/apimachinery'
import type { Client, ResourceClient } from './client.ts'
import { InvalidRequestError } from './request/invalid-request-error.ts'
import { parseResourceKey, type ScopedResource } from './request/paths.ts'
import { RestResourceClient } from './resource-client.ts'
import { clusterShortcuts, namespacedShortcuts, type Shortcuts } from './shortcuts.ts'

/** What a client may be told beside its transport. */
export interface ClientOptions {
  /** Called with the text of each warning that a server sends. */
  readonly onWarning?: (text: string) => void
}

/** A client over any transport: an API server of this process, or `fetchTransport`. Sends nothing by itself. */
export function createClient(transport: Transport, options: ClientOptions = {}): Client {
  const connection = { transport, onWarning: options.onWarning }
  const resource = <K extends keyof ResourceTypes>(key: K): ResourceClient<ResourceTypes[K]> => {
    return new RestResourceClient(connection, builtIn(key))
  }
  const short = (key: keyof ResourceTypes, namespace: string | undefined): ResourceClient<unknown> =>
    namespace === undefined ? resource(key) : resource(key).namespace(namespace)
  const methods = Object.fromEntries(
    Object.entries({ ...namespacedShortcuts, ...clusterShortcuts }).map(([name, key]) => [
      name,
      (namespace?: string) => short(key, namespace),
    ]),
  )
  return {
    ...(methods as unknown as Shortcuts),
    resource,
    dynamic: (gvr) => new RestResourceClient(connection, gvr),
  }
}

function builtIn(key: string): ScopedResource {
  const gvr = parseResourceKey(key)
  const info = scheme.byResource(gvr)
  if (info !== undefined) return { ...gvr, namespaced: info.namespaced }
  const problem = `${JSON.stringify(key)} is no built-in resource of Kubernetes v1.35; use client.dynamic for any other`
  throw new InvalidRequestError('resource', problem, key)
}
