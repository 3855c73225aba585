/** How long a container waits before its next start: 10 s doubling to 5 min, forgotten after running for 10 min. */
export interface CrashBackoffOptions {
  readonly initial: number
  readonly max: number
}

const defaults: CrashBackoffOptions = { initial: 10_000, max: 300_000 }

/** The waits of the containers of one pod, in milliseconds. @see pkg/kubelet/kuberuntime doBackOff, client-go flowcontrol.Backoff */
export class CrashBackoff {
  readonly #options: CrashBackoffOptions
  readonly #waits: Map<string, { wait: number; at: number }> = new Map()

  constructor(options: CrashBackoffOptions = defaults) {
    this.#options = options
  }

  /** When a container that ended at `finishedAt` may start again; undefined when at once. */
  until(name: string, finishedAt: number, now: number): number | undefined {
    const entry = this.#waits.get(name)
    if (entry === undefined || finishedAt - entry.at > 2 * this.#options.max) return undefined
    const until = finishedAt + entry.wait
    return until > now ? until : undefined
  }

  /** The wait that is in force, in milliseconds. */
  current(name: string): number {
    return this.#waits.get(name)?.wait ?? 0
  }

  /** A container is being started again: the next wait is longer. */
  next(name: string, now: number): void {
    const { initial, max } = this.#options
    const entry = this.#waits.get(name)
    const stale = entry === undefined || now - entry.at > 2 * max
    this.#waits.set(name, { wait: stale ? initial : Math.min(entry.wait * 2, max), at: now })
  }
}
