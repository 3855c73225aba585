import type { Node, NodeStatus, Pod } from '@kube-bonsai/api-types/core/v1'
import { type Clock, parseDuration, type Timer } from '@kube-bonsai/clock'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { AllocationManager, type AllocationOptions, type RetryTrigger } from '../allocation/allocation-manager.ts'
import type { Amounts } from '../allocation/pod-amounts.ts'
import { defaultConfiguration, type KubeletConfiguration } from '../config/configuration.ts'
import { ImageCollector } from '../images/image-collector.ts'
import { ImageManager } from '../images/image-manager.ts'
import { Metrics } from '../metrics/metrics.ts'
import { PodWorker } from '../pod/pod-worker.ts'
import type { WorkerContext } from '../pod/worker-context.ts'
import { CpusetReconciler } from '../resources/cpuset-reconciler.ts'
import type { ContainerRecord, ContainerRuntime, LogLine } from '../runtime/container-runtime.ts'
import { fromApi, isMirrorPod, runtimeUid } from '../status/pod-kind.ts'
import type { SharedStorage } from '../volumes/claims/shared-storage.ts'
import type { CsiDrivers } from '../volumes/csi/csi-driver.ts'
import { NodeDisk } from '../volumes/node-disk.ts'
import { volumePlugins } from '../volumes/volume-plugins.ts'
import type { AdmitHandler } from './admission.ts'
import { AppArmorHandler } from './app-armor.ts'
import { type CheckpointStore, MemoryCheckpoints } from './checkpoints.ts'
import { EvictionManager } from './eviction/eviction-manager.ts'
import { IpPool } from './ip-pool.ts'
import type { KubeletApi } from './kubelet-api.ts'
import { nodeAmounts } from './node-amounts.ts'
import { conditionEvents } from './node-conditions.ts'
import { nodeStatus } from './node-object.ts'
import type { NodeSetup } from './node-setup.ts'
import { placementFor } from './placement.ts'
import { PredicateHandler } from './predicate-handler.ts'
import { prepareUsers } from './sandbox-users.ts'
import { ShutdownManager } from './shutdown.ts'
import { looseRules, type ManifestError, type ManifestRules } from './static-pods/manifest.ts'
import { ManifestSource } from './static-pods/manifest-source.ts'
import { StaticPods } from './static-pods/static-pods.ts'
import { swaps } from './swap.ts'

/** What a kubelet is made of. */
export interface KubeletOptions {
  readonly nodeName: string
  /** The node's own address. */
  readonly hostIP: string
  /** Where pods get their addresses: a /24. */
  readonly podCIDR: string
  readonly api: KubeletApi
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  /** What pods may be promised together, in millicores and bytes; without it, everything fits. */
  readonly allocatable?: Omit<AllocationOptions, 'now'>
  /** What it counts; its own by default. */
  readonly metrics?: Metrics
  /** As `loadConfiguration` gives it; `defaultConfiguration()` by default. */
  readonly configuration?: KubeletConfiguration
  /** Those of v1.35 by default. */
  readonly gates?: FeatureGates
  /** What outlives this kubelet; give it to the one that comes after. Its own by default. */
  readonly checkpoints?: CheckpointStore
  /** What volumes hold on the node, which outlives this kubelet too. Its own by default. */
  readonly disk?: NodeDisk
  /** What persistent volumes hold that are not on the node. */
  readonly storage?: SharedStorage
  /** The CSI drivers that are registered on the node; without, persistent volumes are mounted whatever their driver. */
  readonly csiDrivers?: CsiDrivers
  /** When this kubelet began, in the clock's milliseconds; now by default. */
  readonly startedAt?: number
  /** As `setUpNode` gives it: the node's machine, configuration and managers. Its parts stand in for what is left out here. */
  readonly setup?: NodeSetup
  /** The node object as it is now: admission looks at its labels and taints. */
  readonly node?: () => Node | undefined
  /** The machine's files by absolute path, as they are now: manifests of static pods. Those of the setup's host by default. */
  readonly files?: () => Readonly<Record<string, string>>
  /** What the API's types and rules make of manifests; taken as they are by default. */
  readonly manifestRules?: ManifestRules
  /** Told of a manifest that is no static pod; the others run all the same. */
  readonly onManifestError?: (error: ManifestError) => void
  /** Told of what went wrong with a pod; the pod is tried again. */
  readonly onError?: (pod: Pod, error: unknown) => void
}

