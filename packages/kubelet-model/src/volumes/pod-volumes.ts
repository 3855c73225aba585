import type { Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { Timer } from '@kube-bonsai/clock'
import type { WorkerContext } from '../pod/worker-context.ts'
import { failureText } from './mount-error.ts'
import { mountedNames } from './mounted-names.ts'
import type { MountedVolume, VolumePlugin, VolumeRequest } from './mounted-volume.ts'
import { type Failure, VolumeFailures } from './volume-failures.ts'

/** How long a pod waits for its volumes until an event tells so. */
const patience = 123_000
/** How long it takes until the next wait begins. */
const pauseBetween = 10_000

/** What a pod's volumes need of whoever looks after the pod. */
export interface VolumeHost {
  /** The pod as it is now. */
  pod(): Pod
  /** Something has been set up, or is worth another try. */
  wake(): void
}

/**
 * The volumes of one pod on its node: set up before its containers start, kept up to date while they run.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/volumemanager/volume_manager.go
 */
export class PodVolumes {
  readonly #context: WorkerContext
  readonly #host: VolumeHost
  readonly #mounted: Map<string, MountedVolume> = new Map()
  readonly #busy: Set<string> = new Set()
  #failures: VolumeFailures | undefined
  #timer: Timer | undefined
  #refreshing: { readonly timer: Timer; readonly background: boolean } | undefined
  /** When the pod began to wait. */
  #since: number | undefined
  #mountedAt = 0
  /** Something has failed that no event has told of. */
  #hasNews = false
  #isOver = false

  constructor(context: WorkerContext, host: VolumeHost) {
    this.#context = context
    this.#host = host
  }

  /** True when everything is there that the pod's containers mount. Otherwise it works on that, and wakes its host. */
  isReady(pod: Pod): boolean {
    const names = mountedNames(pod)
    if (names.size === 0) return true
    const { clock } = this.#context
    const missing: Volume[] = []
    for (const volume of pod.spec?.volumes ?? []) {
      if (!names.has(volume.name) || this.#mounted.has(volume.name)) continue
      if (!this.#busy.has(volume.name) && this.#isDue(volume.name)) this.#setUp(pod, volume)
      if (!this.#mounted.has(volume.name)) missing.push(volume)
    }
    if (missing.length === 0) {
      if (this.#since !== undefined || this.#mountedAt === 0) this.#mountedAt = clock.now()
      this.#since = undefined
      this.#failures = undefined
      this.#timer?.cancel()
      return true
    }
    this.#waitFor(pod, missing)
    return false
  }

  /** Something that volumes may wait for has come: what has failed is tried again at once. */
  retry(): void {
    this.#failures?.hurry()
    if (this.#failures !== undefined) this.#host.wake()
  }

  /** A volume that is set up. */
  get(name: string): MountedVolume | undefined {
    return this.#mounted.get(name)
  }

  /** Brings all volumes up to date, as each sync of the pod does. */
  refresh(pod: Pod): void {
    if (this.#isOver) return
    for (const [name, volume] of this.#mounted) {
      if (volume.refresh === undefined) continue
      try {
        const done = volume.refresh(pod)
        if (done) done.catch((error: unknown) => this.#notRefreshed(pod, name, error))
      } catch (error) {
        this.#notRefreshed(pod, name, error)
      }
    }
  }

  #notRefreshed(pod: Pod, name: string, error: unknown): void {
    this.#say(pod, failureText(name, error))
    this.#refreshSoon()
  }

  #say(pod: Pod, text: string): void {
    this.#context.api.event(pod, 'Warning', 'FailedMount', text)
  }

  /** Fetches what containers may look at and what takes time. Rejects with a MountError. */
  readonly beforeLook = async (): Promise<void> => {
    for (const volume of this.#mounted.values()) await volume.fill?.()
  }

  /** The pod's containers have ended: its volumes go. */
  tearDown(): void {
    if (this.#isOver) return
    this.stop()
    for (const volume of this.#mounted.values()) volume.tearDown?.()
    this.#mounted.clear()
    this.#context.disk.remove(this.#host.pod().metadata.uid ?? '')
  }

  /** Nobody looks after the volumes any more; what they hold stays. */
  stop(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#refreshing?.timer.cancel()
  }

  #isDue(name: string): boolean {
    return this.#failures === undefined || this.#failures.isDue(name, this.#context.clock.now())
  }

  #setUp(pod: Pod, volume: Volume): void {
    const { name } = volume
    try {
      const made = pluginFor(this.#context.volumePlugins, volume).setUp(this.#request(pod, volume))
      if (made instanceof Promise) this.#await(pod, name, made)
      else this.#keep(pod, name, made)
    } catch (error) {
      this.#failed(pod, name, error)
    }
  }

  #keep(pod: Pod, name: string, made: MountedVolume): void {
    if (made.fill === undefined || !this.#context.looks(pod)) {
      this.#mounted.set(name, made)
      this.#failures?.forget(name)
      return
    }
    this.#await(
      pod,
      name,
      made.fill().then(() => made),
    )
  }

  #await(pod: Pod, name: string, made: Promise<MountedVolume>): void {
    this.#busy.add(name)
    made
      .then(async (volume) => {
        if (this.#context.looks(pod)) await volume.fill?.()
        if (this.#isOver) volume.tearDown?.()
        else this.#mounted.set(name, volume)
        this.#failures?.forget(name)
      })
      .catch((error: unknown) => this.#failed(pod, name, error))
      .finally(() => {
        this.#busy.delete(name)
        if (!this.#isOver) this.#host.wake()
      })
  }

  #request(pod: Pod, volume: Volume): VolumeRequest {
    const { disk } = this.#context
    return {
      pod,
      volume,
      directory: () => disk.directory(pod.metadata.uid ?? '', volume.name),
      outdated: ({ background = false } = {}) => this.#refreshSoon(background),
    }
  }

  /** Pods are synced from time to time, whatever happens; only those that have something new to see need it. */
  #refreshSoon(background = false): void {
    if (this.#isOver || (this.#refreshing && (background || !this.#refreshing.background))) return
    const { clock, syncFrequency } = this.#context
    this.#refreshing?.timer.cancel()
    const passed = Math.floor((clock.now() - this.#mountedAt) / syncFrequency) + 1
    const refresh = () => {
      this.#refreshing = undefined
      this.refresh(this.#host.pod())
    }
    const timer = clock.schedule(this.#mountedAt + passed * syncFrequency, refresh, { background })
    this.#refreshing = { timer, background }
  }

  #failed(pod: Pod, name: string, error: unknown): void {
    this.#failures ??= new VolumeFailures()
    const { step, isNews } = this.#failures.note(name, error, this.#context.clock.now())
    if (!isNews) return
    if (step === 'setUp') this.#say(pod, failureText(name, error))
    else this.#hasNews = true
  }

  #waitFor(pod: Pod, missing: readonly Volume[]): void {
    const { clock } = this.#context
    const now = clock.now()
    this.#since ??= now
    const names = missing.map(({ name }) => name).sort()
    const isLate = now >= this.#since + patience
    if (isLate) this.#since = now + pauseBetween
    if (isLate || this.#hasNews) this.#complain(pod, names, this.#failures?.unprocessed(names) ?? [])
    this.#hasNews = false
    const next = Math.min(this.#failures?.next ?? Number.POSITIVE_INFINITY, this.#since + patience)
    this.#timer?.cancel()
    const background = this.#failures?.isLasting ?? false
    this.#timer = clock.schedule(Math.max(next, now + 1), () => this.#host.wake(), { background })
  }

  #complain(pod: Pod, names: readonly string[], unprocessed: readonly Failure[]): void {
    const cause =
      unprocessed.length === 0 ? 'context deadline exceeded' : unprocessed.map((each) => each.cause).join('; ')
    const failed = unprocessed.map(({ name }) => name).sort()
    const lists = `unmounted volumes=[${names.join(' ')}], unattached volumes=[], failed to process volumes=[${failed.join(' ')}]`
    this.#context.api.event(pod, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${lists}: ${cause}`)
  }
}

function pluginFor(plugins: readonly VolumePlugin[], volume: Volume): VolumePlugin {
  const found = plugins.find((plugin) => plugin.supports(volume))
  if (found !== undefined) return found
  const { name: _, ...source } = volume
  throw new Error(`unsupported: ${Object.keys(source).join(', ') || 'unknown'} volumes are not modelled`)
}
