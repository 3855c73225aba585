import { timeText } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'

/** The pod with the condition that says why it has to go; the same pod where it says so already. */
export function withDisruption(pod: Pod, now: number): Pod {
  const conditions = pod.status?.conditions ?? []
  const known = conditions.find(({ type }) => type === 'DisruptionTarget')
  const reason = 'DeletionByTaintManager'
  const message = 'Taint manager: deleting due to NoExecute taint'
  if (known?.status === 'True' && known.reason === reason && known.message === message) return pod
  const since = known?.status === 'True' ? known.lastTransitionTime : undefined
  const target = {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: since ?? timeText(now),
  }
  const others = conditions.filter(({ type }) => type !== 'DisruptionTarget')
  return { ...pod, status: { ...pod.status, conditions: [...others, target] } }
}
