import type { Condition } from '@kube-bonsai/apimachinery'

/** The condition of that type. */
export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** All conditions but those of that type; the same list when there is none. */
export function withoutCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): readonly C[] {
  if (conditions === undefined) return []
  return findCondition(conditions, type) === undefined ? conditions : conditions.filter((c) => c.type !== type)
}

/**
 * Puts a condition in its place as the workload controllers do: nothing changes while status and reason stay,
 * the transition time stays while the status does, and a changed condition moves to the end.
 */
export function withCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] {
  const current = findCondition(conditions, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return conditions ?? []
  const since = current?.status === condition.status ? current.lastTransitionTime : undefined
  const next = since === undefined ? condition : { ...condition, lastTransitionTime: since }
  return [...withoutCondition(conditions, condition.type), next]
}
