import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { newPodInfo } from '../framework/pod-info.ts'
import type { Decision } from '../schedule-pod.ts'
import type { Scheduler } from '../scheduler.ts'
import type { Suggestion } from './suggestion.ts'
import { whatWouldHelp, whatWouldUngate } from './what-would-help.ts'

/** Where a pod would go now, or why nowhere and what would change that. */
export interface Explanation {
  /** Absent for a pod that no profile serves, and for one that is kept out of the queue. */
  readonly decision?: Decision
  /** Why the pod does not even enter the queue, in the plugin's words. */
  readonly gated?: string
  /** Each takes away one refusal; others may stand behind it. Empty for a pod that has its place. */
  readonly suggestions: readonly Suggestion[]
}

/** Asks what the scheduler would do with a pod on the cluster as it knows it. Nothing is placed and nothing changes. */
export function explainPod(scheduler: Scheduler, pod: Pod): Explanation {
  const framework = scheduler.frameworkFor(pod)
  if (framework === undefined) {
    const [name] = scheduler.frameworks.keys()
    const text = `set spec.schedulerName to a profile of the scheduler, such as ${name}`
    return { suggestions: [{ plugin: 'Scheduler', text }] }
  }
  const gate = framework.preEnqueue(pod)
  if (gate !== undefined) return { gated: gate.reasons.join(', '), suggestions: whatWouldUngate(pod) }
  const decision = scheduler.explain(pod)
  if (decision === undefined) return { suggestions: [] }
  if (decision.result !== 'unschedulable') return { decision, suggestions: noNodes(decision) }
  const info = newPodInfo(pod)
  const snapshot = scheduler.cache.view()
  const { preFilter } = decision
  if (preFilter?.plugin !== undefined) {
    const text = `the whole cluster is refused by ${preFilter.plugin}: ${preFilter.reasons.join(', ')}`
    return { decision, suggestions: [{ plugin: preFilter.plugin, text }] }
  }
  const suggestions = [...decision.filterFailures].flatMap(([name, status]) => {
    const node = snapshot.get(name)
    return node === undefined ? [] : whatWouldHelp(info, node, status)
  })
  return { decision, suggestions }
}

function noNodes(decision: Decision): readonly Suggestion[] {
  if (decision.result !== 'error' || !decision.noNodes) return []
  return [{ plugin: 'Scheduler', text: 'add a node: the cluster has none' }]
}
