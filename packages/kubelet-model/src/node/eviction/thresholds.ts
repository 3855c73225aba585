import { parseDuration } from '@kube-bonsai/clock'
import { Quantity } from '@kube-bonsai/quantity'
import { type KubeletConfiguration, record } from '../../config/configuration.ts'

/** What the eviction manager watches. */
export type Signal =
  | 'memory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'imagefs.inodesFree'
  | 'containerfs.available'
  | 'containerfs.inodesFree'
  | 'allocatableMemory.available'
  | 'pid.available'

const signals: ReadonlySet<string> = new Set([
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'containerfs.available',
  'containerfs.inodesFree',
  'allocatableMemory.available',
  'pid.available',
])

const isSignal = (name: string): name is Signal => signals.has(name)

/** An amount, or a share of what there is. */
export type ThresholdValue = { readonly quantity: Quantity } | { readonly share: number }

/** Less than this must not be left of something. */
export interface Threshold {
  readonly signal: Signal
  readonly value: ThresholdValue
  /** Milliseconds for which it may be crossed; 0 for a hard one. */
  readonly gracePeriod: number
  /** What is to be had beyond the threshold once pods are evicted for it. */
  readonly minReclaim?: ThresholdValue
}

/** The amount of a threshold's value where there is `capacity` in all. */
export function thresholdAmount(value: ThresholdValue, capacity: bigint): bigint {
  if ('quantity' in value) return value.quantity.value()
  // Upstream's shares have 32 bits.
  return BigInt(Math.trunc(Number(capacity) * Math.fround(value.share)))
}

/** The same as messages tell it: as it was written, and shares in powers of 1024 whatever they are of. */
export function thresholdText(value: ThresholdValue, capacity: bigint): string {
  return 'quantity' in value
    ? value.quantity.toString()
    : Quantity.of(thresholdAmount(value, capacity), 'BinarySI').toString()
}

/**
 * The thresholds of a configuration, hard ones first. Throws an Error in the kubelet's words.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/helpers.go ParseThresholdConfig
 */
export function evictionThresholds(configuration: KubeletConfiguration): readonly Threshold[] {
  const hard = statements(configuration['evictionHard'], 0)
  const graces = new Map(
    Object.entries(record(configuration['evictionSoftGracePeriod'])).map(([name, value]) => {
      known(name)
      const grace = parseDuration(String(value))
      if (grace < 0n) throw new Error(`invalid eviction grace period specified: ${value}, must be a positive value`)
      return [name, Number(grace / 1_000_000n)] as const
    }),
  )
  const soft = statements(configuration['evictionSoft'], 0).map((threshold) => {
    const gracePeriod = graces.get(threshold.signal)
    if (gracePeriod === undefined) {
      throw new Error(`grace period must be specified for the soft eviction threshold ${threshold.signal}`)
    }
    return { ...threshold, gracePeriod }
  })
  const reclaims = new Map(
    Object.entries(record(configuration['evictionMinimumReclaim'])).map(([name, value]) => {
      known(name)
      return [name, reclaim(name, String(value))] as const
    }),
  )
  const all = [...hard, ...soft].map((threshold) => {
    const minReclaim = reclaims.get(threshold.signal)
    return minReclaim === undefined ? threshold : { ...threshold, minReclaim }
  })
  // What the node promises to pods is watched like the whole of its memory, where pods are kept to it.
  if (!enforcesPods(configuration)) return all
  const promised = all.filter(({ signal, gracePeriod }) => signal === 'memory.available' && gracePeriod === 0)
  return [...all, ...promised.map((each): Threshold => ({ ...each, signal: 'allocatableMemory.available' }))]
}

function enforcesPods({ enforceNodeAllocatable }: KubeletConfiguration): boolean {
  return Array.isArray(enforceNodeAllocatable) && enforceNodeAllocatable.includes('pods')
}

function known(name: string): Signal {
  if (!isSignal(name)) throw new Error(`unsupported eviction signal ${name}`)
  return name
}

function statements(given: KubeletConfiguration[string] | undefined, gracePeriod: number): readonly Threshold[] {
  return Object.entries(record(given)).flatMap(([name, entry]): readonly Threshold[] => {
    const signal = known(name)
    const text = String(entry)
    if (!text.endsWith('%')) {
      const quantity = Quantity.parse(text)
      if (quantity.value() <= 0n) throw new Error(`eviction threshold ${signal} must be positive: ${quantity}`)
      return [{ signal, value: { quantity }, gracePeriod }]
    }
    // Nothing, and everything, are no thresholds.
    if (text === '0%' || text === '100%') return []
    const share = percentage(text)
    if (share < 0) throw new Error(`eviction percentage threshold ${signal} must be >= 0%: ${text}`)
    if (share > 1) throw new Error(`eviction percentage threshold ${signal} must be <= 100%: ${text}`)
    return [{ signal, value: { share }, gracePeriod }]
  })
}

function reclaim(name: string, text: string): ThresholdValue {
  if (text.endsWith('%')) {
    const share = percentage(text)
    if (share <= 0) throw new Error(`eviction percentage minimum reclaim ${name} must be positive: ${text}`)
    return { share }
  }
  const quantity = Quantity.parse(text)
  if (quantity.value() < 0n) throw new Error(`negative eviction minimum reclaim specified for ${name}`)
  return { quantity }
}

function percentage(text: string): number {
  const digits = text.replace(/%+$/, '')
  const value = Number(digits)
  if (digits.trim() === '' || Number.isNaN(value)) {
    throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(digits)}: invalid syntax`)
  }
  return value / 100
}
