import type { Observations } from './observations.ts'
import { conditionNames, type Pressure, pressureOf, resourceOf } from './signals.ts'
import { type Threshold, thresholdAmount } from './thresholds.ts'

/** Remembers which thresholds are crossed and since when, and which conditions the node has because of them. */
export class ThresholdTracker {
  readonly #thresholds: readonly Threshold[]
  readonly #transition: number
  readonly #firstSeen: Map<Threshold, number> = new Map()
  readonly #lastSeen: Map<Pressure, number> = new Map()
  #due: readonly Threshold[] = []
  #pressures: ReadonlySet<Pressure> = new Set()

  /** @param transition for how many milliseconds a condition stays after the last threshold was crossed */
  constructor(thresholds: readonly Threshold[], transition: number) {
    this.#thresholds = thresholds
    this.#transition = transition
  }

  /** Takes note of what there is, and returns the thresholds that have been crossed for long enough, memory first. */
  note(seen: Observations, now: number): readonly Threshold[] {
    const unresolved = new Set(crossed(this.#due, seen, true))
    const met = new Set([...crossed(this.#thresholds, seen, false), ...unresolved])
    for (const threshold of this.#thresholds) {
      if (!met.has(threshold)) this.#firstSeen.delete(threshold)
      else if (!this.#firstSeen.has(threshold)) this.#firstSeen.set(threshold, now)
    }
    for (const { signal } of met) this.#lastSeen.set(pressureOf(signal), now)
    const kinds = Object.keys(conditionNames).filter(isPressure)
    this.#pressures = new Set(kinds.filter((kind) => now - (this.#lastSeen.get(kind) ?? -Infinity) < this.#transition))
    const due = this.#thresholds.filter(
      (threshold) => met.has(threshold) && now - (this.#firstSeen.get(threshold) ?? now) >= threshold.gracePeriod,
    )
    this.#due = due
    return [...due.filter(isOfMemory), ...due.filter((threshold) => !isOfMemory(threshold))]
  }

  /** True when any threshold is crossed by this much. */
  isShort(seen: Observations): boolean {
    return crossed(this.#thresholds, seen, false).length > 0
  }

  /** True when nothing is left that a threshold wants, not even what it wants beyond itself. */
  isResolved(seen: Observations): boolean {
    return crossed(this.#thresholds, seen, true).length === 0
  }

  /** The conditions that the node has, in the order in which they are told. */
  get pressures(): ReadonlySet<Pressure> {
    return this.#pressures
  }

  /** True as long as something is short or was lately. */
  get isAlert(): boolean {
    return this.#firstSeen.size > 0 || this.#pressures.size > 0
  }
}

const isPressure = (name: string): name is Pressure => Object.hasOwn(conditionNames, name)

const isOfMemory = ({ signal }: Threshold): boolean => resourceOf(signal) === 'memory'

function crossed(thresholds: readonly Threshold[], seen: Observations, withReclaim: boolean): readonly Threshold[] {
  return thresholds.filter(({ signal, value, minReclaim }) => {
    const observed = seen.get(signal)
    if (observed === undefined) return false
    const { capacity, available } = observed
    const extra = withReclaim && minReclaim !== undefined ? thresholdAmount(minReclaim, capacity) : 0n
    return available < thresholdAmount(value, capacity) + extra
  })
}
