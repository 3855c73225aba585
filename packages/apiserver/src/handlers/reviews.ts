import type { KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import { reviewAccessOf, reviewLocalAccess, reviewOwnAccess } from '../authorization/reviews/access-reviews.ts'
import { reviewOwnRules } from '../authorization/reviews/rules-review.ts'
import type { RequestContext } from '../context.ts'

/** Answers a review. Throws a StatusError for one that is not sound. */
export type Review = (
  context: RequestContext,
  review: KubeObject,
  namespace: string,
) => Promise<KubeObject> | KubeObject

/** How reviews are answered, by kind. Kinds that are not here are refused. */
export const reviews: Readonly<Record<string, Review | undefined>> = {
  SelfSubjectAccessReview: reviewOwnAccess,
  SubjectAccessReview: reviewAccessOf,
  LocalSubjectAccessReview: reviewLocalAccess,
  SelfSubjectRulesReview: reviewOwnRules,
  SelfSubjectReview: ({ user: { name, uid, groups } }, review) =>
    answer(review, { userInfo: { username: name, ...(uid !== undefined && { uid }), groups } }),
}

function answer(body: KubeObject, status: object): Unstructured {
  return { ...body, status }
}
