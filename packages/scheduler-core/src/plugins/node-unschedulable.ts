import type { Node, Pod, Taint } from '@kube-bonsai/api-types/core/v1'
import { tolerationsTolerateTaint } from '@kube-bonsai/component-helpers'
import { unresolvable } from '../framework/status.ts'
import { clusterEventActions, type Plugin } from './plugin.ts'

const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Cordoned nodes take only pods that tolerate it. @see pkg/scheduler/framework/plugins/nodeunschedulable */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  eventsToRegister: () => [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateNodeTaint'],
      hint: (_pod, before, after) => (cordoned(before) !== false && cordoned(after) === false ? 'Queue' : 'Skip'),
    },
    clusterEventActions('Pod', 'UpdatePodToleration'),
  ],
  filter(_state, { pod }, node) {
    if (node.node?.spec?.unschedulable !== true || tolerates(pod)) return undefined
    return unresolvable('node(s) were unschedulable')
  },
}

function tolerates(pod: Pod): boolean {
  return tolerationsTolerateTaint(pod.spec?.tolerations ?? [], taint)
}

function cordoned(node: unknown): boolean | undefined {
  return node === undefined ? undefined : (node as Node).spec?.unschedulable === true
}
