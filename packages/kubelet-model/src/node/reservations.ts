import { Quantity } from '@kube-bonsai/quantity'
import { type KubeletConfiguration, record } from '../config/configuration.ts'
import type { Threshold } from './eviction/thresholds.ts'
import { thresholdAmount } from './eviction/thresholds.ts'

/** Amounts by resource name. */
export type Quantities = ReadonlyMap<string, Quantity>

const reservable: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', 'pid'])

/**
 * What is kept from pods for the system and for Kubernetes. Throws an Error in the kubelet's words.
 * `cpus` is how many CPUs `reservedSystemCPUs` names: where any are, their number counts in place of the amounts.
 */
export function reservedResources(configuration: KubeletConfiguration, cpus: number): Quantities {
  const total = new Map<string, Quantity>()
  for (const field of ['kubeReserved', 'systemReserved'] as const) {
    const flag = field === 'kubeReserved' ? '--kube-reserved' : '--system-reserved'
    for (const [name, value] of Object.entries(record(configuration[field]))) {
      const fail = (why: string) => new Error(`${flag} value failed to parse: ${why}`)
      if (!reservable.has(name)) throw fail(`cannot reserve "${name}" resource`)
      if (name === 'cpu' && cpus > 0) continue
      const amount = parse(String(value), (why) =>
        fail(`failed to parse quantity ${JSON.stringify(value)} for "${name}" resource: ${why}`),
      )
      if (amount.cmp(zero) < 0) throw fail(`resource quantity for "${name}" cannot be negative: ${amount}`)
      total.set(name, (total.get(name) ?? zero).add(amount))
    }
  }
  if (cpus > 0) total.set('cpu', Quantity.parse(String(cpus)))
  return total
}

const zero = Quantity.parse('0')

function parse(text: string, fail: (why: string) => Error): Quantity {
  try {
    return Quantity.parse(text)
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error))
  }
}

/** What hard eviction thresholds keep free. @see pkg/kubelet/cm/helpers.go hardEvictionReservation */
export function evictionReservation(thresholds: readonly Threshold[], capacity: Quantities): Quantities {
  const kept = new Map<string, Quantity>()
  for (const { signal, value, gracePeriod } of thresholds) {
    const resource = signal === 'memory.available' ? 'memory' : signal === 'nodefs.available' ? 'ephemeral-storage' : ''
    const all = capacity.get(resource)
    if (gracePeriod > 0 || all === undefined) continue
    kept.set(resource, Quantity.parse(String(thresholdAmount(value, all.value()))))
  }
  return kept
}

/** Adds up name by name. */
export function plus(left: Quantities, right: Quantities): Quantities {
  const sum = new Map(left)
  for (const [name, amount] of right) sum.set(name, (sum.get(name) ?? zero).add(amount))
  return sum
}

/** What is left of a capacity; never less than nothing. */
export function less(capacity: Quantities, reserved: Quantities): Quantities {
  return new Map(
    [...capacity].map(([name, all]) => {
      const kept = reserved.get(name)
      if (kept === undefined || kept.isZero()) return [name, all] as const
      const left = all.sub(kept)
      return [name, left.cmp(zero) < 0 ? zero : left] as const
    }),
  )
}

/** Throws an Error when more is kept from pods than there is. */
export function checkReservations(capacity: Quantities, reserved: Quantities): void {
  const faults = [...reserved].flatMap(([name, kept]) => {
    const all = capacity.get(name) ?? zero
    if (kept.cmp(all) <= 0 || name === 'pid') return []
    const counts = `a reservation of ${kept} but capacity of ${all}`
    return [`Resource "${name}" has ${counts}. Expected capacity >= reservation.`]
  })
  if (faults.length > 0) throw new Error(`invalid Node Allocatable configuration. ${faults.join(' ')}`)
}
