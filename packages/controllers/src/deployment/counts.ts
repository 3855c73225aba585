import type { ReplicaSet } from '../api/apps.ts'

/** The replicas that a set asks for; 1 when it does not say. */
export function sizeOf(set: Pick<ReplicaSet, 'spec'>): number {
  return set.spec.replicas ?? 1
}

type Counted = Pick<ReplicaSet, 'spec' | 'status'>

const sum = (sets: readonly Counted[], count: (set: Counted) => number): number =>
  sets.reduce((total, set) => total + count(set), 0)

/** The replicas that all sets ask for. */
export function totalSize(sets: readonly Counted[]): number {
  return sum(sets, sizeOf)
}

/** The pods that all sets have. */
export function actualReplicas(sets: readonly Counted[]): number {
  return sum(sets, (set) => set.status?.replicas ?? 0)
}

/** The ready pods of all sets. */
export function readyReplicas(sets: readonly Counted[]): number {
  return sum(sets, (set) => set.status?.readyReplicas ?? 0)
}

/** The available pods of all sets. */
export function availableReplicas(sets: readonly Counted[]): number {
  return sum(sets, (set) => set.status?.availableReplicas ?? 0)
}

/**
 * The terminating pods of all sets. A set that was never synced counts nothing.
 *
 * @returns undefined when a synced set does not tell
 */
export function terminatingReplicas(sets: readonly Counted[]): number | undefined {
  let total = 0
  for (const { status } of sets) {
    const count = status?.terminatingReplicas
    if (count !== undefined) total += count
    else if ((status?.observedGeneration ?? 0) !== 0) return undefined
  }
  return total
}

/** The sets that ask for pods. */
export function activeSets<S extends Counted>(sets: readonly S[]): S[] {
  return sets.filter((set) => sizeOf(set) > 0)
}
