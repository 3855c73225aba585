import type { Deployment, ReplicaSet } from '../api/apps.ts'
import { byCreation } from '../api/meta.ts'
import { scaledValue } from '../values/int-or-string.ts'
import { isSaturated, maxAtLastScale } from './annotations.ts'
import { activeSets, availableReplicas, sizeOf, totalSize } from './counts.ts'
import { desiredReplicas, isRollingUpdate, maxSurge, maxUnavailable } from './limits.ts'

/** A set and the size that it should get. */
export interface Resize {
  readonly set: ReplicaSet
  readonly size: number
}

/** A strategy that Kubernetes does not have. */
export class UnknownStrategyError extends Error {
  readonly strategy: string

  constructor(strategy: string) {
    super(`deployment type ${strategy} isn't supported`)
    this.name = 'UnknownStrategyError'
    this.strategy = strategy
  }
}

/** The size that the new set should get now. @throws UnknownStrategyError, IntOrStringError */
export function newRSNewReplicas(
  deployment: Pick<Deployment, 'spec'>,
  all: readonly Pick<ReplicaSet, 'spec' | 'status'>[],
  size: number,
): number {
  const desired = desiredReplicas(deployment)
  const type = deployment.spec.strategy?.type ?? ''
  if (type === 'Recreate') return desired
  if (type !== 'RollingUpdate') throw new UnknownStrategyError(type)
  const limit = desired + scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? 0, desired, true)
  const total = totalSize(all)
  return total >= limit ? size : size + Math.min(limit - total, desired - size)
}

/** Rounds half away from zero. */
function round(value: number): number {
  return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5)
}

function fraction(set: ReplicaSet, deployment: Pick<Deployment, 'spec' | 'status'>): number {
  const desired = desiredReplicas(deployment)
  const size = sizeOf(set)
  if (desired === 0) return -size
  const before = maxAtLastScale(set) || (deployment.status?.replicas ?? 0)
  if (before === 0) return 0
  return round((size * (desired + maxSurge(deployment))) / before) - size
}

/** A set's share of `toAdd` replicas (negative: to remove), of which `added` were shared out before. */
export function replicaSetProportion(
  set: ReplicaSet,
  deployment: Pick<Deployment, 'spec' | 'status'>,
  toAdd: number,
  added: number,
): number {
  if (sizeOf(set) === 0 || toAdd === 0 || toAdd === added) return 0
  const share = fraction(set, deployment)
  const allowed = toAdd - added
  return toAdd > 0 ? Math.min(share, allowed) : Math.max(share, allowed)
}

/** The only set with replicas; the newest when none has any; undefined when several have. */
export function findActiveOrLatest(newSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const newestFirst = [...old].sort((a, b) => byCreation(b, a))
  const active = activeSets(newSet === undefined ? newestFirst : [...newestFirst, newSet])
  if (active.length === 0) return newSet ?? newestFirst[0]
  return active.length === 1 ? active[0] : undefined
}

/** What to resize when the Deployment itself was scaled. Sets that keep their size are listed for their annotations. */
export function planScale(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Resize[] {
  const desired = desiredReplicas(deployment)
  const only = findActiveOrLatest(newSet, old)
  if (only !== undefined) return sizeOf(only) === desired ? [] : [{ set: only, size: desired }]
  if (isSaturated(deployment, newSet)) return activeSets(old).map((set) => ({ set, size: 0 }))
  return isRollingUpdate(deployment) ? proportional(deployment, newSet, old) : []
}

function proportional(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Resize[] {
  const desired = desiredReplicas(deployment)
  const sets = activeSets(newSet === undefined ? old : [...old, newSet])
  const toAdd = (desired > 0 ? desired + maxSurge(deployment) : 0) - totalSize(sets)
  const age = toAdd > 0 ? (a: ReplicaSet, b: ReplicaSet) => byCreation(b, a) : byCreation
  if (toAdd !== 0) sets.sort((a, b) => sizeOf(b) - sizeOf(a) || age(a, b))
  let added = 0
  const sizes = sets.map((set) => {
    const share = replicaSetProportion(set, deployment, toAdd, added)
    added += share
    return sizeOf(set) + share
  })
  return sets.map((set, index) => {
    // What rounding left over goes to the largest set.
    const size = (sizes[index] ?? 0) + (index === 0 && toAdd !== 0 ? toAdd - added : 0)
    return { set, size: Math.max(0, size) }
  })
}

/** What to shrink so that a rolling update goes on: first pods of old sets that are not available, then others. */
export function planScaleDown(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly Resize[] {
  const old = activeSets(oldSets).sort(byCreation)
  const total = totalSize(old)
  if (total === 0) return []
  const least = desiredReplicas(deployment) - maxUnavailable(deployment)
  const newUnavailable = sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0)
  let unhealthy = total + totalSize([newSet, ...oldSets.filter((set) => sizeOf(set) === 0)]) - least - newUnavailable
  if (unhealthy <= 0) return []
  const steps: Resize[] = []
  const shrunk = old.map((set) => {
    const size = sizeOf(set)
    const spare = Math.min(unhealthy, size - (set.status?.availableReplicas ?? 0))
    if (spare <= 0) return { set, size }
    unhealthy -= spare
    steps.push({ set, size: size - spare })
    return { set, size: size - spare }
  })
  let healthy = availableReplicas([...old, newSet]) - least
  for (const { set, size } of shrunk) {
    const spare = Math.min(size, healthy)
    if (spare <= 0) continue
    healthy -= spare
    steps.push({ set, size: size - spare })
  }
  return steps
}
