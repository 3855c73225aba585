import type { Diagnosis } from './schedule-pod.ts'

/**
 * What users read when no node would do: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).`
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/types.go FitError
 */
export function fitErrorMessage(diagnosis: Diagnosis, postFilterMessage: string = ''): string {
  const { nodeCount, statuses, preFilterMessage } = diagnosis
  let text = `0/${nodeCount} nodes are available:`
  if (preFilterMessage !== undefined && preFilterMessage !== '') {
    text += ` ${preFilterMessage}.`
  } else {
    const counts = new Map<string, number>()
    const count = (reason: string, amount: number) => counts.set(reason, (counts.get(reason) ?? 0) + amount)
    for (const { reasons } of statuses.explicit.values()) for (const reason of reasons) count(reason, 1)
    const absent = nodeCount - statuses.explicit.size
    if (absent > 0) for (const reason of statuses.absent.reasons) count(reason, absent)
    const reasons = [...counts].map(([reason, amount]) => `${amount} ${reason}`).sort()
    if (reasons.length > 0) text += ` ${reasons.join(', ')}.`
  }
  return postFilterMessage === '' ? text : `${text} ${postFilterMessage}`
}
