import type { Node, Toleration } from '@kube-bonsai/api-types/core/v1'
import { findUntoleratedTaint, type TolerationOptions, tolerationsTolerateTaint } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { StateKey } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { defaultNormalize } from '../framework/normalize.ts'
import { unresolvable } from '../framework/status.ts'
import { clusterEventActions, type Plugin } from './plugin.ts'

const preferKey: StateKey<readonly Toleration[]> = { name: 'PreScoreTaintToleration' }
const untoleratedTaint = unresolvable('node(s) had untolerated taint(s)')
const blocking = ['NoSchedule', 'NoExecute']

/** Keeps pods off nodes whose taints they do not tolerate, and prefers few untolerated PreferNoSchedule ones. @see pkg/scheduler/framework/plugins/tainttoleration */
export function taintToleration(gates: FeatureGates): Plugin {
  const options: TolerationOptions = { comparisonOperators: gates.enabled('TaintTolerationComparisonOperators') }
  const untolerated = (tolerations: readonly Toleration[], node: Node | undefined) =>
    findUntoleratedTaint(node?.spec?.taints ?? [], tolerations, blocking, options)
  return {
    name: 'TaintToleration',
    eventsToRegister: () => [
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeTaint'],
        hint: ({ pod }, before, after) => {
          const tolerations = pod.spec?.tolerations ?? []
          const was = before === undefined || untolerated(tolerations, before as Node) !== undefined
          const is = untolerated(tolerations, after as Node) !== undefined
          return was && !is ? 'Queue' : 'Skip'
        },
      },
      clusterEventActions('Pod', 'UpdatePodToleration'),
    ],
    filter(_state, { pod }, node) {
      if (isUntainted(node)) return undefined
      return untolerated(pod.spec?.tolerations ?? [], node.node) === undefined ? undefined : untoleratedTaint
    },
    preScore(state, { pod }) {
      const relevant = (pod.spec?.tolerations ?? []).filter(
        (toleration) => !toleration.effect || toleration.effect === 'PreferNoSchedule',
      )
      state.write(preferKey, relevant)
      return undefined
    },
    score(state, _pod, node) {
      if (isUntainted(node)) return 0
      const tolerations = state.read(preferKey) ?? []
      const taints = node.node?.spec?.taints ?? []
      return taints.filter(
        (taint) => taint.effect === 'PreferNoSchedule' && !tolerationsTolerateTaint(tolerations, taint, options),
      ).length
    },
    normalizeScore: (_state, _pod, scores) => defaultNormalize(scores, true),
  }
}

/** The question that is asked most. */
function isUntainted({ node }: NodeInfo): boolean {
  const taints = node?.spec?.taints
  return taints === undefined || taints.length === 0
}
