import type { NodeStatus, Pod } from '@kube-bonsai/api-types/core/v1'
import { isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import type { Timer } from '@kube-bonsai/clock'
import {
  allocationsOf,
  type ContainerUsage,
  Kubelet,
  MemoryCheckpoints,
  NodeDisk,
  type NodeSetup,
  type NodeShape,
  podRange,
  SimulatedRuntime,
  setUpNode,
  writeAllocations,
} from '@kube-bonsai/kubelet-model'
import { type AdoptSources, adopt } from './adopt.ts'
import { type Drain, type DrainOptions, drainNode } from './drain.ts'
import { kubeletApi } from './kubelet-api.ts'
import { manifestRules } from './manifest-rules.ts'
import { type Filled, filledWith, type NodeFill } from './node-fill.ts'
import { type NodeState, NodeStateError, UnreachableError } from './node-state.ts'
import type { NodeEnvironment, NodeRemains, NodeUpgrade } from './node-types.ts'
import { knownNode, register, renewLease } from './registration.ts'

const statusInterval = 300_000
/** The control plane notices after 55 seconds at most that a node is silent. */
const noticed = 60_000

/**
 * A node of a simulated cluster, to be treated badly: its kubelet stops, its cable is pulled, its power goes. What follows
 * (NotReady, taints, evictions, replacements) is what the control plane makes of it, in the cluster's time.
 */
export class SimulatedNode {
  readonly name: string
  /** The node's own address. */
  readonly hostIP: string
  readonly podCIDR: string
  readonly runtime: SimulatedRuntime
  readonly #environment: NodeEnvironment
  readonly #index: number
  readonly #checkpoints: MemoryCheckpoints
  readonly #disk: NodeDisk
  /** Pods that went away while the kubelet did not hear of it. */
  readonly #missed: Map<string, Pod> = new Map()
  #shape: NodeShape
  #kubelet: Kubelet | undefined
  #setup: NodeSetup | undefined
  #powered: boolean
  #connected: boolean
  #wanted: boolean
  #boots: number
  #occupied: Filled
  #lastStatus = 0
  #silence: Timer | undefined
  #closed = false

  /** Nothing runs until `begin`. */
  constructor(environment: NodeEnvironment, remains: NodeRemains, reportsUsers: boolean = true) {
    const { shape, index } = remains
    const { clock, random } = environment.context
    this.#environment = environment
    this.#shape = shape
    this.#index = index
    this.name = shape.name
    this.hostIP = `192.168.${(index + 2) >> 8}.${(index + 2) & 255}`
    this.podCIDR = podRange(index)
    this.#powered = remains.powered
    this.#connected = remains.connected
    this.#wanted = remains.hasKubelet
    this.#boots = remains.boots
    this.#occupied = remains.occupied ?? {}
    this.#checkpoints = new MemoryCheckpoints(remains.checkpoints)
    const { imageDiskBytes, imageVolumes } = shape.host?.runtime ?? {}
    this.runtime = new SimulatedRuntime({
      clock,
      random: random.fork(`runtime/${shape.name}`),
      programs: environment.programs,
      reportsUsers,
      network: (container) => environment.network.of(container, this),
      ...(imageDiskBytes !== undefined && { imageDiskBytes }),
      ...(imageVolumes !== undefined && { mountsImages: imageVolumes }),
      ...(environment.registry && { registry: environment.registry }),
    })
    this.runtime.occupy(this.#occupied)
    this.#disk = remains.disk?.copy() ?? new NodeDisk(() => this.#shape.host?.files ?? {})
  }

  get shape(): NodeShape {
    return this.#shape
  }

  get state(): NodeState {
    if (!this.#powered) return 'off'
    if (!this.#connected) return 'partitioned'
    return this.#kubelet === undefined ? 'stopped' : 'running'
  }

  /** The kubelet that runs at present. */
  get kubelet(): Kubelet | undefined {
    return this.#kubelet
  }

  /** What its kubelet found out about the machine when it started last. */
  get setup(): NodeSetup | undefined {
    return this.#setup
  }

  /** True while the kubelet and the API server hear of each other. */
  get isHeard(): boolean {
    return this.#kubelet !== undefined && this.#connected
  }

  /** What its containers use at the moment, as their programs report it; of one pod where its uid is given. */
  usage(podUid?: string): readonly ContainerUsage[] {
    return this.runtime.usage(podUid)
  }

  #adoptSources(): AdoptSources {
    const { context, objects } = this.#environment
    const { clock, client } = context
    const api = kubeletApi({
      node: this.name,
      client,
      recorder: context.recorder('kubelet', this.name),
      objects,
      open: () => this.#connected,
      report: () => {},
    })
    return {
      api,
      clock,
      disk: this.#disk,
      storage: this.#environment.storage,
      ...(this.#environment.csiDrivers && { csiDrivers: this.#environment.csiDrivers }),
      nodeName: this.name,
      hostIP: this.hostIP,
      allocatable: new Map(),
    }
  }

  /** What a fork of the cluster needs to know. */
  remains(): NodeRemains {
    return {
      shape: this.#shape,
      index: this.#index,
      powered: this.#powered,
      connected: this.#connected,
      hasKubelet: this.#wanted,
      boots: this.#boots,
      occupied: this.#occupied,
      disk: this.#disk.copy(),
      checkpoints: this.#checkpoints.names().map((name) => [name, this.#checkpoints.read(name) ?? '']),
    }
  }

  /** Starts what should run, for the first time or after a fork. Rejects with a KubeletStartError when the kubelet refuses. */
  async begin(): Promise<void> {
    const { context, podsOf } = this.#environment
    const own = podsOf(this.name)
    if (this.#powered) for (const pod of own) adopt(this.runtime, pod, this.#adoptSources())
    if (own.length > 0 && this.#checkpoints.names().length === 0) {
      // What the pods of a node were promised on the cluster that it comes from.
      const running = own.filter((pod) => pod.status?.phase === 'Running')
      writeAllocations(this.#checkpoints, allocationsOf(running))
    }
    if (!this.#powered || !this.#wanted) return this.#fallSilent()
    const before = await knownNode(context.client, this.name)
    await this.#start()
    // A kubelet that is cut off knows the pods that it had before.
    if (!this.#connected && before !== undefined) for (const pod of own) this.#kubelet?.podChanged(pod)
    if (!this.#connected) this.#fallSilent()
  }

  /** Stops the kubelet's process. Containers go on; heartbeats end, and nobody starts or restarts anything. */
  stopKubelet(): void {
    this.#wanted = false
    this.#halt()
    this.#fallSilent()
  }

  /**
   * Starts the kubelet again over the containers that run. Does nothing when it runs. Rejects with a NodeStateError while the
   * machine is off, and with a KubeletStartError when the kubelet refuses its configuration.
   */
  async startKubelet(): Promise<void> {
    if (!this.#powered) throw new NodeStateError(this.name, this.state, 'boot() it first')
    this.#wanted = true
    if (this.#kubelet === undefined) await this.#start()
  }

  /** Stops the kubelet and starts it again at once. Rejects as `startKubelet` does. */
  async restartKubelet(): Promise<void> {
    if (!this.#powered) throw new NodeStateError(this.name, this.state, 'boot() it first')
    this.#halt()
    await this.startKubelet()
  }

  /** Cuts the node off: nothing gets from it to the API server or back. Its containers go on, and its kubelet looks after them. */
  partition(): void {
    this.#connected = false
    this.#fallSilent()
  }

  /** Ends a partition: the kubelet hears of what it has missed, and tells of what has happened meanwhile. */
  async heal(): Promise<void> {
    if (this.#connected) return
    this.#connected = true
    if (this.#kubelet === undefined) return
    this.#heard()
    await this.#report(true)
    this.#deliver()
  }

  /** The machine loses its power: kubelet and containers are gone at once. Its disk (images, logs, checkpoints) is not. */
  kill(): void {
    if (!this.#powered) return
    this.#powered = false
    this.#halt()
    this.runtime.powerOff()
    this.release()
    this.#fallSilent()
  }

  /**
   * The machine is shut down: pods end in the order and the time that the kubelet's configuration gives them
   * (`shutdownGracePeriod`), then the power goes. Resolves when it is off, which may take the cluster's time.
   */
  async shutDown(): Promise<void> {
    await this.#kubelet?.shutDown()
    this.kill()
  }

  /** The machine starts again, with a kubelet, and containers restart as their pods want. Rejects as `startKubelet` does. */
  async boot(): Promise<void> {
    if (this.#powered) return
    this.#powered = true
    this.#boots++
    await this.startKubelet()
  }

  /** Keeps new pods away, as `kubectl cordon`. */
  async cordon(): Promise<void> {
    await this.#setUnschedulable(true)
  }

  /** Lets pods come again, as `kubectl uncordon`. */
  async uncordon(): Promise<void> {
    await this.#setUnschedulable(false)
  }

  /**
   * Cordons the node and evicts its pods, as `kubectl drain --ignore-daemonsets`. Resolves once every pod was asked to go for the
   * first time; `finished` of what it resolves with tells when all are gone, which takes the cluster's time. Evictions that a
   * disruption budget refuses are tried again every five seconds. Rejects with a DrainError, and evicts nothing, where kubectl
   * would refuse.
   */
  async drain(options: DrainOptions = {}): Promise<Drain> {
    await this.cordon()
    const { context, podsOf } = this.#environment
    return drainNode(context, this.name, podsOf, options)
  }

  /**
   * Something outside of all pods uses so much memory, disk, inodes or processes from now on: the kubelet reports the pressure, tidies
   * up where that helps, and evicts pods when too little is left. What is not named stays as it was. `release` ends it, and so does the
   * loss of power. Throws a QuantityParseError or a RangeError for what is no amount.
   */
  fill(fill: NodeFill): void {
    const occupied = { ...this.#occupied, ...filledWith(fill) }
    this.runtime.occupy(occupied)
    this.#occupied = occupied
  }

  /** Ends what `fill` began. */
  release(): void {
    this.fill({ memory: 0, disk: 0, inodes: 0, pids: 0 })
  }

  /**
   * Writes the manifest of a static pod, or another one in its place: the kubelet runs it by itself, whether or not it reaches the
   * API server. `file` is a name in the kubelet's `staticPodPath`, or an absolute path. Throws a NodeStateError where the kubelet
   * has no such path; what is wrong with a manifest goes to the cluster's `onError`, and the other ones run all the same.
   */
  writeManifest(file: string, text: string): void {
    this.#change(file, text)
  }

  /** Takes a manifest away: its pod ends, and then its mirror pod goes. Does nothing for one that is not there. */
  removeManifest(file: string): void {
    this.#change(file, undefined)
  }

  #change(file: string, text: string | undefined): void {
    const path = this.#manifestPath(file)
    const files = Object.entries(this.#shape.host?.files ?? {}).filter(([name]) => name !== path)
    const changed = Object.fromEntries(text === undefined ? files : [...files, [path, text]])
    this.#shape = { ...this.#shape, host: { ...this.#shape.host, files: changed } }
    this.#kubelet?.readManifests(path)
  }

  #manifestPath(file: string): string {
    if (file.startsWith('/')) return file
    const folder = this.#setup?.configuration['staticPodPath']
    if (typeof folder === 'string' && folder !== '') return `${folder.replace(/\/+$/, '')}/${file}`
    throw new NodeStateError(this.name, this.state, 'its kubelet was not started with a staticPodPath')
  }

  /** Exchanges software and restarts the kubelet (or lets it be stopped). Rejects with a KubeletStartError when the new one refuses. */
  async upgrade({ runtime, ...versions }: NodeUpgrade): Promise<void> {
    const host = { ...this.#shape.host, ...versions }
    this.#shape = { ...this.#shape, host: runtime ? { ...host, runtime: { ...host.runtime, ...runtime } } : host }
    if (this.#kubelet !== undefined) await this.restartKubelet()
  }

  /** A pod of this node was bound or has changed. */
  podChanged(pod: Pod): void {
    if (this.isHeard) this.#kubelet?.podChanged(pod)
  }

  /** A pod of this node is gone from the API. */
  podRemoved(pod: Pod): void {
    if (this.isHeard) this.#kubelet?.podRemoved(pod)
    else this.#missed.set(pod.metadata.uid ?? '', pod)
  }

  /** Something that a pod may wait for has come. */
  retry(pod: Pod): void {
    if (this.isHeard) this.#kubelet?.retry(pod)
  }

  /** Renews the lease, and reports the status when it is time or the API has another one. Never rejects. */
  async beat(): Promise<void> {
    if (!this.isHeard) return
    const { clock } = this.#environment.context
    const ready = this.#environment.nodes.store.get(this.name)?.status?.conditions?.find(({ type }) => type === 'Ready')
    const due = clock.now() - this.#lastStatus >= statusInterval
    await this.#report(due || (ready !== undefined && ready.status === 'Unknown'))
  }

  /** Ends everything at the end of a cluster. */
  close(): void {
    this.#closed = true
    this.#heard()
    this.#halt()
  }

  async #start(): Promise<void> {
    const { context, objects, nodes } = this.#environment
    const { client, clock, onError } = context
    const setup = await setUpNode(this.#shape, { clock, checkpoints: this.#checkpoints })
    if (this.#closed) return
    const kubelet = new Kubelet({
      nodeName: this.name,
      hostIP: this.hostIP,
      podCIDR: this.podCIDR,
      runtime: this.runtime,
      clock,
      setup,
      files: () => this.#shape.host?.files ?? {},
      disk: this.#disk,
      storage: this.#environment.storage,
      ...(this.#environment.csiDrivers && { csiDrivers: this.#environment.csiDrivers }),
      manifestRules: manifestRules(setup.gates, clock),
      onManifestError: (error) => onError?.('kubelet', `${this.name}:${error.file}`, error),
      node: () => nodes.store.get(this.name),
      api: kubeletApi({
        node: this.name,
        client,
        recorder: context.recorder('kubelet', this.name),
        objects,
        open: () => this.#connected && this.#kubelet === kubelet,
        report: () => void this.#report(true),
      }),
      onError: (pod, error) => {
        if (!(error instanceof UnreachableError))
          onError?.('kubelet', `${pod.metadata.namespace}/${pod.metadata.name}`, error)
      },
    })
    this.#setup = setup
    this.#kubelet = kubelet
    // They do not wait for the API.
    kubelet.readManifests()
    if (!this.#connected) return
    this.#lastStatus = clock.now()
    await register(client, this.#shape, this.podCIDR, clock.now(), (known) => this.#status(kubelet, known))
    if (this.#kubelet !== kubelet) return
    this.#heard()
    this.#deliver()
  }

  /** The kubelet's status of the node; a machine that was started again tells by another boot id. */
  #status(kubelet: Kubelet, known: NodeStatus | undefined): NodeStatus {
    const status = kubelet.nodeStatus(known)
    const { nodeInfo } = status
    if (this.#boots === 0 || nodeInfo === undefined) return status
    const bootID = `${nodeInfo.bootID}-${this.#boots}`
    const before = known?.nodeInfo?.bootID
    if (before !== undefined && before !== bootID) {
      const self = { apiVersion: 'v1', kind: 'Node', metadata: { name: this.name, uid: this.name } }
      const message = `Node ${this.name} has been rebooted, boot id: ${bootID}`
      this.#environment.context.recorder('kubelet', this.name).event(self, 'Warning', 'Rebooted', message)
    }
    return { ...status, nodeInfo: { ...nodeInfo, bootID } }
  }

  #halt(): void {
    this.#kubelet?.stop()
    this.#kubelet = undefined
  }

  /** Tells the kubelet of everything that it should know. */
  #deliver(): void {
    const kubelet = this.#kubelet
    if (kubelet === undefined) return
    for (const [uid, pod] of this.#missed) {
      // A kubelet that has just started learns first what to clean up.
      if (this.runtime.list(uid).length > 0) kubelet.podChanged(pod)
      kubelet.podRemoved(pod)
    }
    this.#missed.clear()
    for (const pod of this.#environment.podsOf(this.name)) kubelet.podChanged(pod)
    kubelet.ready()
  }

  async #report(full: boolean): Promise<void> {
    const { client, clock, onError } = this.#environment.context
    const kubelet = this.#kubelet
    if (kubelet === undefined || !this.#connected) return
    try {
      await renewLease(client, this.name, clock.now())
      if (!full) return
      this.#lastStatus = clock.now()
      const node = await client.nodes().get(this.name)
      if (this.#kubelet !== kubelet || !this.#connected) return
      await client.nodes().updateStatus({ ...node, status: this.#status(kubelet, node.status) })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) onError?.('kubelet', this.name, error)
    }
  }

  async #setUnschedulable(wanted: boolean): Promise<void> {
    const nodes = this.#environment.context.client.nodes()
    const { spec } = await nodes.get(this.name)
    if ((spec?.unschedulable ?? false) === wanted) return
    await nodes.patch(this.name, 'merge', { spec: { unschedulable: wanted ? true : null } })
  }

  /** Until somebody notices that the node is silent, a cluster has not settled. */
  #fallSilent(): void {
    const { clock } = this.#environment.context
    this.#silence ??= clock.schedule(clock.now() + noticed, () => {})
  }

  #heard(): void {
    this.#silence?.cancel()
    this.#silence = undefined
  }
}
