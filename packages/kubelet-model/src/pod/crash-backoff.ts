import { parseDurationMs } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type KubeletConfiguration, record } from '../config/configuration.ts'

/** How long something waits before its next try, in milliseconds: `initial`, doubling to `max`. */
export interface CrashBackoffOptions {
  readonly initial: number
  readonly max: number
  /** After so long without a failure it starts with `initial` again; ten minutes by default. */
  readonly forgetAfter?: number
}

const defaults: CrashBackoffOptions = { initial: 10_000, max: 300_000 }
const tenMinutes = 600_000

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
    if (entry === undefined || this.#isForgotten(entry.at, finishedAt)) return undefined
    const until = finishedAt + entry.wait
    return until > now ? until : undefined
  }

  /** When the last wait began; 0 where there is none. */
  since(name: string): number {
    return this.#waits.get(name)?.at ?? 0
  }

  /** The wait that is in force, in milliseconds. */
  current(name: string): number {
    return this.#waits.get(name)?.wait ?? 0
  }

  /** Something that failed at `failedAt` is being tried again: the next wait is longer. */
  next(name: string, now: number, failedAt: number = now): void {
    const { initial, max } = this.#options
    const entry = this.#waits.get(name)
    const isFirst = entry === undefined || this.#isForgotten(entry.at, failedAt)
    this.#waits.set(name, { wait: isFirst ? initial : Math.min(entry.wait * 2, max), at: now })
  }

  #isForgotten(at: number, failedAt: number): boolean {
    return failedAt - at > (this.#options.forgetAfter ?? tenMinutes)
  }
}

/**
 * The waits of crash loops as a kubelet is configured.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet.go newCrashLoopBackOff
 */
export function crashLoopBackOff(configuration: KubeletConfiguration, gates: FeatureGates): CrashBackoffOptions {
  const { initial, max } = gates.enabled('ReduceDefaultCrashLoopBackOffDecay')
    ? { initial: 1000, max: 60_000 }
    : defaults
  if (!gates.enabled('KubeletCrashLoopBackOffMax')) return { initial, max }
  const longest = record(configuration['crashLoopBackOff'])['maxContainerRestartPeriod']
  const limit = typeof longest === 'string' ? parseDurationMs(longest) : defaults.max
  return { initial: Math.min(initial, limit), max: limit }
}
