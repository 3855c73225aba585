import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type Clock, parseDuration, sleep } from '@kube-bonsai/clock'
import { type KubeletConfiguration, record } from '../config/configuration.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Admission, AdmitHandler } from './admission.ts'
import type { EndablePod } from './eviction/eviction-manager.ts'
import type { KubeletApi } from './kubelet-api.ts'

/** Pods from a priority on, and the seconds that they get to end. */
export interface ShutdownGroup {
  readonly priority: number
  readonly seconds: number
}

const criticalPriority = 2_000_000_000

/** How a configuration wants pods to end when the machine shuts down, by rising priority; nothing where it does not say. */
export function shutdownGroups(configuration: KubeletConfiguration): readonly ShutdownGroup[] {
  const given = configuration['shutdownGracePeriodByPodPriority']
  if (Array.isArray(given) && given.length > 0) {
    const groups = given.map((entry) => {
      const fields = record(entry)
      return { priority: Number(fields['priority'] ?? 0), seconds: Number(fields['shutdownGracePeriodSeconds'] ?? 0) }
    })
    return groups.sort((left, right) => left.priority - right.priority)
  }
  const seconds = (field: string) => Number(parseDuration(String(configuration[field] ?? '0s')) / 1_000_000_000n)
  const [all, critical] = [seconds('shutdownGracePeriod'), seconds('shutdownGracePeriodCriticalPods')]
  if (all === 0 || critical > all) return []
  return [
    { priority: 0, seconds: all - critical },
    { priority: criticalPriority, seconds: critical },
  ]
}

/** The index of the group of a pod: the highest that does not lie above its priority, or the lowest. */
export function groupOf(groups: readonly ShutdownGroup[], pod: Pod): number {
  const above = groups.findIndex(({ priority }) => priority > (pod.spec?.priority ?? 0))
  return Math.max(0, (above < 0 ? groups.length : above) - 1)
}

/** What a shutdown needs of its kubelet. */
export interface ShutdownOptions {
  readonly configuration: KubeletConfiguration
  readonly metrics: Metrics
  readonly clock: Clock
  readonly api: KubeletApi
  readonly pods: () => readonly EndablePod[]
}

const message = 'Pod was terminated in response to imminent node shutdown.'

/**
 * Ends pods in order before the machine goes down: the unimportant first, each group within its time.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/nodeshutdown/nodeshutdown_manager.go
 */
export class ShutdownManager implements AdmitHandler {
  readonly #options: ShutdownOptions
  readonly #groups: readonly ShutdownGroup[]
  #isDown = false

  constructor(options: ShutdownOptions) {
    this.#options = options
    this.#groups = shutdownGroups(options.configuration)
  }

  /** Why the node is not ready; undefined while it does not shut down. */
  get reason(): string | undefined {
    return this.#isDown ? 'node is shutting down' : undefined
  }

  admit(): Admission {
    if (!this.#isDown) return { admit: true }
    return { admit: false, reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' }
  }

  /** The machine is about to go down. Resolves when the pods have ended or their time is over; at once where no time is configured. */
  async shutDown(): Promise<void> {
    if (this.#groups.length === 0 || this.#isDown) return
    const { api, clock, metrics, pods } = this.#options
    this.#isDown = true
    api.nodeEvent?.('Normal', 'NodeShutdown', 'Shutdown manager detected shutdown event')
    api.nodeChanged?.()
    metrics.gauge('graceful_shutdown_start_time_seconds').set(clock.now() / 1000)
    const active = pods()
    for (const [index, { seconds }] of this.#groups.entries()) {
      const own = active.filter(({ pod }) => groupOf(this.#groups, pod) === index)
      if (own.length === 0) continue
      const ended = own.map((each) => {
        const graceSeconds = Math.min(seconds, each.pod.spec?.terminationGracePeriodSeconds ?? seconds)
        return each.end({ reason: 'Terminated', message, disruption: message, graceSeconds })
      })
      await Promise.race([Promise.all(ended), sleep(clock, seconds * 1000)])
    }
    metrics.gauge('graceful_shutdown_end_time_seconds').set(clock.now() / 1000)
  }

  /** The machine does not go down after all: pods are let in again. */
  cancel(): void {
    if (!this.#isDown) return
    this.#isDown = false
    this.#options.api.nodeEvent?.('Normal', 'NodeShutdown', 'Shutdown manager detected shutdown cancellation')
    this.#options.api.nodeChanged?.()
  }
}
