import type { Container, Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Timer } from '@kube-bonsai/clock'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { AllocationManager, ResizeOutcome, RetryTrigger } from '../allocation/allocation-manager.ts'
import type { KubeletConfiguration } from '../config/configuration.ts'
import type { ImageManager } from '../images/image-manager.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { countRejection } from '../node/admission.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import type { KubeletApi } from '../node/kubelet-api.ts'
import type { Placement } from '../node/placement.ts'
import { endedStatus, type PodEnding, rejectedStatus } from '../node/pod-ending.ts'
import { probedBefore } from '../probes/after-restart.ts'
import { ProbeTracker } from '../probes/probe-tracker.ts'
import type { ContainerRecord, ContainerRuntime } from '../runtime/container-runtime.ts'
import { podStatus } from '../status/pod-status.ts'
import { AllRestarter } from './all-restarter.ts'
import { ContainerKiller } from './container-killer.ts'
import { ContainerStarter } from './container-starter.ts'
import { ephemeralToStart, newestByName, planPod } from './containers.ts'
import { missingVolumes } from './missing-volumes.ts'
import { PodResize } from './pod-resize.ts'
import { PodTerminator } from './pod-terminator.ts'
import { StatusWriter } from './status-writer.ts'

/** What a pod worker shares with the other pods of its node. */
export interface WorkerContext {
  readonly api: KubeletApi
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly metrics: Metrics
  readonly configuration: KubeletConfiguration
  readonly gates: FeatureGates
  readonly checkpoints: CheckpointStore
  readonly images: ImageManager
  /** When this kubelet began. */
  readonly kubeletStartedAt: number
  readonly hostIP: string
  readonly onError: (pod: Pod, error: unknown) => void
  takeIp(wanted?: string): string | undefined
  releaseIp(ip: string): void
  /** What the pods of the node were promised. */
  readonly allocation: AllocationManager
  /** Something may have made room, or wants some: resizes that wait are tried. */
  readonly tryResizes: (trigger: RetryTrigger) => void
  /** What the node adds to a container's configuration. */
  readonly place: (pod: Pod, container: Container) => Placement
  /** Gets ready for a pod's sandbox; tells what is in the way. */
  readonly prepareSandbox: (pod: Pod) => string | undefined
  /** A pod has ended: nothing of the node is its own any more. */
  readonly released: (pod: Pod) => void
  /** Ends pods so that a critical one gets in; resolves when they have ended. */
  readonly preempt: (pods: readonly Pod[], resource: string) => Promise<void>
}

/**
 * Brings one pod of a node to where its spec wants it, one sync at a time: whatever happens meanwhile leads to one more.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/pod_workers.go
 */
export class PodWorker {
  readonly #context: WorkerContext
  readonly #probes: ProbeTracker
  readonly #starter: ContainerStarter
  readonly #killer: ContainerKiller
  readonly #all: AllRestarter
  readonly #terminator: PodTerminator
  readonly #startedAt: number
  readonly #resize: PodResize
  readonly #statuses: StatusWriter
  #pod: Pod
  #ip: string | undefined
  /** The generation that the last sync has seen: statuses tell of that one, however new the pod is. */
  #synced: number | undefined
  #sandbox = false
  #finished = false
  #gone = false
  #stopped = false
  #busy = false
  #again = false
  #retry: Timer | undefined
  #deadline: Timer | undefined
  #mountFailures = 0
  /** Set once the node has taken the pod in: until then nothing of it is made. */
  #admitted = false
  #rejection: { readonly reason: string; readonly message: string } | undefined
  #ending: PodEnding | undefined

