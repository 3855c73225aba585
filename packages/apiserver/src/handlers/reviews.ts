import type { KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import type { User } from '../context.ts'

/** How reviews are answered while everybody may do everything. Kinds that are not here are refused. */
export const reviewAccess: Readonly<Record<string, ((body: KubeObject, user: User) => KubeObject) | undefined>> = {
  SelfSubjectAccessReview: allowed,
  SubjectAccessReview: allowed,
  LocalSubjectAccessReview: allowed,
  SelfSubjectReview: (body, { name, uid, groups }) =>
    answer(body, { userInfo: { username: name, ...(uid !== undefined && { uid }), groups } }),
}

function allowed(body: KubeObject): KubeObject {
  return answer(body, { allowed: true })
}

function answer(body: KubeObject, status: object): Unstructured {
  return { ...body, status }
}
