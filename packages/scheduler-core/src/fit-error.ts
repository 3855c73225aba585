import type { Diagnosis } from './schedule-pod.ts'

/**
 * What users read when no node would do: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).`
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/types.go FitError
 */
export function fitErrorMessage(
  nodes: readonly string[],
  diagnosis: Diagnosis,
  postFilterMessage: string = '',
): string {
  let text = `0/${nodes.length} nodes are available:`
  if (diagnosis.preFilterMessage !== undefined) {
    text += ` ${diagnosis.preFilterMessage}.`
  } else {
    const counts = new Map<string, number>()
    const count = (reason: string) => counts.set(reason, (counts.get(reason) ?? 0) + 1)
    for (const name of nodes) {
      const status = diagnosis.statuses.get(name)
      if (status) status.reasons.forEach(count)
      else if (diagnosis.absentReason !== undefined) count(diagnosis.absentReason)
    }
    const reasons = [...counts].map(([reason, amount]) => `${amount} ${reason}`).sort()
    if (reasons.length > 0) text += ` ${reasons.join(', ')}.`
  }
  return postFilterMessage === '' ? text : `${text} ${postFilterMessage}`
}
