import type { Node } from '@kube-bonsai/api-types/core/v1'
import type { AdmissionPlugin } from './chain.ts'

const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** New nodes are tainted as not ready until the node lifecycle controller has seen them ready. @see plugin/pkg/admission/nodetaint */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit(_context, { operation, target, subresource, object }) {
    if (operation !== 'CREATE' || target.info.resource !== 'nodes' || subresource !== '') return object
    const node = object as Node
    const taints = node.spec?.taints ?? []
    if (taints.some((entry) => entry.key === taint.key && entry.effect === taint.effect)) return node
    return { ...node, spec: { ...node.spec, taints: [...taints, taint] } }
  },
}
