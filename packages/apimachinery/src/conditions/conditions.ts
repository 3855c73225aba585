import type { Condition } from '../objects.ts'

/** Finds the condition of a type. */
export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/**
 * Sets a condition. An existing one keeps its place, its other fields, and its lastTransitionTime unless the status
 * changes; a new one goes to the end.
 *
 * @param now when the status changes, unless the condition tells its own lastTransitionTime
 * @returns the same list when nothing changes
 * @see staging/src/k8s.io/apimachinery/pkg/api/meta/conditions.go
 */
export function setCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  condition: C,
  now: string,
): readonly C[] {
  const list = conditions ?? []
  const index = list.findIndex((candidate) => candidate.type === condition.type)
  const existing = list[index]
  const moved = condition.lastTransitionTime ?? now
  if (existing === undefined) return [...list, { ...condition, lastTransitionTime: moved }]
  if (isSame(existing, condition)) return list
  const lastTransitionTime = existing.status === condition.status ? existing.lastTransitionTime : moved
  const next = { ...existing, ...condition }
  return list.with(index, withTransition(dropUnset(next, condition), lastTransitionTime))
}

/** Takes the condition of a type away; the same list when there is none. */
export function removeCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): readonly C[] {
  const list = conditions ?? []
  return findCondition(list, type) === undefined ? list : list.filter((condition) => condition.type !== type)
}

/** Says whether the condition of a type is there and `True`. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True'
}

/** Says whether the condition of a type is there and `False`. */
export function isConditionFalse(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'False'
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    (a.reason ?? '') === (b.reason ?? '') &&
    (a.message ?? '') === (b.message ?? '') &&
    (a.observedGeneration ?? 0) === (b.observedGeneration ?? 0)
  )
}

/** What the new condition leaves out is unset, as an empty string of Go would be. */
function dropUnset<C extends Condition>(next: C, condition: C): C {
  const { reason, message, observedGeneration, ...rest } = next
  const kept = rest as unknown as C
  return {
    ...kept,
    ...(condition.reason === undefined ? {} : { reason }),
    ...(condition.message === undefined ? {} : { message }),
    ...(condition.observedGeneration === undefined ? {} : { observedGeneration }),
  }
}

function withTransition<C extends Condition>(condition: C, time: string | undefined): C {
  return time === undefined ? condition : { ...condition, lastTransitionTime: time }
}
