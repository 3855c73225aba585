import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { newInternalError, type PortRequest, type PortResponse } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import type { Timer } from '@kube-bonsai/clock'
import type { ControllerContext } from '@kube-bonsai/controllers'
import {
  type CsiNodeDriver,
  forgetVolume,
  type Kubelet,
  type NodeShape,
  type Program,
  programLookup,
  SharedStorage,
  type SimulatedRegistry,
} from '@kube-bonsai/kubelet-model'
import { ClusterNetwork } from '../network/cluster-network.ts'
import { kubeletPage } from './kubelet-pages.ts'
import { nodeObjects } from './node-objects.ts'
import type { NodeEnvironment, NodeRemains } from './node-types.ts'
import { webhookCertgen } from './programs/webhook-certgen.ts'
import { SimulatedNode } from './simulated-node.ts'

const leaseInterval = 10_000
// Thousands of requests under way at once would keep the garbage collector busy: what is under way cannot be collected.
const beatsAtATime = 8
/** What pods may wait for. */
const looksInto = ['v1/configmaps', 'v1/secrets', 'v1/persistentvolumeclaims'] as const
/** What must be known before a kubelet starts, beside that. */
const alsoKnown = ['v1/persistentvolumes', 'storage.k8s.io/v1/csidrivers'] as const
const pendingIn = 'pendingOnNodeByNamespace'
const boundTo = 'boundToNode'

/** What the nodes of a cluster get from it. */
export interface FleetOptions {
  /** Programs by image name. */
  readonly programs?: Readonly<Record<string, Program>> | undefined
  readonly registry?: SimulatedRegistry | undefined
  /** CSI drivers of all nodes, by their names. */
  readonly csiDrivers?: Readonly<Record<string, CsiNodeDriver>> | undefined
  /** The API server as containers reach it. */
  readonly api: (request: Request) => Promise<Response>
}

/**
 * The simulated nodes of a cluster. They share one copy of the pods, so that a thousand nodes cost one watch;
 * each has a kubelet and a runtime of its own, and all they do goes through the API.
 */
export class NodeFleet {
  /** What persistent volumes hold, but for those on the disks of nodes. */
  readonly storage: SharedStorage = new SharedStorage()
  readonly #context: ControllerContext
  readonly #programs: Readonly<Record<string, Program>>
  readonly #registry: SimulatedRegistry | undefined
  readonly #csiDrivers: FleetOptions['csiDrivers']
  readonly #nodes: Map<string, SimulatedNode> = new Map()
  readonly #unsubscribe: (() => void)[] = []
  readonly #api: FleetOptions['api']
  #environment: NodeEnvironment | undefined
  #heartbeat: Timer | undefined
  #count = 0

  constructor(context: ControllerContext, { programs = {}, registry, csiDrivers, api }: FleetOptions) {
    this.#registry = registry
    this.#csiDrivers = csiDrivers
    this.#api = api
    this.#context = context
    this.#programs = { 'kube-webhook-certgen': webhookCertgen(context.client), ...programs }
  }