const unlimited: Omit<AllocationOptions, 'now'> = { cpu: 2n ** 62n, memory: 2n ** 62n }

/** What keeps a node healthy, and lets it go down in order. */
interface Guards {
  readonly eviction: EvictionManager
  readonly shutdown: ShutdownManager
}

const cgroupV1 =
  'cgroup v1 detected. cgroup v1 support is deprecated and will be removed in a future release. Please migrate to ' +
  'cgroup v2. More information at https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1'

/** What resizes are measured by, and who else has a say. */
function allocationOf(setup: NodeSetup, handlers: readonly AdmitHandler[]): Omit<AllocationOptions, 'now'> {
  const { allocatableAbsolute, configuration } = setup
  return {
    cpu: allocatableAbsolute.get('cpu')?.milliValue() ?? 0n,
    memory: allocatableAbsolute.get('memory')?.value() ?? 0n,
    cpuManagerPolicy: String(configuration['cpuManagerPolicy']),
    memoryManagerPolicy: String(configuration['memoryManagerPolicy']),
    handlers,
    swaps: (pod, container) => swaps(setup, pod, container),
  }
}

function syncFrequencyOf({ syncFrequency }: KubeletConfiguration): number {
  return typeof syncFrequency === 'string' ? Number(parseDuration(syncFrequency) / 1_000_000n) : 60_000
}

function looksAtFiles({ spec }: Pod, runtime: ContainerRuntime): boolean {
  if (runtime.looks === undefined) return true
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  return all.some((container) => runtime.looks?.(container))
}

/** A pod of which only its containers are known. */
const orphan = (uid: string, name: string): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, uid } })

/** A container that is asked for does not exist; the message is what the kubelet's server answers. */
export class ContainerNotFoundError extends Error {
  override readonly name = 'ContainerNotFoundError'
}

/**
 * The part of a node that runs pods. It is told which pods are its own and how they change, and does everything else
 * through its API, its runtime and its clock.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet.go
 */
export class Kubelet {
  readonly nodeName: string
  readonly runtime: ContainerRuntime
  readonly metrics: Metrics
  readonly configuration: KubeletConfiguration
  readonly gates: FeatureGates
  readonly checkpoints: CheckpointStore
  /** In the clock's milliseconds. */
  readonly startedAt: number
  readonly #workers: Map<string, PodWorker> = new Map()
  readonly #context: WorkerContext
  readonly #images: ImageManager
  readonly #collector: ImageCollector
  readonly #stopListening: () => void
  readonly #setup: NodeSetup | undefined
  readonly #guards: Guards | undefined
  readonly #cpusets: CpusetReconciler | undefined
  readonly #statics: StaticPods
  readonly #manifests: ManifestSource | undefined
  #retryTimer: Timer | undefined
  #isReady: boolean
  readonly #makesRoom: Set<string> = new Set()
  #stopped = false
  #warned = false

