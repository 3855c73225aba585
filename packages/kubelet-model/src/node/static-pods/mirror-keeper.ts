import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Timer } from '@kube-bonsai/clock'
import { isMirrorOf, type MirrorClient, mirrorOf } from './mirror-pod.ts'

/** What a keeper of a mirror pod goes by. */
export interface MirrorKeeperOptions {
  readonly client: MirrorClient | undefined
  readonly clock: Clock
  /** The static pod that is to be shown; undefined for none, `anything` while nothing should change. */
  wanted(): Pod | undefined | 'anything'
  /** True once every mirror pod that there is has been seen. */
  isReady(): boolean
  failed(error: unknown): void
}

/** How often a pod is looked at when nothing happens: by then what went wrong is tried again. */
const period = 60_000

/**
 * Keeps the mirror pod of one name as it should be: made where it is missing, made anew where it shows something else or was
 * deleted, gone where there is nothing to show.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet.go tryReconcileMirrorPods
 */
export class MirrorKeeper {
  readonly #options: MirrorKeeperOptions
  #mirror: Pod | undefined
  #busy = false
  #again = false
  #stopped = false
  #timer: Timer | undefined

  constructor(options: MirrorKeeperOptions) {
    this.#options = options
  }

  get exists(): boolean {
    return this.#mirror !== undefined
  }

  /** The mirror of a static pod, if it is there and shows it. */
  of(pod: Pod): Pod | undefined {
    return this.shows(pod) ? this.#mirror : undefined
  }

  shows(pod: Pod): boolean {
    return this.#mirror !== undefined && isMirrorOf(this.#mirror, pod)
  }

  /** True when it is another one than before. */
  changed(mirror: Pod): boolean {
    const isNew = this.#mirror?.metadata.uid !== mirror.metadata.uid
    this.#mirror = mirror
    this.check()
    return isNew
  }

  removed(mirror: Pod): void {
    if (this.#mirror?.metadata.uid !== mirror.metadata.uid) return
    this.#mirror = undefined
    this.check()
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  /** Something has changed; with `anew`, also what has just gone wrong is tried again. */
  check(anew: boolean = false): void {
    this.#again = true
    if (anew) this.#timer?.cancel()
    if (!this.#busy && !this.#stopped) void this.#loop()
  }

  async #loop(): Promise<void> {
    const { client, clock, failed } = this.#options
    if (client === undefined) return
    this.#busy = true
    this.#timer?.cancel()
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        await this.#reconcile(client)
      }
    } catch (error) {
      if (!this.#stopped) {
        failed(error)
        this.#timer = clock.schedule(clock.now() + period, () => this.check(), { background: true })
      }
    } finally {
      this.#busy = false
    }
  }

  async #reconcile(client: MirrorClient): Promise<void> {
    const wanted = this.#options.wanted()
    const mirror = this.#mirror
    if (wanted === 'anything') return
    if (wanted === undefined) {
      if (mirror !== undefined && this.#options.isReady()) await client.remove(mirror)
      return
    }
    if (mirror !== undefined) {
      if (mirror.metadata.deletionTimestamp === undefined && isMirrorOf(mirror, wanted)) return
      if (!(await client.remove(mirror))) return
      if (this.#mirror === mirror) this.#mirror = undefined
    }
    const node = await client.node()
    if (node === undefined || node.metadata.deletionTimestamp !== undefined) throw new MirrorlessError(wanted)
    if (!this.#stopped) await client.create(mirrorOf(wanted, node))
  }
}

/** There is no node object that a mirror pod could belong to. */
export class MirrorlessError extends Error {
  override readonly name = 'MirrorlessError'

  constructor({ metadata: { name }, spec }: Pod) {
    super(`no mirror pod for ${name}: there is no node ${JSON.stringify(spec?.nodeName)}`)
  }
}
