import type { Node, Pod, PodSpec, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import {
  type CheckpointStore,
  Kubelet,
  MemoryCheckpoints,
  Metrics,
  type NodeShape,
  nodeObject,
  type Program,
  programLookup,
  SimulatedRuntime,
  type SimulatedRuntimeOptions,
  setUpNode,
} from '../../src/index.ts'

/** A node that can be started, stopped and started again over the same runtime and pods. */
export class HostNode {
  readonly errors: unknown[] = []
  readonly clock: VirtualClock = new VirtualClock({ onError: (error) => this.errors.push(error) })
  readonly runtime: SimulatedRuntime
  readonly pods: Map<string, Pod> = new Map()
  readonly events: string[] = []
  readonly nodeEvents: string[] = []
  readonly checkpoints: CheckpointStore = new MemoryCheckpoints()
  readonly history: PodStatus[] = []
  node: Node
  shape: NodeShape
  metrics: Metrics = new Metrics()
  #kubelet: Kubelet | undefined

  constructor(
    shape: Partial<NodeShape> = {},
    programs: Readonly<Record<string, Program>> = {},
    runtime: Partial<SimulatedRuntimeOptions> = {},
  ) {
    this.shape = { name: 'node-1', ...shape }
    this.node = nodeObject(this.shape, '10.244.0.0/24')
    const reportsUsers = shape.host?.runtime?.supplementalGroupsPolicy ?? true
    this.runtime = new SimulatedRuntime({
      clock: this.clock,
      random: createRandom(1),
      programs: programLookup(programs),
      reportsUsers,
      ...runtime,
    })
  }

  get kubelet(): Kubelet {
    if (this.#kubelet === undefined) throw new Error('the kubelet does not run')
    return this.#kubelet
  }

  /** Starts a kubelet; rejects with its KubeletStartError. */
  async start(shape: Partial<NodeShape> = {}): Promise<void> {
    this.shape = { ...this.shape, ...shape }
    this.metrics = new Metrics()
    const waiting = setUpNode(this.shape, { clock: this.clock, checkpoints: this.checkpoints, metrics: this.metrics })
    void waiting.catch(() => {})
    await this.clock.advance(10_000)
    const setup = await waiting
    this.#kubelet = new Kubelet({
      nodeName: 'node-1',
      hostIP: '192.0.2.1',
      podCIDR: '10.244.0.0/24',
      clock: this.clock,
      runtime: this.runtime,
      setup,
      node: () => this.node,
      files: () => this.shape.host?.files ?? {},
      onManifestError: (error) => this.errors.push(error),
      onError: (_pod, error) => this.errors.push(error),
      api: {
        objects: {
          configMap: () => undefined,
          secret: () => undefined,
          claim: () => undefined,
          persistentVolume: () => undefined,
          serviceEnv: () => ({}),
        },
        event: (_pod, type, reason, message) => this.events.push(`${type} ${reason}: ${message}`),
        nodeEvent: (type, reason, message) => this.nodeEvents.push(`${type} ${reason}: ${message}`),
        nodeChanged: () => this.report(),
        writeStatus: async (pod, status) => {
          await Promise.resolve()
          const current = this.pods.get(pod.metadata.uid!)
          if (!current) return false
          this.history.push(status)
          this.set({ ...current, status })
          return true
        },
        removePod: async (pod) => {
          await Promise.resolve()
          this.pods.delete(pod.metadata.uid!)
          this.#kubelet?.podRemoved(pod)
        },
      },
    })
    this.#kubelet.readManifests()
    this.report()
    for (const pod of [...this.pods.values()]) this.#kubelet.podChanged(pod)
    this.#kubelet.ready()
  }

  stop(): void {
    this.#kubelet?.stop()
    this.#kubelet = undefined
  }

  async restart(shape: Partial<NodeShape> = {}): Promise<void> {
    this.stop()
    await this.start(shape)
  }

  /** Writes the node's status, as a heartbeat does. */
  report(): void {
    this.node = { ...this.node, status: this.kubelet.nodeStatus(this.node.status) }
  }

  set(pod: Pod): void {
    this.pods.set(pod.metadata.uid!, pod)
    this.#kubelet?.podChanged(pod)
  }

  /** Binds a pod to the node. */
  run(name: string, spec: Partial<PodSpec> = {}, metadata: Partial<Pod['metadata']> = {}): void {
    this.set({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1, ...metadata },
      spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1' }], ...spec },
      status: { phase: 'Pending' },
    })
  }

  /** Writes a file of the machine, of which the kubelet hears at once; undefined takes it away. */
  write(path: string, text: string | undefined): void {
    const { [path]: _before, ...files } = this.shape.host?.files ?? {}
    const changed = text === undefined ? files : { ...files, [path]: text }
    this.shape = { ...this.shape, host: { ...this.shape.host, files: changed } }
    this.#kubelet?.readManifests(path)
  }

  /** Changes the spec of a pod, as an accepted request does. */
  change(name: string, spec: Partial<PodSpec>): void {
    const pod = this.get(name)
    const generation = (pod.metadata.generation ?? 0) + 1
    this.set({ ...pod, metadata: { ...pod.metadata, generation }, spec: { ...pod.spec!, ...spec } })
  }

  remove(name: string, grace = 1): void {
    const pod = this.get(name)
    const deletionTimestamp = new Date(this.clock.now() + grace * 1000).toISOString()
    this.set({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } })
  }

  get(name: string): Pod {
    const pod = this.pods.get(`uid-${name}`)
    if (!pod) throw new Error(`there is no pod ${name}`)
    return pod
  }

  /** The newest container of a pod. */
  record(name: string, container = 'app') {
    return this.runtime.list(`uid-${name}`).findLast((record) => record.name === container)
  }
}

/** A container with requests, and limits where they are given. */
export const requesting = (requests: Readonly<Record<string, string>>, limits?: Readonly<Record<string, string>>) => ({
  containers: [{ name: 'app', image: 'app:1', resources: { requests, ...(limits && { limits }) } }],
})

/** The same, of a Guaranteed pod. */
export const guaranteed = (cpu: string, memory = '64Mi') => requesting({ cpu, memory }, { cpu, memory })

/** A kubelet's main configuration file. */
export const configured = (text: string) => ({
  files: { '/etc/kubelet.yaml': `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${text}` },
  config: '/etc/kubelet.yaml',
})