  constructor(options: KubeletOptions) {
    const { runtime, api, clock, hostIP, onError = () => {} } = options
    const pool = new IpPool(options.podCIDR)
    this.nodeName = options.nodeName
    this.runtime = runtime
    const { setup } = options
    this.#setup = setup
    this.metrics = options.metrics ?? setup?.metrics ?? new Metrics()
    this.configuration = options.configuration ?? setup?.configuration ?? defaultConfiguration()
    this.gates = options.gates ?? setup?.gates ?? createFeatureGates()
    this.checkpoints = options.checkpoints ?? setup?.checkpoints ?? new MemoryCheckpoints()
    this.startedAt = options.startedAt ?? clock.now()
    this.#guards = setup && this.#makeGuards(setup, options)
    const { disk = new NodeDisk(() => setup?.host.files ?? {}) } = options
    const allocatable = setup?.allocatable ?? new Map()
    this.#images = new ImageManager({
      clock,
      runtime,
      metrics: this.metrics,
      gates: this.gates,
      configuration: this.configuration,
      checkpoints: this.checkpoints,
      secret: (namespace, name) => api.objects.secret(namespace, name),
      event: (pod, type, reason, message) => api.event(pod, type, reason, message),
    })
    this.#collector = new ImageCollector({
      clock,
      runtime,
      metrics: this.metrics,
      configuration: this.configuration,
      startedAt: this.startedAt,
      nodeEvent: (type, reason, message) => api.nodeEvent?.(type, reason, message),
      freed: (beganAt) => this.#images.prune(beganAt),
    })
    this.#context = {
      metrics: this.metrics,
      configuration: this.configuration,
      gates: this.gates,
      checkpoints: this.checkpoints,
      images: this.#images,
      kubeletStartedAt: this.startedAt,
      api,
      runtime,
      clock,
      nodeName: this.nodeName,
      hostIP,
      onError,
      takeIp: (wanted) => pool.take(wanted),
      releaseIp: (ip) => pool.release(ip),
      allocation: new AllocationManager({
        checkpoints: this.checkpoints,
        metrics: this.metrics,
        gates: this.gates,
        ...(options.allocatable ?? unlimited),
        ...(setup && allocationOf(setup, this.#handlers(setup, options.node))),
        now: () => clock.now(),
      }),
      place: (pod, container) => placementFor(pod, container, setup, api.objects),
      prepareSandbox: (pod) => prepareUsers(pod, setup, api.objects),
      tryResizes: (trigger) => this.#tryResizes(trigger),
      released: (pod) => this.#released(pod),
      preempt: (pods, resource) => this.#preempt(pods, resource),
      disk,
      volumePlugins: volumePlugins({
        api,
        clock,
        disk,
        ...(options.storage && { storage: options.storage }),
        ...(options.csiDrivers && { csiDrivers: options.csiDrivers }),
        allocatable,
        gates: this.gates,
        nodeName: options.nodeName,
      }),
      allocatable,
      syncFrequency: syncFrequencyOf(this.configuration),
      looks: (pod) => looksAtFiles(pod, runtime),
    }
    this.#cpusets = setup && new CpusetReconciler({ setup, runtime, clock, uids: () => this.#workers.keys() })
    this.#statics = new StaticPods({
      api,
      clock,
      start: (pod, ownApi) => this.#begin(pod, { ...this.#context, api: ownApi }),
      forget: async (pod) => this.#forget(pod),
      failed: onError,
    })
    this.#manifests = this.#manifestSource(options)
    this.#isReady = !this.#context.allocation.expectsMore
    this.#stopListening = runtime.onExit((record) => this.#workers.get(record.podUid)?.exited(record))
  }

  #tryResizes(trigger: RetryTrigger): void {
    const { allocation, clock } = this.#context
    this.#retryTimer?.cancel()
    this.#retryTimer = undefined
    if (!this.#isReady) {
      const again = () => this.#tryResizes('periodic_retry')
      this.#retryTimer = clock.schedule(clock.now() + 30_000, again, { background: true })
      return
    }
    for (const outcome of allocation.retry(trigger)) {
      if (outcome.preempt) void this.#makeRoom(outcome.pod, outcome.preempt, trigger)
      else this.#workers.get(outcome.pod.metadata.uid ?? '')?.resized(outcome)
    }
    // Room that nobody tells of is looked for from time to time, while somebody waits for it.
    if (!allocation.defers) return
    const retry = () => this.#tryResizes('periodic_retry')
    this.#retryTimer = clock.schedule(clock.now() + 180_000, retry, { background: true })
  }

  /** Ends pods so that a critical one can grow, and tries it again when they have ended. */
  async #makeRoom({ metadata: { uid = '' } }: Pod, pods: readonly Pod[], trigger: RetryTrigger): Promise<void> {
    if (this.#makesRoom.has(uid)) return
    this.#makesRoom.add(uid)
    await this.#preempt(pods, '')
    this.#makesRoom.delete(uid)
    if (this.#stopped) return
    // Pods that are ending for another reason are not waited for above.
    const remain = pods.some((pod) => this.#workers.get(pod.metadata.uid ?? '')?.active)
    if (!remain) return this.#tryResizes(trigger)
    const { clock } = this.#context
    this.#retryTimer?.cancel()
    this.#retryTimer = clock.schedule(clock.now() + 1000, () => this.#tryResizes(trigger), { background: true })
  }

  /**
   * Every pod that was bound to the node when this kubelet began has been handed over: what an earlier kubelet had
   * promised to others is free, and resizes that wait are tried. Call it once after a restart.
   */
  ready(): void {
    if (this.#stopped) return
    if (!this.#warned && this.#setup?.host.cgroupVersion === 1) {
      this.#context.api.nodeEvent?.('Warning', 'CgroupV1', cgroupV1)
    }
    this.#warned = true
    this.#isReady = true
    this.#context.allocation.forgetOthers()
    this.#setup?.managers.keepOnly(
      new Set([...this.#workers].filter(([, worker]) => worker.active).map(([uid]) => uid)),
    )
    this.#statics.ready()
    this.#endOrphans()
    this.#tryResizes('pods_added')
  }

  /** Containers of pods that went while no kubelet was there. */
  #endOrphans(): void {
    const { runtime, onError } = this.#context
    for (const uid of runtime.pods?.() ?? []) {
      if (this.#workers.has(uid)) continue
      const records = runtime.list(uid)
      Promise.all(records.map(({ id }) => runtime.stop(id, 1000)))
        .then(() => records.map(({ id }) => runtime.remove(id)))
        .catch((error: unknown) => onError(orphan(uid, records[0]?.name ?? ''), error))
    }
  }

  #manifestSource(options: KubeletOptions): ManifestSource | undefined {
    const path = this.configuration['staticPodPath']
    const { setup, nodeName, clock, manifestRules = looseRules, onManifestError = () => {} } = options
    if (typeof path !== 'string' || path === '') return undefined
    return new ManifestSource({
      path,
      nodeName,
      clock,
      startedAt: this.startedAt,
      frequency: String(this.configuration['fileCheckFrequency']),
      rules: manifestRules,
      files: options.files ?? (() => setup?.host.files ?? {}),
      failed: onManifestError,
      changed: (pods) => this.#statics.set(pods),
    })
  }

  /**
   * Looks at the manifests in `staticPodPath`: at all of them, as when the kubelet has just started, or at one file that has
   * changed. Does nothing where none is configured.
   */
  readManifests(file?: string): void {
    if (this.#stopped) return
    if (file === undefined) this.#manifests?.list()
    else this.#manifests?.fileChanged(file)
  }

  #makeGuards(setup: NodeSetup, { api, clock, runtime }: KubeletOptions): Guards {
    const pods = () => [...this.#workers.values()].filter(({ active }) => active)
    const { configuration, metrics } = setup
    const endable = () => pods().filter(({ isEnding }) => !isEnding)
    const freeDisk = () => this.#freeDisk()
    return {
      eviction: new EvictionManager({
        setup,
        runtime,
        clock,
        api,
        startedAt: this.startedAt,
        pods: endable,
        freeDisk,
      }),
      shutdown: new ShutdownManager({ configuration, metrics, clock, api, pods }),
    }
  }

  #freeDisk(): void {
    for (const worker of this.#workers.values()) worker.freeContainers()
    try {
      this.#collector.removeUnused()
    } catch {
      // What could not be removed still takes room, and that is what is looked at.
    }
  }

  #handlers(setup: NodeSetup, node: (() => Node | undefined) | undefined): readonly AdmitHandler[] {
    const predicates = new PredicateHandler({
      allocatable: nodeAmounts(setup.allocatable),
      node: node ?? (() => undefined),
      supplementalGroupsPolicy: () => setup.runtime.supplementalGroupsPolicy,
      gates: setup.gates,
    })
    const { eviction, shutdown } = this.#guards ?? {}
    const appArmor = new AppArmorHandler(setup.host.appArmor !== false)
    const first = [...(eviction ? [eviction] : []), setup.sysctls]
    return [...first, setup.managers, predicates, appArmor, ...(shutdown ? [shutdown] : [])]
  }

  /**
   * The machine is about to go down: pods end in the order and the time that the configuration gives them. Resolves when
   * that is done; at once where it gives no time.
   */
  async shutDown(): Promise<void> {
    await this.#guards?.shutdown.shutDown()
  }

  /** The machine does not go down after all. */
  cancelShutdown(): void {
    this.#guards?.shutdown.cancel()
  }

  #released(pod: Pod): void {
    this.#context.allocation.remove(pod.metadata.uid ?? '')
    this.#setup?.managers.release(pod)
  }

  async #preempt(pods: readonly Pod[], resource: string): Promise<void> {
    const message = 'Preempted in order to admit critical pod'
    const disruption = 'Pod was preempted by Kubelet to accommodate a critical pod.'
    for (const pod of pods) {
      const worker = this.#workers.get(pod.metadata.uid ?? '')
      if (worker === undefined || !worker.active) continue
      this.#context.api.event(worker.pod, 'Warning', 'Preempting', message)
      await worker.end({ reason: 'Preempting', message, disruption })
      this.metrics.counter('preemptions').add(1, { preemption_signal: resource })
    }
  }

  /**
   * The status of its node as it is now; `known` is what the API has. Events tell of conditions that have changed.
   * Throws an Error for a kubelet that was made without a setup.
   */
  nodeStatus(known?: NodeStatus): NodeStatus {
    if (this.#setup === undefined)
      throw new Error(`the kubelet of ${this.nodeName} was not given the setup of its node`)
    const { shape } = this.#setup
    const { clock, hostIP, api } = this.#context
    const notReady = this.#guards?.shutdown.reason
    const status = nodeStatus(shape, hostIP, clock.now(), known, {
      setup: this.#setup,
      images: this.runtime.images(),
      ...(this.#guards && { pressure: this.#guards.eviction.pressures }),
      ...(notReady !== undefined && { notReady }),
    })
    for (const reason of conditionEvents(known, status)) {
      api.nodeEvent?.('Normal', reason, `Node ${this.nodeName} status is now: ${reason}`)
    }
    return status
  }

  /** A pod as it was promised to run: its spec, or what of a resize has been allocated. */
  allocatedPod(pod: Pod): Pod {
    return this.#context.allocation.allocatedPod(pod)
  }

  /** What it has promised to all of its pods together. */
  get promised(): Amounts {
    return this.#context.allocation.used
  }

  /** How many pods it looks after. */
  get podCount(): number {
    return this.#workers.size
  }

  /** A pod was bound to this node, or has changed. */
  podChanged(given: Pod): void {
    if (isMirrorPod(given)) {
      this.#statics.mirrorChanged(given)
      this.#countMirrors()
      return
    }
    const pod = fromApi(given)
    const uid = pod.metadata.uid ?? ''
    const known = this.#workers.get(uid)
    if (known) {
      known.update(pod)
      return
    }
    this.#begin(pod, this.#context).wake()
  }

  #begin(pod: Pod, context: WorkerContext): PodWorker {
    const worker = new PodWorker(context, pod)
    this.#workers.set(pod.metadata.uid ?? '', worker)
    return worker
  }

  #countMirrors(): void {
    this.metrics.gauge('mirror_pods').set(this.#statics.mirrors)
  }

  /** A pod is gone from the API. */
  podRemoved(pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.#statics.mirrorRemoved(pod)
      this.#countMirrors()
      return
    }
    void this.#forget(pod)
  }

  async #forget(pod: Pod): Promise<void> {
    const uid = pod.metadata.uid ?? ''
    const worker = this.#workers.get(uid)
    this.#workers.delete(uid)
    this.#setup?.userNamespaces.release(uid)
    this.#images.forget(pod)
    await worker?.remove().catch((error: unknown) => this.#context.onError(pod, error))
  }

  /** Something that a pod may wait for has come: it tries again at once. */
  retry(pod: Pod): void {
    this.#workers.get(runtimeUid(pod))?.retry()
  }

  /**
   * The container whose log is asked for: the running one, or the one before with `previous`.
   * Throws ContainerNotFoundError with the kubelet's words when there is none.
   */
  container(pod: Pod, name: string, previous: boolean = false): ContainerRecord {
    const own = this.runtime.list(runtimeUid(pod)).filter((record) => record.name === name)
    const found = own.at(previous ? -2 : -1)
    if (found !== undefined && found.state !== 'created') return found
    const podName = pod.metadata.name ?? ''
    if (previous)
      throw new ContainerNotFoundError(`previous terminated container "${name}" in pod "${podName}" not found`)
    const waiting = pod.status?.containerStatuses?.find((status) => status.name === name)?.state?.waiting?.reason
    const reason = waiting ?? 'ContainerCreating'
    throw new ContainerNotFoundError(`container "${name}" in pod "${podName}" is waiting to start: ${reason}`)
  }

  /** Follows the log of a container until it ends or the returned function is called. */
  followLogs(record: ContainerRecord, listener: (line: LogLine) => void, ended: () => void): () => void {
    return this.runtime.followLogs(record.id, listener, ended)
  }

  /** Stops listening; what runs goes on running, as when a kubelet's process ends. */
  stop(): void {
    this.#stopped = true
    this.#retryTimer?.cancel()
    this.#cpusets?.stop()
    this.#guards?.eviction.stop()
    this.#collector.stop()
    this.#statics.stop()
    this.#manifests?.stop()
    this.#stopListening()
    for (const worker of this.#workers.values()) worker.stop()
  }
}
