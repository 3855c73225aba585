import type { KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { userInfo } from './user-info.ts'

/** Who am I? Whatever the review says, only the answer comes back. @see pkg/registry/authentication/selfsubjectreview/rest.go */
export function reviewSelf({ user, now }: RequestContext, review: KubeObject): KubeObject {
  const answer: Unstructured = {
    apiVersion: review.apiVersion,
    kind: review.kind,
    metadata: { creationTimestamp: now },
    status: { userInfo: userInfo(user) },
  }
  return answer
}
