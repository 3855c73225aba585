import type { Node, Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { formatMicroTime, instantOfMillis, isAlreadyExists, isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import type { Timer } from '@kube-bonsai/clock'
import type { ControllerContext, EventRecorder } from '@kube-bonsai/controllers'
import {
  allocationsOf,
  type CheckpointStore,
  identityRequest,
  Kubelet,
  type KubeletApi,
  MemoryCheckpoints,
  type NodeSetup,
  type NodeShape,
  nodeObject,
  nodeStatus,
  type Program,
  podRange,
  programLookup,
  SimulatedRuntime,
  setUpNode,
  writeAllocations,
} from '@kube-bonsai/kubelet-model'
import { nodeObjects } from './node-objects.ts'
import { webhookCertgen } from './programs/webhook-certgen.ts'

const leaseInterval = 10_000
const statusInterval = 300_000

interface FleetNode {
  readonly shape: NodeShape
  readonly hostIP: string
  readonly kubelet: Kubelet
  readonly runtime: SimulatedRuntime
  readonly events: EventRecorder
}

/**
 * The simulated nodes of a cluster. They share one copy of the pods, so that a thousand nodes cost one watch;
 * each has a kubelet and a runtime of its own, and all they do goes through the API.
 */
export class NodeFleet {
  readonly #context: ControllerContext
  readonly #programs: Readonly<Record<string, Program>>
  readonly #nodes: Map<string, FleetNode> = new Map()
  readonly #unsubscribe: (() => void)[] = []
  #objects: KubeletApi['objects'] | undefined
  #heartbeat: Timer | undefined
  #lastStatus = 0
  #count = 0

  constructor(context: ControllerContext, programs: Readonly<Record<string, Program>> = {}) {
    this.#context = context
    this.#programs = { 'kube-webhook-certgen': webhookCertgen(context.client), ...programs }
  }

  /** Follows pods and what they refer to. Call it before nodes are added. */
  start(): void {
    const { informers, clock } = this.#context
    const pods = informers.informer('v1/pods')
    // Admission on a node looks at its labels and taints.
    informers.informer('v1/nodes')
    const pendingIn = 'pendingOnNodeByNamespace'
    pods.index(pendingIn, (pod) =>
      pod.spec?.nodeName && pod.status?.phase === 'Pending' ? [pod.metadata.namespace ?? ''] : [],
    )
    const kubeletOf = (pod: Pod) => this.#nodes.get(pod.spec?.nodeName ?? '')?.kubelet
    this.#unsubscribe.push(
      pods.handle({
        onAdd: (pod) => kubeletOf(pod)?.podChanged(pod),
        onUpdate: (pod) => kubeletOf(pod)?.podChanged(pod),
        onDelete: (pod) => kubeletOf(pod)?.podRemoved(pod),
      }),
    )
    const arrived = (object: { readonly metadata: { readonly namespace?: string } }) => {
      for (const pod of pods.store.byIndex(pendingIn, object.metadata.namespace ?? '')) kubeletOf(pod)?.retry(pod)
    }
    for (const key of ['v1/configmaps', 'v1/secrets', 'v1/persistentvolumeclaims'] as const) {
      this.#unsubscribe.push(
        informers.informer(key).handle({ onAdd: (object, initial) => initial || arrived(object), onUpdate: arrived }),
      )
    }
    this.#lastStatus = clock.now()
    this.#beat()
  }

  /** The kubelet of a node; undefined for a name that is not one of these nodes. */
  kubelet(name: string): Kubelet | undefined {
    return this.#nodes.get(name)?.kubelet
  }

  get names(): readonly string[] {
    return [...this.#nodes.keys()]
  }

  /** Registers a node with the API and lets its kubelet work. A node that the API knows already (after a fork) is taken over. */
  async add(shape: NodeShape): Promise<void> {
    const { client, clock } = this.#context
    const index = this.#count++
    const hostIP = `192.168.${(index + 2) >> 8}.${(index + 2) & 255}`
    const nodes = client.nodes()
    const known = await nodes.get(shape.name).catch((error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error
    })
    const podCIDR = known?.spec?.podCIDR ?? podRange(index)
    // A kubelet that cannot start leaves no trace.
    const checkpoints = new MemoryCheckpoints()
    if (known !== undefined) this.#remember(shape.name, checkpoints)
    const setup = await setUpNode(shape, { clock, checkpoints })
    const created = known ?? (await nodes.create(nodeObject(shape, podCIDR), { fieldManager: 'kubelet' }))
    const status = nodeStatus(shape, hostIP, clock.now(), created.status, { setup })
    await nodes.patch(shape.name, 'merge', { status }, { subresource: 'status', fieldManager: 'kubelet' })
    await this.#createLease(created)
    this.#nodes.set(shape.name, this.#newNode(setup, hostIP, podCIDR))
    this.#deliver(shape.name)
  }

  stop(): void {
    this.#heartbeat?.cancel()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    for (const { kubelet } of this.#nodes.values()) kubelet.stop()
  }

  /** What the pods of a node were promised on the cluster that it comes from. */
  #remember(name: string, checkpoints: CheckpointStore): void {
    const pods = this.#context.informers.informer('v1/pods').store.list()
    const own = pods.filter((pod) => pod.spec?.nodeName === name && pod.status?.phase === 'Running')
    writeAllocations(checkpoints, allocationsOf(own))
  }

  #newNode(setup: NodeSetup, hostIP: string, podCIDR: string): FleetNode {
    const { shape } = setup
    const { clock, random, informers, onError } = this.#context
    // One look-up for all nodes: an informer takes an index once.
    this.#objects ??= nodeObjects(informers)
    const events = this.#context.recorder('kubelet')
    const programs = programLookup(this.#programs)
    const runtime = new SimulatedRuntime({
      clock,
      random: random.fork(`runtime/${shape.name}`),
      programs,
      reportsUsers: setup.runtime.supplementalGroupsPolicy,
    })
    const kubelet = new Kubelet({
      nodeName: shape.name,
      hostIP,
      podCIDR,
      runtime,
      clock,
      setup,
      node: () => informers.informer('v1/nodes').store.get(shape.name),
      api: this.#apiFor(shape.name, events, this.#objects),
      onError: (pod, error) => onError?.('kubelet', `${pod.metadata.namespace}/${pod.metadata.name}`, error),
    })
    return { shape, hostIP, kubelet, runtime, events }
  }

  /** Hands over the pods that were bound to the node before it was there, with the containers they had. */
  #deliver(name: string): void {
    const node = this.#nodes.get(name)
    if (node === undefined) return
    for (const pod of this.#context.informers.informer('v1/pods').store.list()) {
      if (pod.spec?.nodeName !== name) continue
      adopt(node.runtime, pod)
      node.kubelet.podChanged(pod)
    }
    node.kubelet.ready()
  }

  #apiFor(name: string, events: EventRecorder, objects: KubeletApi['objects']): KubeletApi {
    const { client } = this.#context
    return {
      objects,
      nodeEvent: (type, reason, message) =>
        events.event({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } }, type, reason, message),
      nodeChanged: () => {
        const node = this.#nodes.get(name)
        if (node) void this.#renew(node, true)
      },
      event: (pod, type, reason, message) => events.event(pod, type, reason, message),
      async writeStatus({ metadata: { namespace = '', name = '', uid }, status: before }, next) {
        const status = { ...next, conditions: [...(next.conditions ?? []), ...goneConditions(before, next)] }
        try {
          await client
            .pods(namespace)
            .patch(name, 'strategic', { metadata: { uid }, status }, { subresource: 'status', fieldManager: 'kubelet' })
          return true
        } catch (error) {
          if (isNotFound(error) || isConflict(error)) return false
          throw error
        }
      },
      async removePod({ metadata: { namespace = '', name = '', uid } }) {
        try {
          await client
            .pods(namespace)
            .delete(name, { gracePeriodSeconds: 0, ...(uid !== undefined && { preconditions: { uid } }) })
        } catch (error) {
          if (!isNotFound(error) && !isConflict(error)) throw error
        }
      },
    }
  }

  async #createLease(node: Node): Promise<void> {
    const { client, clock } = this.#context
    const { name = '', uid = '' } = node.metadata
    try {
      await client.leases('kube-node-lease').create({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
        spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTime(clock.now()) },
      })
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }

  /** Renews all leases every ten seconds and reports all statuses every five minutes; nobody waits for that. */
  #beat(): void {
    const { clock } = this.#context
    this.#heartbeat = clock.schedule(
      clock.now() + leaseInterval,
      async () => {
        this.#beat()
        const full = clock.now() - this.#lastStatus >= statusInterval
        if (full) this.#lastStatus = clock.now()
        await Promise.all([...this.#nodes.values()].map((node) => this.#renew(node, full)))
      },
      { background: true },
    )
  }

  async #renew({ shape, kubelet }: FleetNode, full: boolean): Promise<void> {
    const { client, clock, onError } = this.#context
    try {
      await client.leases('kube-node-lease').patch(shape.name, 'merge', { spec: { renewTime: microTime(clock.now()) } })
      if (!full) return
      const node = await client.nodes().get(shape.name)
      await client.nodes().updateStatus({ ...node, status: kubelet.nodeStatus(node.status) })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) onError?.('kubelet', shape.name, error)
    }
  }
}

