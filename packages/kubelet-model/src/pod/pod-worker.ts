import type { Container, Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import type { Timer } from '@kube-bonsai/clock'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { ResizeOutcome } from '../allocation/allocation-manager.ts'
import { endedStatus, type PodEnding, rejectedStatus } from '../node/pod-ending.ts'
import { probedBefore } from '../probes/after-restart.ts'
import { ProbeTracker } from '../probes/probe-tracker.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { podStatus } from '../status/pod-status.ts'
import { ImageVolumes } from '../volumes/image/image-volumes.ts'
import { PodVolumes } from '../volumes/pod-volumes.ts'
import { ActiveDeadline, deadlineExceeded } from './active-deadline.ts'
import { AllRestarter } from './all-restarter.ts'
import { ContainerKiller } from './container-killer.ts'
import { ContainerStarter } from './container-starter.ts'
import { ephemeralToStart, newestByName, planPod } from './containers.ts'
import { DefinitionChanges } from './definition-changes.ts'
import { insist } from './insist.ts'
import { PodAdmission } from './pod-admission.ts'
import { PodResize } from './pod-resize.ts'
import { PodSandbox } from './pod-sandbox.ts'
import { PodTerminator } from './pod-terminator.ts'
import { StatusWriter } from './status-writer.ts'
import type { WorkerContext } from './worker-context.ts'

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
  #startedAt: number
  readonly #resize: PodResize
  readonly #definitions: DefinitionChanges
  readonly #statuses: StatusWriter
  readonly #admission: PodAdmission
  readonly #deadline: ActiveDeadline
  readonly #sandbox: PodSandbox
  readonly #volumes: PodVolumes
  readonly #imageVolumes: ImageVolumes
  #pod: Pod
  /** The generation that the last sync has seen: statuses tell of that one, however new the pod is. */
  #synced: number | undefined
  #finished = false
  #gone = false
  #stopped = false
  #busy = false
  #again = false
  #retry: Timer | undefined
  #ending: PodEnding | undefined
  /** What is said of a pod that has ended, and of which nothing is left to look at. */
  #last: PodStatus | undefined

  constructor(context: WorkerContext, pod: Pod) {
    this.#context = context
    this.#pod = pod
    this.#startedAt = pod.status?.startTime === undefined ? context.clock.now() : Date.parse(pod.status.startTime)
    this.#sandbox = new PodSandbox(context)
    this.#volumes = new PodVolumes(context, { pod: () => this.#pod, wake: () => this.wake() })
    this.#imageVolumes = new ImageVolumes(context)
    this.#deadline = new ActiveDeadline(context.clock, this.#startedAt, () => this.#passDeadline())
    this.#admission = new PodAdmission(context, {
      admitted: () => this.#takeIn(),
      refused: () => this.#turnAway(),
      decided: () => this.wake(),
      isWanted: () => !this.#gone && !this.#finished,
    })
    this.#probes = new ProbeTracker(context.clock, context.runtime, {
      address: () => ({ podUid: this.#pod.metadata.uid ?? '', podIP: this.#podIP }),
      changed: () => this.wake(),
      event: (type, reason, message) => context.api.event(this.#pod, type, reason, message),
      unhealthy: (container, kind) => void this.#restart(container, kind),
    })
    this.#starter = new ContainerStarter(
      context,
      this.#probes,
      { volumes: this.#volumes, imageVolumes: this.#imageVolumes },
      () => this.wake(),
      (name) => this.#all.removed.get(name),
    )
    this.#resize = new PodResize(context, {
      event: this.#emit,
      kill: (container, record, message) => this.#kill(container, record, message),
      start: (allocated, container) => this.#starter.start(allocated, container, this.#podIP, true),
      isEnding: () => this.#gone || this.#pod.metadata.deletionTimestamp !== undefined,
      publish: () => this.#writeStatus(),
      retry: () => this.#retryIn(10_000, true),
    })
    this.#definitions = new DefinitionChanges({
      kill: (container, record, message) => this.#kill(container, record, message),
      start: (changed, container) => this.#starter.start(changed, container, this.#podIP, true),
      isEnding: () => this.#gone || this.#pod.metadata.deletionTimestamp !== undefined,
    })
    this.#statuses = new StatusWriter(context.api, {
      pod: () => this.#pod,
      status: () => (this.#gone || this.#definitions.isBusy ? undefined : this.#status()),
      failed: (error) => {
        context.onError(this.#pod, error)
        this.#retryIn(10_000, true)
      },
    })
    this.#killer = new ContainerKiller(context)
    this.#all = new AllRestarter(context)
    this.#terminator = new PodTerminator(context, this.#probes, () => this.#podIP)
    this.#finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (this.#finished) this.#last = pod.status
    if (this.#finished) return
    this.#adopt()
    this.#admission.ask(() => this.#pod)
    if (!this.#finished) this.#deadline.watch(pod)
  }

  #passDeadline(): void {
    if (!this.active || this.#pod.metadata.deletionTimestamp !== undefined) return
    this.#emit('Normal', deadlineExceeded.reason, deadlineExceeded.message)
    void this.end(deadlineExceeded).catch((error: unknown) => this.#context.onError(this.#pod, error))
  }

  #takeIn(): void {
    const pending = this.#resize.backfill(this.#pod)
    if (pending) this.#context.allocation.backfill(this.#pod.metadata.uid ?? '', pending)
  }

  /** What runs of a pod that is not let in any more, ends at once. */
  #turnAway(): void {
    this.#finished = true
    if (this.#sandbox.isReady) void this.#insist(() => this.#stopAll(0)).then(() => this.#writeStatus())
  }

  /** False once the pod has ended, or was never let in. */
  get active(): boolean {
    return this.#admission.isAdmitted && !this.#finished && !this.#gone
  }

  /** True from the moment on in which the node ends it. */
  get isEnding(): boolean {
    return this.#ending !== undefined
  }

  /** Room is wanted: deletes containers that have ended, but for the last of each name of a pod that goes on. */
  freeContainers(): void {
    const { runtime } = this.#context
    const ended = runtime.list(this.#pod.metadata.uid ?? '').filter(({ state }) => state === 'exited')
    const kept = this.#finished ? new Set() : new Set(newestByName(ended).values())
    if (this.#finished) this.#last ??= this.#status()
    for (const record of ended) if (!kept.has(record)) runtime.remove(record.id)
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
    this.#sandbox.end()
    this.#finished = true
    this.#release()
    await this.#writeStatus()
  }

  /** Takes over what the runtime still runs from before a restart of the kubelet. */
  #adopt(): void {
    const records = this.#records()
    if (records.size === 0) return
    this.#sandbox.adopt(this.#pod)
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
    if (pod.spec?.activeDeadlineSeconds !== before.spec?.activeDeadlineSeconds && !this.#finished) {
      this.#deadline.watch(pod)
    }
    if (deleted) this.#starter.abandon()
    if (shortened) this.#terminator.hurry(pod)
    if (before.status !== pod.status) this.#statuses.compare(pod.status)
    if (before.metadata !== pod.metadata) this.#volumes.refresh(pod)
    if (deleted || specChanged) this.wake()
    else void this.#writeStatus()
  }

  /**
   * The API's image of this static pod has come or has changed. Nothing of its status is there yet where it `isNew`; what it
   * says of times is older than this kubelet.
   */
  mirrored(status: PodStatus | undefined, isNew: boolean): void {
    const known = status?.conditions?.length ? status : (this.#statuses.written ?? status)
    if (known?.startTime) this.#startedAt = Date.parse(known.startTime)
    if (known) this.#pod = { ...this.#pod, status: known }
    if (isNew) this.#statuses.forget()
    else this.#statuses.compare(status)
    void this.#writeStatus()
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
    this.#deadline.cancel()
    this.#starter.abandon()
    this.#probes.endAll()
    this.#volumes.stop()
  }

  /** The pod is gone from the API: whatever still runs is killed. */
  async remove(): Promise<void> {
    this.#gone = true
    this.#release()
    this.#context.tryResizes('pods_removed')
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
    this.#sandbox.release(this.#pod)
  }

  /** Something may have changed: sync soon. */
  wake(): void {
    this.#again = true
    if (!this.#busy) void this.#loop()
  }

  /** Something that it may wait for has come: what has failed is tried again. */
  retry(): void {
    this.#volumes.retry()
    this.wake()
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
    if (this.#finished || !this.#admission.isAdmitted || this.#ending !== undefined || !this.#makeSandbox()) return
    // The first status shows that the node has taken the pod on.
    if (!this.#statuses.hasWritten) void this.#writeStatus()
    const images = this.#imageVolumes.ensure(this.#pod)
    if (images) {
      await images
      if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined || this.#ending !== undefined) return
    }
    for (;;) {
      this.#synced = this.#pod.metadata.generation
      const pod = this.#allocated()
      await this.#definitions.apply(pod, this.#records())
      if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
      await this.#resize.actuate(pod)
      if (this.#all.wants(pod)) {
        this.#probes.endAll()
        await this.#writeStatus()
        await this.#all.removeAll(pod, this.#podIP)
        if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
        await this.#writeStatus()
      }
      const plan = planPod(pod, this.#records(), this.#probes, this.#context.gates)
      if (plan.finished) {
        await this.#stopAll((this.#pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000)
        if (this.#gone) return
        this.#finished = true
        this.#release()
        this.#sandbox.end()
        return
      }
      let progress = false
      for (const container of ephemeralToStart(pod, this.#records())) {
        progress = (await this.#starter.start(pod, container, this.#podIP)) || progress
        if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
      }
      for (const container of plan.start) {
        const started = await this.#starter.start(pod, container, this.#podIP)
        if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return
        progress = progress || started
        // An init container that does not run holds up all that come after it.
        if (!plan.initialized && !(started && isSidecar(container))) break
      }
      if (!progress) return
      void this.#writeStatus()
    }
  }

  /** False while something is in the way; tries again by itself. */
  #makeSandbox(): boolean {
    if (!this.#volumes.isReady(this.#pod)) return false
    if (this.#sandbox.isReady) return true
    if (this.#sandbox.make(this.#pod)) return true
    this.#retryIn(10_000, true)
    return false
  }

  async #terminate(): Promise<void> {
    this.#retry?.cancel()
    const grace = this.#pod.metadata.deletionGracePeriodSeconds ?? 30
    await this.#stopAll(grace * 1000)
    if (this.#gone) return
    this.#sandbox.end()
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

  #insist(work: () => Promise<void>): Promise<void> {
    const { clock, onError } = this.#context
    return insist(work, { clock, failed: (error) => onError(this.#pod, error), isOver: () => this.#stopped })
  }

  /** Ends one container of a pod that goes on. */
  #kill(container: Container, record: ContainerRecord, message: string, graceSeconds?: number): Promise<void> {
    const { deletionGracePeriodSeconds: asked } = this.#pod.metadata
    const grace = asked ?? graceSeconds ?? this.#pod.spec?.terminationGracePeriodSeconds ?? 30
    const until = this.#context.clock.now() + grace * 1000
    this.#probes.end(container.name)
    return this.#killer.kill({ pod: this.#pod, podIP: this.#podIP, container, record, message, deadline: () => until })
  }

  get #podIP(): string {
    return this.#sandbox.ip ?? ''
  }

  readonly #emit = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    this.#context.api.event(this.#pod, type, reason, message)

  /** The pod as it was promised to run: what containers start and are compared with. */
  #allocated(): Pod {
    return this.#context.allocation.allocatedPod(this.#pod)
  }

  #release(): void {
    this.#deadline.cancel()
    this.#volumes.tearDown()
    this.#resize.clear()
    this.#context.released(this.#pod)
  }

  #records(): ReadonlyMap<string, ContainerRecord> {
    return newestByName(this.#context.runtime.list(this.#pod.metadata.uid ?? ''))
  }

  #status(): PodStatus {
    if (this.#last !== undefined) return this.#last
    const now = this.#context.clock.now()
    const { rejection } = this.#admission
    if (rejection) return rejectedStatus(this.#pod, rejection.reason, rejection.message, now)
    const status = this.#runningStatus()
    if (this.#ending === undefined) return status
    if (this.#finished) return endedStatus(this.#pod, status, this.#ending, now)
    // How it ends is said once, when nothing can run any more.
    return status.phase === 'Succeeded' || status.phase === 'Failed' ? { ...status, phase: 'Running' } : status
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
      podIP: this.#sandbox.ip,
      hostIP,
      startedAt: this.#startedAt,
      now: clock.now(),
      sandboxReady: this.#sandbox.isReady,
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
