import type { KubeObject } from '@kube-bonsai/apimachinery'
import { reviewSelf } from '../authentication/reviews/self-subject-review.ts'
import { reviewToken } from '../authentication/reviews/token-review.ts'
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
  SelfSubjectReview: reviewSelf,
  TokenReview: reviewToken,
}
