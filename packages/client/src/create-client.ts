import type { ResourceTypes } from '@kube-bonsai/api-types'
import type { Transport } from '@kube-bonsai/apimachinery'
import type { Client, ResourceClient } from './client.ts'
import { parseResourceKey } from './request/paths.ts'
import { isNamespaced } from './request/scope.ts'
import { RestResourceClient } from './resource-client.ts'
import { type Shortcuts, shortcuts } from './shortcuts.ts'

/** What a client may be told beside its transport. */
export interface ClientOptions {
  /** Called with the text of each warning that a server sends. */
  readonly onWarning?: (text: string) => void
}

/** A client over any transport: an API server of this process, or `fetchTransport`. Sends nothing by itself. */
export function createClient(transport: Transport, options: ClientOptions = {}): Client {
  const connection = { transport, onWarning: options.onWarning }
  const resource = <K extends keyof ResourceTypes>(key: K): ResourceClient<ResourceTypes[K]> => {
    const gvr = parseResourceKey(key)
    return new RestResourceClient(connection, { ...gvr, namespaced: isNamespaced(gvr) })
  }
  const short = (key: keyof ResourceTypes, namespace: string | undefined): ResourceClient<unknown> =>
    namespace === undefined ? resource(key) : resource(key).namespace(namespace)
  const methods = Object.fromEntries(
    Object.entries(shortcuts).map(([name, key]) => [name, (namespace?: string) => short(key, namespace)]),
  )
  return {
    ...(methods as unknown as Shortcuts),
    resource,
    dynamic: (gvr) => new RestResourceClient(connection, gvr),
  }
}
