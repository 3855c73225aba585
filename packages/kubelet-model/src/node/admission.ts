import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Metrics } from '../metrics/metrics.ts'
import type { NodeAmounts } from './node-amounts.ts'

/** Whether a pod may run here. */
export type Admission =
  | { readonly admit: true }
  | {
      readonly admit: false
      readonly reason: string
      readonly message: string
      /** Pods that must end first; then the pod is to be looked at again. */
      readonly preempt?: readonly Pod[]
    }

/** A pod of the node with what it was promised. */
export interface AdmittedPod {
  /** Its spec states what was allocated. */
  readonly pod: Pod
  /** What it takes of the node: what was allocated, or what it still runs with where that is more. */
  readonly requests: NodeAmounts
}

/** Has a say in whether a pod may run on a node, or may have what a resize asks for. */
export interface AdmitHandler {
  /** @param others every other pod of the node that has not ended. */
  admit(pod: Pod, others: readonly AdmittedPod[]): Admission
}

/** The first refusal of several handlers. */
export function admitAll(handlers: readonly AdmitHandler[], pod: Pod, others: readonly AdmittedPod[]): Admission {
  for (const handler of handlers) {
    const answer = handler.admit(pod, others)
    if (!answer.admit) return answer
  }
  return { admit: true }
}

const countedReasons: ReadonlySet<string> = new Set([
  'AppArmor',
  'PodOSSelectorNodeLabelDoesNotMatch',
  'PodOSNotSupported',
  'InvalidNodeInfo',
  'InitContainerRestartPolicyForbidden',
  'SupplementalGroupsPolicyNotSupported',
  'UnexpectedAdmissionError',
  'UnknownReason',
  'UnexpectedPredicateFailureType',
  'OutOfcpu',
  'OutOfmemory',
  'OutOfephemeral-storage',
  'OutOfpods',
  'PodLevelResourcesNotSupported',
  'PodFeatureUnsupported',
  "node(s) had taints that the pod didn't tolerate",
  'Evicted',
  'SysctlForbidden',
  'TopologyAffinityError',
  'NodeShutdown',
  'VolumeAttachmentLimitExceeded',
])

/** Counts a refusal in `admission_rejections_total`; reasons that are not listed share a label. */
export function countRejection(metrics: Metrics, reason: string): void {
  const others = reason.startsWith('OutOf') ? 'OutOfExtendedResources' : 'Other'
  metrics.counter('admission_rejections_total').add(1, { reason: countedReasons.has(reason) ? reason : others })
}
