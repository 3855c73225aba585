import type { SelfSubjectRulesReviewSpec, SubjectRulesReviewStatus } from '@kube-bonsai/api-types/authorization/v1'
import type { PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import { aggregateMessage, type KubeObject, newBadRequest } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'

/** `SelfSubjectRulesReview`: what may I do in this namespace, as far as it can be listed? @see pkg/registry/authorization/selfsubjectrulesreview/rest.go */
export async function reviewOwnRules({ server, user }: RequestContext, review: KubeObject): Promise<KubeObject> {
  const { namespace = '' } = (review as { readonly spec?: SelfSubjectRulesReviewSpec }).spec ?? {}
  if (namespace === '') throw newBadRequest('no namespace on request')
  const { rules, incomplete, errors } = (await server.authorizer.rulesFor?.(user, namespace)) ?? {
    rules: [],
    incomplete: false,
    errors: [],
  }
  const status: SubjectRulesReviewStatus = {
    resourceRules: rules.filter(({ resources = [] }) => resources.length > 0).map(resourceRule),
    nonResourceRules: rules
      .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs })),
    incomplete,
    ...(errors.length > 0 && { evaluationError: aggregateMessage(errors) }),
  }
  // The answer does not repeat the question.
  const { apiVersion, kind } = review
  return { kind, apiVersion, metadata: {}, spec: {}, status } as KubeObject
}

function resourceRule({ verbs, apiGroups = [], resources = [], resourceNames = [] }: PolicyRule) {
  return { verbs, apiGroups, resources, ...(resourceNames.length > 0 && { resourceNames }) }
}
