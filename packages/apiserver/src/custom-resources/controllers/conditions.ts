import { apiApprovalOf, structuralViolations } from '@kube-bonsai/api-strategies'
import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import { holds, type NewCondition, says, withCondition } from '../definition.ts'

/**
 * The definition with what the policy for groups of the community has to say of it; itself when nothing changes.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/controller/apiapproval/apiapproval_controller.go
 */
export function withApproval(crd: CustomResourceDefinition, now: string): CustomResourceDefinition {
  const approval = apiApprovalOf(crd.spec.group, crd.metadata.annotations)
  if (approval === undefined) return crd
  const { state, reason: message } = approval
  const [status, reason] = (
    {
      invalid: ['False', 'InvalidAnnotation'],
      missing: ['False', 'MissingAnnotation'],
      approved: ['True', 'ApprovedAnnotation'],
      bypassed: ['False', 'UnapprovedAnnotation'],
    } as const
  )[state]
  return withNew(crd, { type: 'KubernetesAPIApprovalPolicyConformant', status, reason, message }, now)
}

/**
 * The definition with what is not structural about its schemas; itself when nothing changes.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/controller/nonstructuralschema/nonstructuralschema_controller.go
 */
export function withStructural(crd: CustomResourceDefinition, now: string): CustomResourceDefinition {
  const message = structuralViolations(crd)
  if (message !== '')
    return withNew(crd, { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message }, now)
  const conditions = crd.status?.conditions ?? []
  const kept = conditions.filter(({ type }) => type !== 'NonStructuralSchema')
  return kept.length === conditions.length ? crd : { ...crd, status: { ...crd.status, conditions: kept } }
}

/**
 * The definition as established once its names are accepted; itself when nothing changes.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/controller/establish/establishing_controller.go
 */
export function withEstablished(crd: CustomResourceDefinition, now: string): CustomResourceDefinition {
  if (!holds(crd, 'NamesAccepted') || holds(crd, 'Established')) return crd
  const bundle = crd.spec.conversion?.webhook?.clientConfig?.caBundle ?? ''
  const condition: NewCondition = isCertificates(bundle)
    ? {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      }
    : {
        type: 'Established',
        status: 'False',
        reason: 'InvalidCABundle',
        message: 'The conversion webhook CABundle is invalid',
      }
  return withNew(crd, condition, now)
}

function withNew(crd: CustomResourceDefinition, condition: NewCondition, now: string): CustomResourceDefinition {
  return says(crd, condition) ? crd : withCondition(crd, condition, now)
}

/** Whether a bundle in base64 is empty, or holds a certificate in PEM. */
function isCertificates(bundle: string): boolean {
  if (bundle === '') return true
  try {
    return atob(bundle).includes('-----BEGIN CERTIFICATE-----')
  } catch {
    return false
  }
}
