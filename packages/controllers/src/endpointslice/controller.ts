import { isNotFound } from '@kube-bonsai/apimachinery'
import { exponentialRateLimiter, type Informer } from '@kube-bonsai/client'
import { type Node, type NodeDraft, nodes, type Service, type ServiceDraft, services } from '../api/core.ts'
import { pods } from '../api/known.ts'
import { joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { errorText } from '../shell/error-text.ts'
import { indexByNamespace, inNamespace } from '../shell/indexes.ts'
import { Loop, onEach } from '../shell/loop.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'
import { hasLabels, indexByLabels, selectPods } from '../shell/pods-by-label.ts'
import { addressesOf, addressTypesOf, endpointPorts, mayBeEndpoint, podToEndpoint } from './endpoint.ts'
import { reconcileHints } from './hints.ts'
import { manager, type PortGroup, planSlices, portKey } from './reconcile.ts'
import { type Endpoint, type EndpointSlice, type EndpointSliceDraft, endpointSlices } from './types.ts'

const name = 'endpointslice-controller'
const maxEndpoints = 100

/** A pod runs on a node that is not known: its zone cannot be told yet. */
export class NodeMissingError extends Error {
  readonly node: string

  constructor(pod: Pod) {
    const node = pod.spec.nodeName ?? ''
    super(`skipping Pod ${pod.metadata.name}: Node ${node} not found`)
    this.name = 'NodeMissingError'
    this.node = node
  }
}

const byService = (slice: EndpointSlice): readonly string[] => {
  const service = slice.metadata.labels?.['kubernetes.io/service-name']
  return service === undefined ? [] : [joinKey(namespaceOf(slice), service)]
}

class EndpointSliceLoop implements RunningController {
  readonly #context: ControllerContext
  readonly #recorder: EventRecorder
  readonly #services: Informer<ServiceDraft>
  readonly #pods: Informer<PodDraft>
  readonly #nodes: Informer<NodeDraft>
  readonly #slices: Informer<EndpointSliceDraft>
  readonly #loop: Loop

  constructor(context: ControllerContext) {
    this.#context = context
    this.#recorder = context.recorder('endpoint-slice-controller')
    this.#services = informerOf(context.informers, services)
    this.#pods = informerOf(context.informers, pods)
    this.#nodes = informerOf(context.informers, nodes)
    this.#slices = informerOf(context.informers, endpointSlices)
    indexByNamespace(this.#services)
    indexByLabels(this.#pods)
    this.#slices.index('service', byService)
    const rateLimiter = exponentialRateLimiter<string>(1000, 1_000_000)
    this.#loop = new Loop({ name, context, maxRetries: 15, rateLimiter, sync: (key) => this.#sync(key) })
    this.#loop
      .listen(
        this.#services,
        onEach((service) => this.#loop.queue.add(keyOf(service))),
      )
      .listen(this.#pods, {
        ...onEach((pod) => this.#podChanged(pod)),
        onUpdate: (pod, old) => {
          if (pod.metadata.labels !== old.metadata.labels) this.#podChanged(old)
          this.#podChanged(pod)
        },
      })
      .listen(this.#nodes)
      .listen(this.#slices, {
        onUpdate: (slice) => this.#sliceChanged(slice),
        onDelete: (slice) => this.#sliceChanged(slice),
      })
      .run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #podChanged(pod: Pod): void {
    for (const service of inNamespace(this.#services, namespaceOf(pod))) {
      if (hasLabels(pod, service.spec.selector)) this.#loop.soon(keyOf(service))
    }
  }

  #sliceChanged(slice: EndpointSlice): void {
    if (slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== manager) return
    for (const key of byService(slice)) this.#loop.queue.add(key)
  }

  async #sync(key: string): Promise<void> {
    const service = this.#services.store.get(key)
    // Slices of a Service that is gone are the garbage collector's.
    if (service === undefined || service.spec.type === 'ExternalName' || service.spec.selector === undefined) return
    const mine = this.#slices.store
      .byIndex('service', key)
      .filter(({ metadata }) => metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === manager)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    const selected = selectPods(this.#pods, namespaceOf(service), service.spec.selector)
    try {
      await this.#reconcile(service, selected, mine)
    } catch (error) {
      if (isNamespaceTerminating(error)) return
      const message = `Error updating Endpoint Slices for Service ${key}: ${errorText(error)}`
      this.#recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message)
      throw error
    }
  }

  async #reconcile(service: Service, selected: readonly Pod[], slices: readonly EndpointSlice[]): Promise<void> {
    const types = addressTypesOf(service)
    for (const slice of slices.filter(({ addressType }) => !types.includes(addressType))) await this.#remove(slice)
    const missing: NodeMissingError[] = []
    for (const type of types) {
      const groups = this.#groups(service, selected, type, missing)
      const existing = slices.filter(({ addressType }) => addressType === type)
      const plan = planSlices(service, type, groups, existing, maxEndpoints)
      const { create, update } = reconcileHints(service.spec.trafficDistribution, plan)
      const resource = clientOf(this.#context.client, endpointSlices, namespaceOf(service))
      if (service.metadata.deletionTimestamp === undefined) for (const slice of create) await resource.create(slice)
      for (const slice of update) await resource.update(slice)
      for (const slice of plan.remove) await this.#remove(slice)
    }
    if (missing[0] !== undefined) throw missing[0]
  }

  #groups(service: Service, selected: readonly Pod[], type: string, missing: NodeMissingError[]): readonly PortGroup[] {
    const groups = new Map<string, { readonly ports: PortGroup['ports']; readonly endpoints: Endpoint[] }>()
    for (const pod of selected) {
      if (!mayBeEndpoint(pod) || addressesOf(pod, type).length === 0) continue
      const node = this.#nodeOf(pod)
      if (node === undefined && (pod.spec.nodeName ?? '') !== '' && service.spec.publishNotReadyAddresses !== true) {
        missing.push(new NodeMissingError(pod))
        continue
      }
      const ports = endpointPorts(service, pod)
      const key = portKey(ports)
      const group = groups.get(key) ?? { ports, endpoints: [] }
      groups.set(key, group)
      group.endpoints.push(podToEndpoint(pod, node, service, type))
    }
    return [...groups.values()]
  }

  #nodeOf(pod: Pod): Node | undefined {
    return this.#nodes.store.get(pod.spec.nodeName ?? '')
  }

  async #remove(slice: EndpointSlice): Promise<void> {
    try {
      await clientOf(this.#context.client, endpointSlices, namespaceOf(slice)).delete(slice.metadata.name)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

/** Keeps the EndpointSlices of Services with a selector. @see pkg/controller/endpointslice */
export const endpointSliceController: Controller = { name, start: (context) => new EndpointSliceLoop(context) }
