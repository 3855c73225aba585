import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { findUntoleratedTaint, requiredNodeAffinity } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { isStaticPod } from '../status/pod-kind.ts'
import type { AdmittedPod } from './admission.ts'
import { type NodeAmounts, requestedBy, totalOf } from './node-amounts.ts'
import { portsConflict } from './pod-ports.ts'

/** Too little of a resource is left. */
export interface Shortage {
  readonly kind: 'resource'
  readonly resource: string
  readonly requested: bigint
  readonly used: bigint
  readonly capacity: bigint
}

/** Why a pod does not fit a node: a resource, or what the scheduler would have looked at. */
export type Misfit = Shortage | { readonly kind: 'predicate'; readonly name: string; readonly why: string }

/** The kubelet's words for a misfit. */
export function misfitText(misfit: Misfit): { readonly reason: string; readonly message: string } {
  if (misfit.kind === 'predicate') {
    return { reason: misfit.name, message: `Predicate ${misfit.name} failed: ${misfit.why}` }
  }
  const { resource, requested, used, capacity } = misfit
  const counts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`
  return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${counts}` }
}

const first = ['cpu', 'memory', 'ephemeral-storage']

/**
 * What a pod finds too little of, pods first. Resources that `allocatable` does not name are not this node's to give:
 * extended ones pass, a number of pods is then not limited.
 */
export function shortages(
  pod: Pod,
  others: readonly AdmittedPod[],
  allocatable: NodeAmounts,
  requests: NodeAmounts = requestedBy(pod),
): readonly Shortage[] {
  const found: Shortage[] = []
  const pods = allocatable.get('pods')
  const count = BigInt(others.length)
  if (pods !== undefined && count + 1n > pods) {
    found.push({ kind: 'resource', resource: 'pods', requested: 1n, used: count, capacity: pods })
  }
  const used = totalOf(others.map((other) => other.requests))
  const rest = [...requests.keys()].filter((name) => !first.includes(name)).sort()
  for (const resource of [...first, ...rest]) {
    const requested = requests.get(resource) ?? 0n
    const capacity = allocatable.get(resource)
    if (requested === 0n || capacity === undefined) continue
    const taken = used.get(resource) ?? 0n
    if (requested > capacity - taken) found.push({ kind: 'resource', resource, requested, used: taken, capacity })
  }
  return found
}

/**
 * Everything that speaks against a pod on a node, in upstream's order. Without a node only resources are looked at.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/lifecycle/predicate.go
 */
export function misfits(
  pod: Pod,
  others: readonly AdmittedPod[],
  allocatable: NodeAmounts,
  node: Node | undefined,
  gates: FeatureGates,
): readonly Misfit[] {
  const found: Misfit[] = [...shortages(pod, others, allocatable)]
  const against = (name: string, why: string) => void found.push({ kind: 'predicate', name, why })
  if (node !== undefined && !affinityMatches(pod, node)) {
    against('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  }
  const { nodeName } = pod.spec ?? {}
  if (node !== undefined && nodeName && nodeName !== node.metadata.name) {
    against('NodeName', "node(s) didn't match the requested node name")
  }
  if (others.some((other) => portsConflict(pod, other.pod))) {
    against('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  }
  const taints = isStaticPod(pod) ? [] : (node?.spec?.taints ?? [])
  const comparisonOperators = gates.enabled('TaintTolerationComparisonOperators')
  if (findUntoleratedTaint(taints, pod.spec?.tolerations ?? [], ['NoExecute'], { comparisonOperators })) {
    against('TaintToleration', "node(s) had taints that the pod didn't tolerate")
  }
  return found
}

function affinityMatches(pod: Pod, node: Node): boolean {
  try {
    return requiredNodeAffinity(pod).matches(node)
  } catch {
    return false
  }
}
