import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type Clock, parseDuration, type Timer } from '@kube-bonsai/clock'
import { qosClass, tolerationsTolerateTaint } from '@kube-bonsai/component-helpers'
import type { ContainerRuntime } from '../../runtime/container-runtime.ts'
import { isCriticalPod } from '../../status/pod-kind.ts'
import type { Admission, AdmitHandler } from '../admission.ts'
import type { KubeletApi } from '../kubelet-api.ts'
import type { Pressures } from '../node-object.ts'
import type { NodeSetup } from '../node-setup.ts'
import type { PodEnding } from '../pod-ending.ts'
import { type Crossed, evictionMessage } from './eviction-message.ts'
import { excessOf, hasDiskLimits } from './local-storage.ts'
import { hasImageDisk, type Observations, observe } from './observations.ts'
import { podStats } from './pod-stats.ts'
import { inOrderFor } from './rank.ts'
import { conditionNames, pressureOf, resourceOf } from './signals.ts'
import { ThresholdTracker } from './threshold-tracker.ts'
import { type Signal, type Threshold, thresholdText } from './thresholds.ts'

/** A pod of the node, and the way to end it. */
export interface EndablePod {
  readonly pod: Pod
  end(ending: PodEnding): Promise<void>
}

/** What an eviction manager looks at. */
export interface EvictionOptions {
  readonly setup: NodeSetup
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly api: KubeletApi
  readonly startedAt: number
  /** Every pod of the node that has not ended. */
  readonly pods: () => readonly EndablePod[]
  /** Deletes containers and images that nobody needs; called before any pod ends for the sake of a disk. */
  readonly freeDisk: () => void
}

const period = 10_000

/**
 * Ends pods when memory, disk or processes run short, one at a time, and those that keep more on the disk than they may; reports the
 * pressure. It looks every ten seconds for as long as something is short or was lately, and otherwise only when somebody uses more.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/eviction_manager.go
 */
export class EvictionManager implements AdmitHandler {
  readonly #options: EvictionOptions
  readonly #tracker: ThresholdTracker
  readonly #stopListening: () => void
  readonly #isolatesDisk: boolean
  #timer: Timer | undefined
  #stopped = false

  constructor(options: EvictionOptions) {
    const { setup, runtime } = options
    this.#options = options
    const transition = parseDuration(String(setup.configuration['evictionPressureTransitionPeriod']))
    this.#tracker = new ThresholdTracker(setup.thresholds, Number(transition / 1_000_000n))
    this.#isolatesDisk = setup.configuration['localStorageCapacityIsolation'] !== false
    this.#stopListening = runtime.onUsage?.(() => this.#plan()) ?? (() => {})
    if (this.#tracker.isShort(observe(setup, runtime, []))) this.#plan()
  }

  /** What the node is short of. */
  get pressures(): Pressures {
    const { pressures } = this.#tracker
    return { memory: pressures.has('memory'), disk: pressures.has('disk'), pid: pressures.has('pid') }
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#stopListening()
  }

  admit(pod: Pod): Admission {
    const { pressures } = this.#tracker
    if (pressures.size === 0 || isCriticalPod(pod)) return { admit: true }
    const onlyMemory = pressures.has('memory') && pressures.size === 1
    if (onlyMemory && (qosClass(pod) !== 'BestEffort' || this.#tolerates(pod))) return { admit: true }
    const names = [...pressures].map((pressure) => conditionNames[pressure])
    return { admit: false, reason: 'Evicted', message: `The node had condition: [${names.join(' ')}]. ` }
  }

  #tolerates({ spec }: Pod): boolean {
    const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }
    const comparisonOperators = this.#options.setup.gates.enabled('TaintTolerationComparisonOperators')
    return tolerationsTolerateTaint(spec?.tolerations ?? [], taint, { comparisonOperators })
  }

  #plan(): void {
    if (this.#stopped || this.#timer !== undefined) return
    const { clock, startedAt } = this.#options
    const round = Math.floor((clock.now() - startedAt) / period) + 1
    this.#timer = clock.schedule(startedAt + round * period, () => this.#round(), { background: true })
  }

  async #round(): Promise<void> {
    // As long as a pod was ended, the next look does not wait.
    while (!this.#stopped && (await this.#synchronize())) {}
    this.#timer = undefined
    if (this.#tracker.isAlert) this.#plan()
  }

  #observe(): Observations {
    const { setup, runtime, pods } = this.#options
    return observe(
      setup,
      runtime,
      pods().map(({ pod }) => podStats(pod, runtime)),
    )
  }

  /** True when a pod was evicted. */
  async #synchronize(): Promise<boolean> {
    const { clock, setup, api, freeDisk } = this.#options
    const seen = this.#observe()
    const before = [...this.#tracker.pressures].join()
    const due = this.#tracker.note(seen, clock.now())
    if (before !== [...this.#tracker.pressures].join()) api.nodeChanged?.()
    if (this.#isolatesDisk && (await this.#evictHoarders())) return true
    const [threshold] = due
    if (threshold === undefined) return false
    const { signal } = threshold
    const resource = resourceOf(signal)
    api.nodeEvent?.('Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`)
    if (this.#canFree(signal)) {
      freeDisk()
      if (this.#tracker.isResolved(this.#observe())) return false
    }
    const told = due.find((each) => resourceOf(each.signal) === resource) ?? threshold
    const { capacity = 0n, available = 0n } = seen.get(told.signal) ?? {}
    const crossed = { threshold: thresholdText(told.value, capacity), available }
    const evicted = await this.#evict(threshold, crossed)
    if (evicted) setup.metrics.counter('evictions').add(1, { eviction_signal: signal })
    return evicted
  }

  /** Containers and images that nobody needs are on the disk that the signal tells of. */
  #canFree(signal: Signal): boolean {
    if (pressureOf(signal) !== 'disk') return false
    return !(hasImageDisk(this.#options.runtime) && signal.startsWith('nodefs'))
  }

  /** Ends the pods that keep more on the disk than they may; true when there were any. */
  async #evictHoarders(): Promise<boolean> {
    const { runtime, pods, api, setup } = this.#options
    let evicted = false
    for (const each of pods()) {
      const { pod } = each
      if (!hasDiskLimits(pod) || isCriticalPod(pod)) continue
      const excess = excessOf(podStats(pod, runtime), runtime)
      if (excess === undefined) continue
      api.event(pod, 'Warning', 'Evicted', excess.message)
      await each.end({ reason: 'Evicted', message: excess.message, graceSeconds: 1 })
      setup.metrics.counter('evictions').add(1, { eviction_signal: excess.signal })
      evicted = true
    }
    return evicted
  }

  async #evict({ signal, gracePeriod }: Threshold, crossed: Crossed): Promise<boolean> {
    const { api, pods, runtime, setup } = this.#options
    const known = new Map(pods().map((each) => [podStats(each.pod, runtime), each]))
    const ranked = [...known.keys()].sort(inOrderFor(signal, runtime))
    const stats = ranked.find(({ pod }) => !isCriticalPod(pod))
    if (stats === undefined) return false
    const { pod } = stats
    const message = evictionMessage(resourceOf(signal), stats, crossed)
    const most = Number(setup.configuration['evictionMaxPodGracePeriod'] ?? 0)
    const own = pod.spec?.terminationGracePeriodSeconds ?? most
    api.event(pod, 'Warning', 'Evicted', message)
    const graceSeconds = gracePeriod === 0 ? 1 : Math.min(most, own)
    await known.get(stats)?.end({ reason: 'Evicted', message, disruption: message, graceSeconds })
    return true
  }
}