/** Patches merge conditions by their types: those of a resize that are no more are deleted by name. */
function goneConditions(before: PodStatus | undefined, next: PodStatus): readonly object[] {
  const kept = new Set(next.conditions?.map(({ type }) => type))
  return (before?.conditions ?? [])
    .filter(({ type }) => type.startsWith('PodResize') && !kept.has(type))
    .map(({ type }) => ({ $patch: 'delete', type }))
}

function microTime(milliseconds: number): string {
  return formatMicroTime(instantOfMillis(milliseconds))
}

/** Makes the containers that a pod's status shows as running run on this runtime too. */
function adopt(runtime: SimulatedRuntime, pod: Pod): void {
  const { uid = '', name = '', namespace = '' } = pod.metadata
  if (pod.status?.phase !== 'Running' || runtime.list(uid).length > 0) return
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  for (const status of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) {
    const container = containers.find((entry) => entry.name === status.name)
    const startedAt = status.state?.running?.startedAt
    if (container === undefined || startedAt === undefined || startedAt === null || status.containerID === undefined)
      continue
    const config = {
      podUid: uid,
      podName: name,
      podNamespace: namespace,
      name: container.name,
      image: container.image ?? '',
      attempt: status.restartCount,
      env: {},
      identity: identityRequest(pod, container),
      ...(status.resources && { resources: status.resources }),
      ...(container.command && { command: container.command }),
      ...(container.args && { args: container.args }),
    }
    runtime.adopt(config, status.containerID, Date.parse(startedAt))
  }
}
