import { quote } from '@kube-bonsai/apimachinery'
import { fieldsOf, textOf } from '../meta/json.ts'

/** The annotation by which groups of the community say that their API was approved. */
export const approvalAnnotation = 'api-approved.kubernetes.io'

/** What an annotation says about the approval of an API. */
export interface ApiApproval {
  readonly state: 'approved' | 'bypassed' | 'invalid' | 'missing'
  readonly reason: string
}

const see = 'see https://github.com/kubernetes/enhancements/pull/1111'

/**
 * Whether a definition in a group of the community was approved; undefined for other groups.
 *
 * @param annotations those of the definition
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apihelpers/helpers.go GetAPIApprovalState
 */
export function apiApprovalOf(group: string, annotations: unknown): ApiApproval | undefined {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return undefined
  const text = textOf(fieldsOf(annotations)[approvalAnnotation])
  const named = `protected groups must have approval annotation ${quote(approvalAnnotation)}`
  if (text === '') return { state: 'missing', reason: `${named}, ${see}` }
  if (text.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${quote(text)}` }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+[^\s]*$/.test(text))
    return { state: 'approved', reason: `approved in ${text}` }
  return { state: 'invalid', reason: `${named} with either a URL or a reason starting with "unapproved", ${see}` }
}
