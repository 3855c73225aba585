import type { PodDisruptionBudget } from '@kube-bonsai/api-types/policy/v1'
import { labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import type { PodInfo } from '../framework/pod-info.ts'

/** A budget as preemption asks about it. */
export interface Budget {
  readonly allowed: number
  /** True when evicting the pod uses up one of the disruptions that are allowed. */
  covers(pod: PodInfo): boolean
}

/** Reads budgets once for many questions. Those whose selector selects nothing, or cannot be read, protect nobody. */
export function readBudgets(budgets: Iterable<PodDisruptionBudget>): readonly Budget[] {
  return [...budgets].flatMap((budget) => {
    const matches = matcher(budget)
    if (matches === undefined) return []
    const { namespace } = budget.metadata
    const disrupted = budget.status?.disruptedPods ?? {}
    const covers = ({ pod }: PodInfo) => {
      const { name = '', labels = {} } = pod.metadata
      if (namespace !== pod.metadata.namespace || Object.hasOwn(disrupted, name)) return false
      return Object.keys(labels).length > 0 && matches(labels)
    }
    return [{ allowed: budget.status?.disruptionsAllowed ?? 0, covers }]
  })
}

/**
 * Splits pods by whether evicting them, in this order, would break a budget. Keeps the order within both lists.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go filterPodsWithPDBViolation
 */
export function splitByBudgets(
  pods: readonly PodInfo[],
  budgets: readonly Budget[],
): { readonly violating: readonly PodInfo[]; readonly others: readonly PodInfo[] } {
  if (budgets.length === 0) return { violating: [], others: pods }
  const left = budgets.map(({ allowed }) => allowed)
  const violating: PodInfo[] = []
  const others: PodInfo[] = []
  for (const pod of pods) {
    let broken = false
    for (const [index, budget] of budgets.entries()) {
      if (!budget.covers(pod)) continue
      const allowed = (left[index] ?? 0) - 1
      left[index] = allowed
      if (allowed < 0) broken = true
    }
    if (broken) violating.push(pod)
    else others.push(pod)
  }
  return { violating, others }
}

function matcher({ spec }: PodDisruptionBudget): ((labels: Readonly<Record<string, string>>) => boolean) | undefined {
  const selector = spec?.selector
  if (selector === undefined) return undefined
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) return undefined
  try {
    const read = labelSelectorAsSelector(selector)
    return (labels) => read.matches(labels)
  } catch {
    return undefined
  }
}
