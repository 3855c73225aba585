import type { Service } from '@kube-bonsai/api-types/core/v1'
import { type KubeObject, StatusError } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'
import type { RequestContext, Target } from '../context.ts'
import { deleteObject } from '../registry/delete.ts'
import type { BegunWrite, WriteHooks } from '../registry/write-hooks.ts'
import { type AddressObjects, ClusterAddresses } from './cluster-addresses.ts'
import { type Draft, draftOf, heldPorts, withDraft } from './draft.ts'
import { settleFamilies } from './families.ts'
import { follow } from './follow.ts'
import { alignAddresses, keepAllocated } from './known-values.ts'
import { NodePorts, PortOperation } from './node-ports.ts'
import { PortRange } from './port-range.ts'
import { allocateAddresses } from './service-addresses.ts'
import { allocatePorts } from './service-ports.ts'

const prefix = '/registry/core/services/'

/** What services are given. */
export interface ServiceOptions {
  readonly storage: Storage<KubeObject>
  readonly random: Random
  /** `--service-cluster-ip-range` */
  readonly addresses: string
  /** `--service-node-port-range` */
  readonly nodePorts: string
  readonly objects: AddressObjects
}

/**
 * Gives services their cluster IPs and node ports, and takes back what they no longer need.
 * What is taken follows from the store, so that a server that starts on one knows it too.
 * @see pkg/registry/core/service/storage/storage.go
 */
export class ServiceAllocation implements WriteHooks {
  readonly addresses: ClusterAddresses
  readonly ports: NodePorts
  readonly #objects: AddressObjects
  readonly #ready: Promise<StorageWatch>
  /** Addresses of services that were in the store when the server began. */
  readonly #found: Map<string, Draft> = new Map()
  #repaired: Promise<void> | undefined

  /** Throws a RangeError for ranges that are none. */
  constructor({ storage, random, addresses, nodePorts, objects }: ServiceOptions) {
    this.#objects = objects
    this.addresses = new ClusterAddresses(storage, random, addresses, objects)
    this.ports = new NodePorts(new PortRange(nodePorts), random)
    let first = true
    this.#ready = follow(storage, prefix, (key, object, revision) => {
      const draft = object && draftOf(object as Service)
      this.ports.hold(key, draft ? heldPorts(draft) : [], revision)
      if (draft && first) for (const address of draft.clusterIPs) this.#found.set(address, draft)
    })
    void this.#ready.then(() => {
      first = false
    })
  }

  begin(
    context: RequestContext,
    target: Target,
    object: KubeObject,
    old: KubeObject | undefined,
    dryRun: boolean,
  ): Promise<BegunWrite> | undefined {
    return isService(target) ? this.#begin(context, object as Service, old as Service | undefined, dryRun) : undefined
  }

  afterDelete(context: RequestContext, target: Target, object: KubeObject): Promise<void> | undefined {
    return isService(target) ? this.#afterDelete(context, object as Service) : undefined
  }

  /** Stops following the store. */
  async close(): Promise<void> {
    await this.addresses.close()
    ;(await this.#ready).cancel()
  }

  async #begin(
    context: RequestContext,
    service: Service,
    oldService: Service | undefined,
    dryRun: boolean,
  ): Promise<BegunWrite> {
    await this.#ready
    this.#repaired ??= this.#repair()
    await this.#repaired
    const draft = draftOf(service)
    const old = oldService && draftOf(oldService)
    if (old) keepAllocated(draft, old)
    alignAddresses(draft, old)
    const strict = context.server.gates.enabled('StrictIPCIDRValidation')
    settleFamilies(draft, old, this.addresses.families, strict)
    const { allocated, released } = await allocateAddresses(draft, old, this.addresses, dryRun)
    const operation = new PortOperation(this.ports, dryRun)
    try {
      allocatePorts(draft, old, operation)
    } catch (error) {
      operation.finish()
      if (!dryRun) await this.addresses.release(allocated)
      throw error
    }
    return {
      object: withDraft(service, draft),
      finish: async (stored) => {
        if (stored) this.#note(stored as Service)
        operation.finish()
        if (!dryRun) await this.addresses.release(stored ? released : allocated)
      },
    }
  }

  async #afterDelete(context: RequestContext, service: Service): Promise<void> {
    const draft = draftOf(service)
    if (draft.type !== 'ExternalName' && draft.clusterIPs[0] !== 'None') await this.addresses.release(draft.clusterIPs)
    const { namespace, name } = draft
    this.ports.hold(`${namespace}/${name}`, [], Number(service.metadata.resourceVersion ?? 0))
    await deleteEndpoints(context, namespace, name)
  }

  #note(service: Service): void {
    const draft = draftOf(service)
    const revision = Number(service.metadata.resourceVersion ?? 0)
    this.ports.hold(`${draft.namespace}/${draft.name}`, heldPorts(draft), revision)
  }

  /** Services whose addresses have no objects get them: something else wrote them. */
  async #repair(): Promise<void> {
    for (const [address, draft] of this.#found) {
      const range = this.addresses.ranges.find((own) => own.contains(address))
      if (range && !(await this.addresses.isTaken(address))) await this.#objects.create(address, range.family, draft)
    }
    this.#found.clear()
  }
}

function isService({ info }: Target): boolean {
  return info.resource === 'services' && info.group === ''
}

/** A new service of the name must not find old endpoints. */
async function deleteEndpoints(context: RequestContext, namespace: string, name: string): Promise<void> {
  const { server } = context
  const info = server.catalog.find('', 'v1', 'endpoints')
  if (info === undefined) return
  const target = { info, stored: server.catalog.stored(info), strategy: server.strategyFor(info) }
  try {
    await deleteObject(context, target, namespace, name, {})
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error
  }
}
