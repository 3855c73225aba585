import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import { timeText } from '../api/meta.ts'
import type { EventRecorder } from '../event-recorder.ts'

/** The pod with its Ready condition False; the same pod when it has none or it is False already. */
export function withoutReady(pod: Pod, now: number): Pod {
  const conditions = pod.status?.conditions ?? []
  if (!conditions.some(({ type, status }) => type === 'Ready' && status !== 'False')) return pod
  const changed = conditions.map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: timeText(now) } : condition,
  )
  return { ...pod, status: { ...pod.status, conditions: changed } }
}

/**
 * Says of a pod that it does not answer any more, because its node does not. Rejects when the server does.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/util/node/controller_utils.go MarkPodsNotReady
 */
export async function markNotReady(client: Client, recorder: EventRecorder, pod: Pod, now: number): Promise<void> {
  const { name = '', namespace = '', uid } = pod.metadata
  let current = pod
  for (;;) {
    const changed = withoutReady(current, now)
    if (changed === current) return
    try {
      await client.pods(namespace).updateStatus(changed)
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
      return
    } catch (error) {
      if (isNotFound(error)) return
      if (!isConflict(error)) throw error
    }
    const fresh = await client
      .pods(namespace)
      .get(name)
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined
        throw error
      })
    if (fresh === undefined || fresh.metadata.uid !== uid) return
    current = fresh
  }
}
