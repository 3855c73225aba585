import type { Pod, Toleration } from '@kube-bonsai/api-types/core/v1'
import { formatTaint, type TolerationOptions, tolerationsTolerateTaint } from '@kube-bonsai/component-helpers'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import type { Suggestion } from './suggestion.ts'

const unschedulableTaint = 'node.kubernetes.io/unschedulable'

/** Uncordoning the node, or tolerating that it is cordoned. */
export function uncordon(pod: PodInfo, { name, node }: NodeInfo): readonly Suggestion[] {
  if (node === undefined) return []
  const { unschedulable: _, ...spec } = node.spec ?? {}
  const tolerated = withTolerations(pod.pod, [{ key: unschedulableTaint, operator: 'Exists', effect: 'NoSchedule' }])
  return [
    {
      plugin: 'NodeUnschedulable',
      node: name,
      text: `uncordon node ${name} (kubectl uncordon ${name})`,
      change: { node: { ...node, spec } },
    },
    {
      plugin: 'NodeUnschedulable',
      node: name,
      text: `let the pod tolerate ${unschedulableTaint}`,
      change: { pod: tolerated },
    },
  ]
}

/** Tolerating the node's taints, or taking them away. */
export function tolerate(
  pod: PodInfo,
  { name, node }: NodeInfo,
  options: TolerationOptions = {},
): readonly Suggestion[] {
  if (node === undefined) return []
  const tolerations = pod.pod.spec?.tolerations ?? []
  const hard = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
  const untolerated = hard.filter((taint) => !tolerationsTolerateTaint(tolerations, taint, options))
  if (untolerated.length === 0) return []
  const more = untolerated.map(
    ({ key, value, effect }): Toleration => ({
      key,
      ...(value ? { operator: 'Equal', value } : { operator: 'Exists' }),
      effect,
    }),
  )
  const texts = untolerated.map(formatTaint).join(', ')
  const taints = (node.spec?.taints ?? []).filter((taint) => !untolerated.includes(taint))
  return [
    {
      plugin: 'TaintToleration',
      node: name,
      text: `let the pod tolerate ${texts}`,
      change: { pod: withTolerations(pod.pod, more) },
    },
    {
      plugin: 'TaintToleration',
      node: name,
      text: `take ${texts} off node ${name}`,
      change: { node: { ...node, spec: { ...node.spec, taints } } },
    },
  ]
}

function withTolerations(pod: Pod, more: readonly Toleration[]): Pod {
  const tolerations = [...(pod.spec?.tolerations ?? []), ...more]
  return { ...pod, spec: { containers: [], ...pod.spec, tolerations } }
}
