import { strategyFor as builtInStrategyFor, type Strategy } from '@kube-bonsai/api-strategies'
import { type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import { type ApiRequest, type ApiResponse, type KubeObject, newUnauthorized, StatusError, type Transport } from '@kube-bonsai/apimachinery'
import type { Clock, Random } from '@kube-bonsai/clock'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { createMemoryStorage, type Storage } from '@kube-bonsai/storage'
import { defaultAdmission } from './admission/default-chain.ts'
import { bootstrapObjects } from './bootstrap.ts'
import { newRequestContext, type ServerContext, type Target, type User } from './context.ts'
import { servePage } from './discovery/pages.ts'
import { handleResource } from './handlers/resource-handler.ts'
import { Catalog } from './registry/catalog.ts'
import { genericStrategy } from './registry/generic-strategy.ts'
import { ServiceAllocator } from './registry/service-allocator.ts'
import { requestInfo } from './request/request-info.ts'
import type { NodeProxy } from './subresources/node-proxy.ts'

/** What a server is made of. Only `clock` and `random` must be given. */
export interface ApiServerOptions {
  readonly clock: Clock
  readonly random: Random
  /** Where objects are kept; a new store in memory when absent. A server can begin on a store that another one filled. */
  readonly storage?: Storage<KubeObject>
  /** Those of v1.35 with their defaults when absent. */
  readonly gates?: FeatureGates
  /** The rules of each kind; those of api-strategies when absent. A kind that it does not know gets the general rules. */
  readonly strategies?: (group: string, kind: string) => Strategy | undefined
  /** What to serve beside the default, as `--runtime-config` has it: `{ 'api/all': true }`, `{ 'batch/v1': false }`. */
  readonly runtimeConfig?: Readonly<Record<string, boolean>>
  /** Asks kubelets for logs; without it `pods/log` refuses. */
  readonly nodeProxy?: NodeProxy
  /** Says who asks; undefined refuses with a 401. Everybody is `system:admin` when absent. */
  readonly authenticate?: (request: ApiRequest) => User | undefined
  /** The IPv4 range of cluster IPs; `10.96.0.0/12` when absent. */
  readonly serviceRange?: string
}

/** A running API server. */
export interface ApiServer {
  /** The way in for callers of the same process: objects are passed by reference, nothing is encoded. */
  readonly transport: Transport
  readonly storage: Storage<KubeObject>
  /** Creates what every cluster has from the start, as far as it is missing. */
  bootstrap(): Promise<void>
  /** Ends all watches and the server's own. Requests that come later are refused with a 503. */
  close(): void
}

const admin: User = { name: 'system:admin', groups: ['system:masters', 'system:authenticated'] }

/** Makes an API server. Throws a RangeError for a `serviceRange` that is no IPv4 range from /8 to /28. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const storage = options.storage ?? createMemoryStorage<KubeObject>()
  const gates = options.gates ?? createFeatureGates()
  const catalog = new Catalog(options.runtimeConfig)
  const allocator = new ServiceAllocator(storage, options.random, options.serviceRange ?? '10.96.0.0/12')
  const strategyOf = strategyTable(catalog, options.strategies ?? builtInStrategyFor)
  const context: ServerContext = {
    storage,
    clock: options.clock,
    random: options.random,
    gates,
    catalog,
    admission: defaultAdmission(allocator),
    nodeProxy: options.nodeProxy,
    strategyFor: strategyOf,
  }
  const request = async (call: ApiRequest): Promise<ApiResponse> => {
    const release = options.clock.hold()
    try {
      const user = options.authenticate ? options.authenticate(call) : admin
      if (user === undefined) throw newUnauthorized('Unauthorized')
      const info = requestInfo(call)
      if (!info.isResource) return await servePage(catalog, call)
      const target = catalog.find(info.group, info.version, info.resource)
      if (target !== undefined) await loadTypes(catalog, target)
      return await handleResource(newRequestContext(context, user), info, call)
    } catch (error) {
      const { status } = StatusError.from(error)
      const retry = status.details?.retryAfterSeconds
      return { status: status.code ?? 500, headers: retry ? { 'retry-after': String(retry) } : {}, body: status }
    } finally {
      release()
    }
  }
  return {
    transport: { request },
    storage,
    bootstrap: async () => {
      const release = options.clock.hold()
      try {
        const load = ({ info }: Target) => loadTypes(catalog, info)
        await bootstrapObjects(context, allocator.first, () => newRequestContext(context, admin), load)
      } finally {
        release()
      }
    },
    close: () => allocator.close(),
  }
}

/** Loads what decoding and defaulting need: the types of the version asked for and of the one in which objects are kept. */
async function loadTypes(catalog: Catalog, info: ResourceInfo): Promise<void> {
  const stored = catalog.stored(info)
  await scheme.load(info.group, info.version)
  if (stored.group !== info.group || stored.version !== info.version) await scheme.load(stored.group, stored.version)
}

function strategyTable(catalog: Catalog, lookUp: (group: string, kind: string) => Strategy | undefined): (info: ResourceInfo) => Strategy {
  const known = new Map<string, Strategy>()
  return (info) => {
    const { group, version } = catalog.stored(info)
    const key = `${group}/${info.kind}`
    const found = known.get(key) ?? lookUp(group, info.kind) ?? genericStrategy({ ...info, group }, version)
    known.set(key, found)
    return found
  }
}
