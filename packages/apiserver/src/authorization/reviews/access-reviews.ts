import type {
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewStatus,
} from '@kube-bonsai/api-types/authorization/v1'
import { type KubeObject, newBadRequest, newInvalid } from '@kube-bonsai/apimachinery'
import type { RequestContext, User } from '../../context.ts'
import type { AuthorizationAttributes } from '../authorizer.ts'
import { type ReadSelector, readFields, readLabels } from './selectors.ts'
import { type ReviewKind, specOf, validateReview } from './spec.ts'

/** `SelfSubjectAccessReview`: may I? */
export function reviewOwnAccess(context: RequestContext, review: KubeObject): Promise<KubeObject> {
  return answer(context, 'SelfSubjectAccessReview', review, context.user)
}

/** `SubjectAccessReview`: may they? */
export function reviewAccessOf(context: RequestContext, review: KubeObject): Promise<KubeObject> {
  return answer(context, 'SubjectAccessReview', review, userOf(review))
}

/** `LocalSubjectAccessReview`: may they, in this namespace? */
export function reviewLocalAccess(context: RequestContext, review: KubeObject, namespace: string): Promise<KubeObject> {
  const own = review.metadata.namespace ?? ''
  if (own !== '' && own !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
  const placed = { ...review, metadata: { ...review.metadata, namespace } }
  return answer(context, 'LocalSubjectAccessReview', placed, userOf(review))
}

async function answer(
  { server }: RequestContext,
  kind: ReviewKind,
  review: KubeObject,
  user: User,
): Promise<KubeObject> {
  const errors = validateReview(kind, review)
  // The kind is not named: upstream asks for that of the internal form, which has none.
  if (errors.length > 0) throw newInvalid({ group: 'authorization.k8s.io', kind: '' }, '', errors)
  const { resourceAttributes, nonResourceAttributes } = specOf(review)
  const question = resourceAttributes
    ? resourceQuestion(user, resourceAttributes)
    : { attributes: pathQuestion(user, nonResourceAttributes ?? {}), errors: [] }
  const { decision, reason, error } = await server.authorizer.authorize(question.attributes)
  const evaluation = [...(error === undefined ? [] : [error]), ...question.errors].join('; ')
  const status: SubjectAccessReviewStatus = {
    allowed: decision === 'allow',
    ...(decision === 'deny' && { denied: true }),
    ...(reason !== '' && { reason }),
    ...(evaluation !== '' && { evaluationError: evaluation }),
  }
  return { ...review, status } as KubeObject
}

function userOf(review: KubeObject): User {
  const { user = '', groups = [], uid, extra } = specOf(review)
  return { name: user, groups, ...(uid && { uid }), ...(extra && { extra }) }
}

function pathQuestion(user: User, { path = '', verb = '' }: NonResourceAttributes): AuthorizationAttributes {
  return { kind: 'path', user, verb, path }
}

/** @see pkg/registry/authorization/util/helpers.go ResourceAttributesFrom */
function resourceQuestion(
  user: User,
  asked: ResourceAttributes,
): { readonly attributes: AuthorizationAttributes; readonly errors: readonly string[] } {
  const { verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = asked
  const fields = asked.fieldSelector && readFields(asked.fieldSelector)
  const labels = asked.labelSelector && readLabels(asked.labelSelector)
  const attributes: AuthorizationAttributes = {
    kind: 'resource',
    user,
    verb,
    group,
    version: asked.version || '*',
    resource,
    subresource,
    namespace,
    name,
    ...(fields && fields.requirements.length > 0 && { fieldSelector: fields.requirements }),
    ...(labels && labels.requirements.length > 0 && { labelSelector: labels.requirements }),
  }
  return { attributes, errors: [...ignored('fieldSelector', fields), ...ignored('labelSelector', labels)] }
}

function ignored(name: string, selector: ReadSelector | undefined): readonly string[] {
  if (!selector?.isPartial) return []
  const how = selector.requirements.length > 0 ? 'partially ignored' : 'ignored'
  return [`spec.resourceAttributes.${name} ${how} due to parse error`]
}