  /** Follows pods and what they refer to. Call it before nodes are added. */
  start(): void {
    const { informers } = this.#context
    const { pods } = this.#surroundings()
    const nodeOf = (pod: Pod) => this.#nodes.get(pod.spec?.nodeName ?? '')
    this.#unsubscribe.push(
      pods.handle({
        onAdd: (pod) => nodeOf(pod)?.podChanged(pod),
        onUpdate: (pod) => nodeOf(pod)?.podChanged(pod),
        onDelete: (pod) => nodeOf(pod)?.podRemoved(pod),
      }),
    )
    const arrived = (object: { readonly metadata: { readonly namespace?: string } }) => {
      for (const pod of pods.store.byIndex(pendingIn, object.metadata.namespace ?? '')) nodeOf(pod)?.retry(pod)
    }
    this.#unsubscribe.push(
      informers.informer('v1/persistentvolumes').handle({ onDelete: (volume) => forgetVolume(this.storage, volume) }),
    )
    for (const key of looksInto) {
      this.#unsubscribe.push(
        informers.informer(key).handle({ onAdd: (object, initial) => initial || arrived(object), onUpdate: arrived }),
      )
    }
    this.#beat()
  }

  /** A node by its name. Throws a RangeError for a name that is not one of these nodes. */
  get(name: string): SimulatedNode {
    const node = this.#nodes.get(name)
    if (node) return node
    throw new RangeError(
      `there is no simulated node ${JSON.stringify(name)}; there are ${this.names.join(', ') || 'none'}`,
    )
  }

  /**
   * The kubelet of a node, as the API server reaches it. Throws a StatusError (500) with the words of a failed connection when
   * the node is off or cut off, or its kubelet does not run, and for a name that is not one of these nodes.
   */
  reach(name: string): Kubelet {
    const node = this.#nodes.get(name)
    if (node === undefined) throw newInternalError(`there is no kubelet for node ${name}`)
    const { kubelet, state, hostIP } = node
    if (kubelet !== undefined && state === 'running') return kubelet
    const why = state === 'stopped' ? 'connect: connection refused' : 'i/o timeout'
    throw newInternalError(`dial tcp ${hostIP}:10250: ${why}`)
  }

  /** One of the pages of a node's kubelet. Throws as `reach` does. */
  page(name: string, request: PortRequest): PortResponse {
    this.reach(name)
    return kubeletPage(this.get(name), this.podsOf(name), request, this.#context.clock)
  }

  /** The pods that are bound to a node. */
  podsOf(name: string): readonly Pod[] {
    return this.#surroundings().podsOf(name)
  }

  /** The labels of a node. */
  labelsOf(name: string): Readonly<Record<string, string>> | undefined {
    return this.#surroundings().nodes.store.get(name)?.metadata.labels
  }

  /** True for the name of a simulated node. */
  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  /** The kubelet that runs on a node; undefined where none runs, and for a name that is not one of these nodes. */
  kubelet(name: string): Kubelet | undefined {
    return this.#nodes.get(name)?.kubelet
  }

  get names(): readonly string[] {
    return [...this.#nodes.keys()]
  }

  [Symbol.iterator](): MapIterator<SimulatedNode> {
    return this.#nodes.values()
  }

  /**
   * Registers a node with the API and lets its kubelet work. A node that the API knows already is taken over. Throws a
   * RangeError for a name that is taken; rejects with a KubeletStartError, and leaves no trace, when its kubelet refuses to start.
   */
  async add(shape: NodeShape): Promise<SimulatedNode> {
    if (this.#nodes.has(shape.name)) throw new RangeError(`there is a node ${JSON.stringify(shape.name)} already`)
    const fresh = { powered: true, connected: true, hasKubelet: true, boots: 0, checkpoints: [] }
    return this.#begin({ shape, index: this.#count, ...fresh })
  }

  /** Goes on with a node of the cluster that this one was forked from. */
  takeOver(remains: NodeRemains): Promise<SimulatedNode> {
    return this.#begin(remains)
  }

  /** What a fork needs to know of all nodes. */
  remains(): readonly NodeRemains[] {
    return [...this.#nodes.values()].map((node) => node.remains())
  }

  stop(): void {
    this.#heartbeat?.cancel()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    for (const node of this.#nodes.values()) node.close()
  }

  async #begin(remains: NodeRemains): Promise<SimulatedNode> {
    const environment = this.#surroundings()
    this.#count = Math.max(this.#count, remains.index + 1)
    const reportsUsers = remains.shape.host?.runtime?.supplementalGroupsPolicy !== false
    const node = new SimulatedNode(environment, remains, reportsUsers)
    // It takes pods from the moment that it is known; a kubelet that cannot start leaves no trace.
    this.#nodes.set(node.name, node)
    try {
      const { informers } = this.#context
      const others = [...looksInto, ...alsoKnown].map((key) => informers.informer(key).synced())
      await Promise.all([environment.pods.synced(), environment.nodes.synced(), ...others])
      await node.begin()
      return node
    } catch (error) {
      this.#nodes.delete(node.name)
      throw error
    }
  }

  #surroundings(): NodeEnvironment {
    if (this.#environment) return this.#environment
    const { informers } = this.#context
    const pods = informers.informer('v1/pods')
    pods.index(pendingIn, (pod) =>
      pod.spec?.nodeName && pod.status?.phase === 'Pending' ? [pod.metadata.namespace ?? ''] : [],
    )
    pods.index(boundTo, (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []))
    const podsOf = (name: string) => pods.store.byIndex(boundTo, name)
    this.#environment = {
      context: this.#context,
      programs: programLookup(this.#programs),
      ...(this.#registry && { registry: this.#registry }),
      ...(this.#csiDrivers && { csiDrivers: new Map(Object.entries(this.#csiDrivers)) }),
      // One look-up for all nodes: an informer takes an index once.
      objects: nodeObjects(informers),
      pods: pods as unknown as Informer<Pod>,
      // Admission on a node looks at its labels and taints.
      nodes: informers.informer('v1/nodes') as unknown as Informer<Node>,
      podsOf,
      storage: this.storage,
      network: new ClusterNetwork({
        informers,
        random: this.#context.random.fork('network'),
        nodes: () => this,
        podsOf,
        api: this.#api,
      }),
    }
    return this.#environment
  }

  /** Every node says every ten seconds that it is alive; nobody waits for that. */
  #beat(): void {
    const { clock } = this.#context
    this.#heartbeat = clock.schedule(
      clock.now() + leaseInterval,
      async () => {
        this.#beat()
        const nodes = [...this.#nodes.values()]
        for (let first = 0; first < nodes.length; first += beatsAtATime)
          await Promise.all(nodes.slice(first, first + beatsAtATime).map((node) => node.beat()))
      },
      { background: true },
    )
  }
}