  constructor(context: WorkerContext, pod: Pod) {
    this.#context = context
    this.#pod = pod
    this.#startedAt = pod.status?.startTime === undefined ? context.clock.now() : Date.parse(pod.status.startTime)
    this.#probes = new ProbeTracker(context.clock, context.runtime, {
      address: () => ({ podUid: this.#pod.metadata.uid ?? '', podIP: this.#ip ?? '' }),
      changed: () => this.wake(),
      event: (type, reason, message) => context.api.event(this.#pod, type, reason, message),
      unhealthy: (container, kind) => void this.#restart(container, kind),
    })
    this.#starter = new ContainerStarter(
      context,
      this.#probes,
      () => this.wake(),
      (name) => this.#all.removed.get(name),
    )
    this.#resize = new PodResize(context, {
      event: this.#emit,
      kill: (container, record, message) => this.#kill(container, record, message),
      start: (allocated, container) => this.#starter.start(allocated, container, this.#ip ?? '', true),
      isEnding: () => this.#gone || this.#pod.metadata.deletionTimestamp !== undefined,
      retry: () => this.#retryIn(10_000, true),
    })
    this.#statuses = new StatusWriter(context.api, {
      pod: () => this.#pod,
      status: () => (this.#gone ? undefined : this.#status()),
      failed: (error) => {
        context.onError(this.#pod, error)
        this.#retryIn(10_000, true)
      },
    })
    this.#killer = new ContainerKiller(context)
    this.#all = new AllRestarter(context)
    this.#terminator = new PodTerminator(context, this.#probes, () => this.#ip ?? '')
    this.#finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (this.#finished) return
    this.#adopt()
    this.#admit()
    this.#watchDeadline()
  }

  /** Ends the pod when it has been active for as long as it may. */
  #watchDeadline(): void {
    const { api, clock } = this.#context
    const seconds = this.#pod.spec?.activeDeadlineSeconds
    this.#deadline?.cancel()
    if (seconds === undefined || this.#finished) return
    this.#deadline = clock.schedule(this.#startedAt + seconds * 1000, () => {
      if (!this.active || this.#pod.metadata.deletionTimestamp !== undefined) return
      const message = 'Pod was active on the node longer than the specified deadline'
      api.event(this.#pod, 'Normal', 'DeadlineExceeded', message)
      void this.end({ reason: 'DeadlineExceeded', message }).catch((error: unknown) =>
        this.#context.onError(this.#pod, error),
      )
    })
  }

  /** Asks the node to take the pod in. A critical pod may have to wait until others have made room. */
  #admit(): void {
    const { allocation, api, metrics, preempt } = this.#context
    const answer = allocation.admit(this.#pod)
    if (answer.admit) {
      this.#admitted = true
      const pending = this.#resize.backfill(this.#pod)
      if (pending) allocation.backfill(this.#pod.metadata.uid ?? '', pending)
      return
    }
    if (answer.preempt !== undefined) {
      void preempt(answer.preempt, answer.reason).then(() => {
        if (this.#gone || this.#finished) return
        this.#admit()
        this.wake()
      })
      return
    }
    this.#rejection = { reason: answer.reason, message: answer.message }
    this.#finished = true
    api.event(this.#pod, 'Warning', answer.reason, answer.message)
    countRejection(metrics, answer.reason)
    if (this.#sandbox) void this.#insist(() => this.#stopAll(0)).then(() => this.#writeStatus())
  }

  /** False once the pod has ended, or was never let in. */
  get active(): boolean {
    return this.#admitted && !this.#finished && !this.#gone
  }

  /** The node ends the pod: its containers stop, then its status says why. Resolves when that is so. */
  async end(ending: PodEnding): Promise<void> {
    if (this.#finished || this.#gone || this.#ending !== undefined) return
    this.#ending = ending
    this.#starter.abandon()
    this.#retry?.cancel()
    const grace = ending.graceSeconds ?? this.#pod.spec?.terminationGracePeriodSeconds ?? 30
    await this.#insist(() => this.#stopAll(grace * 1000))
    if (this.#gone) return
    this.#sandbox = false
    this.#finished = true
    this.#release()
    await this.#writeStatus()
  }

  /** Takes over what the runtime still runs from before a restart of the kubelet. */
  #adopt(): void {
    const records = this.#records()
    if (records.size === 0) return
    const { hostNetwork } = this.#pod.spec ?? {}
    const known = this.#pod.status?.podIP
    this.#ip = hostNetwork === true ? this.#context.hostIP : this.#context.takeIp(known)
    this.#sandbox = true
    this.#statuses.takeOver(this.#pod.status)
    for (const container of [...(this.#pod.spec?.initContainers ?? []), ...(this.#pod.spec?.containers ?? [])]) {
      const record = records.get(container.name)
      if (record?.state !== 'running') continue
      this.#probes.begin(container, record.id, probedBefore(this.#pod, container, record, this.#context))
    }
  }

  get pod(): Pod {
    return this.#pod
  }

  /** Takes the pod's new state. */
  update(pod: Pod): void {
    const deleted = this.#pod.metadata.deletionTimestamp === undefined && pod.metadata.deletionTimestamp !== undefined
    const shortened =
      (pod.metadata.deletionGracePeriodSeconds ?? 0) < (this.#pod.metadata.deletionGracePeriodSeconds ?? 0)
    const specChanged = pod.spec !== this.#pod.spec || pod.metadata.generation !== this.#pod.metadata.generation
    const before = this.#pod
    this.#pod = pod
    if (!this.#finished) this.#resize.changed(before, pod, specChanged)
    if (pod.spec?.activeDeadlineSeconds !== before.spec?.activeDeadlineSeconds) this.#watchDeadline()
    if (deleted) this.#starter.abandon()
    if (shortened) this.#terminator.hurry(pod)
    if (before.status !== pod.status) this.#statuses.compare(pod.status)
    if (deleted || specChanged) this.wake()
    else void this.#writeStatus()
  }

  /** The node has decided about this pod's resize. */
  resized(outcome: ResizeOutcome): void {
    this.#resize.decided(outcome)
    this.wake()
  }

  /** The kubelet ends: nothing is written or started any more, and what runs goes on. */
  stop(): void {
    this.#stopped = true
    this.#gone = true
    this.#retry?.cancel()
    this.#deadline?.cancel()
    this.#starter.abandon()
    this.#probes.endAll()
  }

  /** The pod is gone from the API: whatever still runs is killed. */
  async remove(): Promise<void> {
    this.#gone = true
    this.#release()
    this.#retry?.cancel()
    this.#starter.abandon()
    this.#probes.endAll()
    const { runtime } = this.#context
    const uid = this.#pod.metadata.uid ?? ''
    await this.#insist(async () => {
      await Promise.all(runtime.list(uid).map((record) => runtime.stop(record.id, 0)))
    })
    if (this.#stopped) return
    for (const record of runtime.list(uid)) runtime.remove(record.id)
    if (this.#ip !== undefined && this.#pod.spec?.hostNetwork !== true) this.#context.releaseIp(this.#ip)
  }

  /** Something may have changed: sync soon. */
  wake(): void {
    this.#again = true
    if (!this.#busy) void this.#loop()
  }

  /** A container of this pod has ended. */
  exited(record: ContainerRecord): void {
    this.#probes.end(record.name)
    this.wake()
  }

  async #loop(): Promise<void> {
    this.#busy = true
    try {
      while (this.#again && !this.#gone) {
        this.#again = false
        await this.#sync()
        void this.#writeStatus()
      }
    } catch (error) {
      this.#context.onError(this.#pod, error)
      this.#retryIn(10_000, true)
    } finally {
      this.#busy = false
    }
  }

  async #sync(): Promise<void> {
    this.#synced = this.#pod.metadata.generation
    if (this.#pod.metadata.deletionTimestamp !== undefined) {
      await this.#terminate()
      return
    }
    if (
      this.#finished ||
      !this.#admitted ||
      this.#ending !== undefined ||
      !this.#mountVolumes() ||
      !this.#makeSandbox()
    )
      return
    // The first status shows that the node has taken the pod on.
    if (!this.#statuses.hasWritten) void this.#writeStatus()
    for (;;) {
      this.#synced = this.#pod.metadata.generation
      const pod = this.#allocated()
      await this.#resize.actuate(pod)
      if (this.#all.wants(pod)) {
        this.#probes.endAll()
        await this.#writeStatus()
        await this.#all.removeAll(pod, this.#ip ?? '')
        if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
        await this.#writeStatus()
      }
      const plan = planPod(pod, this.#records(), this.#probes, this.#context.gates)
      if (plan.finished) {
        await this.#stopAll((this.#pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000)
        if (this.#gone) return
        this.#finished = true
        this.#release()
        this.#sandbox = false
        return
      }
      let progress = false
      for (const container of ephemeralToStart(pod, this.#records())) {
        progress = (await this.#starter.start(pod, container, this.#ip ?? '')) || progress
        if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
      }
      for (const container of plan.start) {
        const started = await this.#starter.start(pod, container, this.#ip ?? '')
        if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
        progress = progress || started
        // An init container that does not run holds up all that come after it.
        if (!plan.initialized && !(started && isSidecar(container))) break
      }
      if (!progress) return
      void this.#writeStatus()
    }
  }

  /** False while something that the pod mounts is not there; tries again by itself. */
  #mountVolumes(): boolean {
    if (this.#sandbox) return true
    const missing = missingVolumes(this.#pod, this.#context.api.objects)
    if (missing.length === 0) return true
    for (const { message } of missing) this.#context.api.event(this.#pod, 'Warning', 'FailedMount', message)
    // Half a second doubling to about two minutes; after a while nobody needs to wait for it.
    const wait = Math.min(500 * 2 ** this.#mountFailures, 122_000)
    this.#mountFailures++
    this.#retryIn(wait, this.#mountFailures > 5)
    return false
  }

  #makeSandbox(): boolean {
    if (this.#sandbox) return true
    const problem = this.#context.prepareSandbox(this.#pod)
    if (problem !== undefined) {
      this.#emit('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${problem}`)
      this.#retryIn(10_000, true)
      return false
    }
    this.#ip = this.#pod.spec?.hostNetwork === true ? this.#context.hostIP : this.#context.takeIp()
    if (this.#ip === undefined) {
      const message = 'Failed to create pod sandbox: no IP addresses available in range set'
      this.#context.api.event(this.#pod, 'Warning', 'FailedCreatePodSandBox', message)
      this.#retryIn(10_000, true)
      return false
    }
    this.#sandbox = true
    return true
  }

  async #terminate(): Promise<void> {
    this.#retry?.cancel()
    const grace = this.#pod.metadata.deletionGracePeriodSeconds ?? 30
    await this.#stopAll(grace * 1000)
    if (this.#gone) return
    this.#sandbox = false
    await this.#writeStatus()
    if (this.#gone) return
    await this.#context.api.removePod(this.#pod)
  }

  async #restart(container: Container, kind: 'Startup' | 'Liveness'): Promise<void> {
    const record = this.#records().get(container.name)
    if (record?.state !== 'running' || this.#pod.metadata.deletionTimestamp !== undefined) return
    const probe = kind === 'Startup' ? container.startupProbe : container.livenessProbe
    const message = `Container ${container.name} failed ${kind.toLowerCase()} probe, will be restarted`
    await this.#insist(async () => {
      if (this.#records().get(container.name)?.id !== record.id) return
      await this.#kill(container, record, message, probe?.terminationGracePeriodSeconds)
    })
  }

  /** Ends all containers; rejects, with an event, when one cannot be ended. */
  async #stopAll(grace: number): Promise<void> {
    try {
      await this.#terminator.stopAll(this.#pod, grace)
    } catch (error) {
      this.#emit('Warning', 'FailedKillPod', `error killing pod: ${error instanceof Error ? error.message : error}`)
      throw error
    }
  }

  /** Does something every ten seconds until it can be done, or the kubelet ends. Never rejects. */
  async #insist(work: () => Promise<void>): Promise<void> {
    const { clock, onError } = this.#context
    for (let done = false; !done; ) {
      try {
        await work()
        done = true
      } catch (error) {
        onError(this.#pod, error)
        await new Promise<void>((resolve) => {
          clock.schedule(clock.now() + 10_000, resolve, { background: true })
        })
        done = this.#stopped
      }
    }
  }

  /** Ends one container of a pod that goes on. */
  #kill(container: Container, record: ContainerRecord, message: string, graceSeconds?: number): Promise<void> {
    const { deletionGracePeriodSeconds: asked } = this.#pod.metadata
    const grace = asked ?? graceSeconds ?? this.#pod.spec?.terminationGracePeriodSeconds ?? 30
    const until = this.#context.clock.now() + grace * 1000
    this.#probes.end(container.name)
    const podIP = this.#ip ?? ''
    return this.#killer.kill({ pod: this.#pod, podIP, container, record, message, deadline: () => until })
  }

  readonly #emit = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    this.#context.api.event(this.#pod, type, reason, message)

  /** The pod as it was promised to run: what containers start and are compared with. */
  #allocated(): Pod {
    return this.#context.allocation.allocatedPod(this.#pod)
  }

  #release(): void {
    this.#deadline?.cancel()
    this.#resize.clear()
    this.#context.released(this.#pod)
    this.#context.tryResizes('pods_removed')
  }

  #records(): ReadonlyMap<string, ContainerRecord> {
    return newestByName(this.#context.runtime.list(this.#pod.metadata.uid ?? ''))
  }

  #status(): PodStatus {
    const now = this.#context.clock.now()
    if (this.#rejection) return rejectedStatus(this.#pod, this.#rejection.reason, this.#rejection.message, now)
    const status = this.#runningStatus()
    return this.#ending && this.#finished ? endedStatus(this.#pod, status, this.#ending, now) : status
  }

  #runningStatus(): PodStatus {
    const { runtime, clock, hostIP } = this.#context
    const all = runtime.list(this.#pod.metadata.uid ?? '')
    const records = newestByName(all)
    const previous = newestByName(all.filter((record) => records.get(record.name) !== record))
    return podStatus(withGeneration(this.#allocated(), this.#synced), {
      records,
      previous,
      waiting: this.#starter.waiting(this.#pod, records),
      probed: this.#probes,
      podIP: this.#ip,
      hostIP,
      startedAt: this.#startedAt,
      now: clock.now(),
      sandboxReady: this.#sandbox,
      resize: this.#resize.conditions(),
      gates: this.#context.gates,
      restartingAll: this.#all,
    })
  }

  #writeStatus(): Promise<void> {
    return this.#statuses.write()
  }

  #retryIn(milliseconds: number, background: boolean): void {
    const { clock } = this.#context
    this.#retry?.cancel()
    this.#retry = clock.schedule(clock.now() + milliseconds, () => this.wake(), { background })
  }
}

function withGeneration(pod: Pod, generation: number | undefined): Pod {
  if (generation === undefined || generation === pod.metadata.generation) return pod
  return { ...pod, metadata: { ...pod.metadata, generation } }
}
