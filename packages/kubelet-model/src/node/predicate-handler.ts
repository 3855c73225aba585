import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { parseResources } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { isCriticalPod } from '../status/pod-kind.ts'
import type { Admission, AdmitHandler, AdmittedPod } from './admission.ts'
import { type NodeAmounts, nodeAmounts } from './node-amounts.ts'
import { type Misfit, misfits, misfitText, type Shortage } from './predicates.ts'
import { podsToPreempt } from './preemption.ts'

/** What the predicates know of their node. */
export interface PredicateOptions {
  /** What pods may take; see NodeAmounts for units. */
  readonly allocatable: NodeAmounts
  /** The node object as it is now; undefined where it is not known, and then only resources count. */
  readonly node: () => Node | undefined
  /** The runtime can do without the groups of an image. */
  readonly supplementalGroupsPolicy: () => boolean
  readonly gates: FeatureGates
}

const os = 'linux'

/** Looks at a pod as the scheduler would, and at what the scheduler does not know; critical pods make room for themselves. */
export class PredicateHandler implements AdmitHandler {
  readonly #options: PredicateOptions

  constructor(options: PredicateOptions) {
    this.#options = options
  }

  admit(pod: Pod, others: readonly AdmittedPod[]): Admission {
    const { allocatable, node, gates, supplementalGroupsPolicy } = this.#options
    const label = pod.metadata.labels?.['kubernetes.io/os']
    if (label !== undefined && label !== os) {
      const message = "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"
      return { admit: false, reason: 'PodOSSelectorNodeLabelDoesNotMatch', message }
    }
    if (pod.spec?.os !== undefined && pod.spec.os.name !== os) {
      const message = "Failed to admit pod as the OS field doesn't match node OS"
      return { admit: false, reason: 'PodOSNotSupported', message }
    }
    if (pod.spec?.securityContext?.supplementalGroupsPolicy === 'Strict' && !supplementalGroupsPolicy()) {
      const message = 'SupplementalGroupsPolicy=Strict is not supported in this node'
      return { admit: false, reason: 'SupplementalGroupsPolicyNotSupported', message }
    }
    const known = node()
    const found = misfits(pod, others, withAdvertised(allocatable, known), known, gates)
    const [worst] = found
    if (worst === undefined) return { admit: true }
    return isCriticalPod(pod) ? makeRoom(pod, others, found) : { admit: false, ...misfitText(worst) }
  }
}

/** What is allocatable, with the extended resources that others have advertised on the node. */
function withAdvertised(allocatable: NodeAmounts, node: Node | undefined): NodeAmounts {
  const listed = node?.status?.allocatable ?? {}
  const added = Object.keys(listed).filter((name) => !allocatable.has(name))
  if (added.length === 0) return allocatable
  const more = parseResources(Object.fromEntries(added.map((name) => [name, listed[name] ?? '0'])))
  return new Map([...allocatable, ...nodeAmounts(more)])
}

/** A critical pod never fails for a lack of resources: others go. */
function makeRoom(pod: Pod, others: readonly AdmittedPod[], found: readonly Misfit[]): Admission {
  const other = found.find(({ kind }) => kind !== 'resource')
  if (other !== undefined) return { admit: false, ...misfitText(other) }
  const short = found.filter((misfit): misfit is Shortage => misfit.kind === 'resource')
  try {
    const preempt = podsToPreempt(pod, others, short)
    return { admit: false, reason: short[0]?.resource ?? '', message: '', preempt }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = `Unexpected error while attempting to recover from admission failure: ${error.message}`
    return { admit: false, reason: 'UnexpectedAdmissionError', message }
  }
}
