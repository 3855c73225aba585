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
import { evictionMessage } from './eviction-message.ts'
import { byMemoryPressure } from './rank.ts'
import { type Threshold, thresholdAmount } from './thresholds.ts'

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
}

const period = 10_000

/**
 * Ends pods when memory runs short, one at a time, and reports the pressure. It looks every ten seconds for as long as
 * something is short or was lately, and otherwise only when a program tells that it uses more.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/eviction_manager.go
 */
export class EvictionManager implements AdmitHandler {
  readonly #options: EvictionOptions
  readonly #thresholds: readonly Threshold[]
  readonly #stopListening: () => void
  readonly #transition: number
  readonly #firstSeen: Map<Threshold, number> = new Map()
  #met: readonly Threshold[] = []
  #lastSeen: number | undefined
  #pressure = false
  #timer: Timer | undefined
  #stopped = false

  constructor(options: EvictionOptions) {
    const { setup, runtime } = options
    this.#options = options
    this.#thresholds = setup.thresholds.filter(({ signal }) => signal === 'memory.available')
    const text = String(setup.configuration['evictionPressureTransitionPeriod'])
    this.#transition = Number(parseDuration(text) / 1_000_000n)
    this.#stopListening = runtime.onUsage?.(() => this.#look()) ?? (() => {})
    this.#look()
  }

  /** What the node is short of. */
  get pressures(): Pressures {
    return { memory: this.#pressure, disk: false, pid: false }
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#stopListening()
  }

  admit(pod: Pod): Admission {
    if (!this.#pressure || isCriticalPod(pod) || qosClass(pod) !== 'BestEffort') return { admit: true }
    const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }
    const comparisonOperators = this.#options.setup.gates.enabled('TaintTolerationComparisonOperators')
    if (tolerationsTolerateTaint(pod.spec?.tolerations ?? [], taint, { comparisonOperators })) return { admit: true }
    return { admit: false, reason: 'Evicted', message: 'The node had condition: [MemoryPressure]. ' }
  }

  /** Bytes of memory that nobody uses. */
  #available(): bigint {
    const { runtime, setup } = this.#options
    const used = (runtime.usage?.() ?? []).reduce((sum, { memory }) => sum + memory, setup.host.systemMemory ?? 0)
    return this.#capacity - BigInt(Math.trunc(used))
  }

  get #capacity(): bigint {
    return this.#options.setup.capacity.get('memory')?.value() ?? 0n
  }

  #isMet({ value, minReclaim }: Threshold, available: bigint, withReclaim: boolean): boolean {
    const extra = withReclaim && minReclaim !== undefined ? thresholdAmount(minReclaim, this.#capacity) : 0n
    return available < thresholdAmount(value, this.#capacity) + extra
  }

  /** Something has changed: the next round is worth while if anything is short. */
  #look(): void {
    if (this.#stopped || this.#timer !== undefined) return
    const available = this.#available()
    const short = this.#thresholds.some((threshold) => this.#isMet(threshold, available, false))
    if (short || this.#pressure || this.#met.length > 0) this.#plan()
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
    if (this.#firstSeen.size > 0 || this.#pressure) this.#plan()
    else this.#met = []
  }

  /** True when a pod was evicted. */
  async #synchronize(): Promise<boolean> {
    const { clock, setup, api } = this.#options
    const now = clock.now()
    const available = this.#available()
    const unresolved = new Set(this.#met.filter((threshold) => this.#isMet(threshold, available, true)))
    const met = this.#thresholds.filter(
      (threshold) => this.#isMet(threshold, available, false) || unresolved.has(threshold),
    )
    for (const threshold of this.#thresholds) {
      if (!met.includes(threshold)) this.#firstSeen.delete(threshold)
      else if (!this.#firstSeen.has(threshold)) this.#firstSeen.set(threshold, now)
    }
    if (met.length > 0) this.#lastSeen = now
    this.#report(this.#lastSeen !== undefined && now - this.#lastSeen < this.#transition)
    const due = met.filter((threshold) => now - (this.#firstSeen.get(threshold) ?? now) >= threshold.gracePeriod)
    this.#met = due
    const [threshold] = due
    if (threshold === undefined) return false
    api.nodeEvent?.('Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory')
    const evicted = await this.#evict(threshold, thresholdAmount(threshold.value, this.#capacity), available)
    if (evicted) setup.metrics.counter('evictions').add(1, { eviction_signal: threshold.signal })
    return evicted
  }

  #report(pressure: boolean): void {
    if (pressure === this.#pressure) return
    this.#pressure = pressure
    this.#options.api.nodeChanged?.()
  }

  async #evict(threshold: Threshold, amount: bigint, available: bigint): Promise<boolean> {
    const { api, pods, runtime, setup } = this.#options
    const candidates = pods().map((each) => {
      const usage = runtime.usage?.(each.pod.metadata.uid ?? '') ?? []
      const memory = BigInt(Math.trunc(usage.reduce((sum, container) => sum + container.memory, 0)))
      return { each, pod: each.pod, usage, memory }
    })
    const first = candidates.sort(byMemoryPressure).find(({ pod }) => !isCriticalPod(pod))
    if (first === undefined) return false
    const { pod, usage, each } = first
    const message = evictionMessage(pod, usage, amount, available)
    const most = Number(setup.configuration['evictionMaxPodGracePeriod'] ?? 0)
    const own = pod.spec?.terminationGracePeriodSeconds ?? most
    api.event(pod, 'Warning', 'Evicted', message)
    const graceSeconds = threshold.gracePeriod === 0 ? 1 : Math.min(most, own)
    await each.end({ reason: 'Evicted', message, disruption: message, graceSeconds })
    return true
  }
}
