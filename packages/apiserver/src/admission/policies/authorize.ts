import type { AuthorizationQuestion, AuthorizationSubject, Authorize } from '@kube-bonsai/cel'
import type { AuthorizationAttributes } from '../../authorization/authorizer.ts'
import { fieldRequirements, labelRequirements } from '../../authorization/request-selectors.ts'
import type { RequestContext, User } from '../../context.ts'

/** Answers `authorizer` in expressions by the server's authorizer, which has to be prepared for the user. */
export const authorizeExpression = ({ server, user }: RequestContext): Authorize => {
  return (question) => {
    const answer = server.authorizer.authorize(attributesFor(question, subjectOf(question.subject, user)))
    if (answer instanceof Promise)
      return { allowed: false, reason: '', error: 'unsupported: an authorizer that answers later, in expressions' }
    const { decision, reason, error } = answer
    return { allowed: decision === 'allow', reason, ...(error !== undefined && { error }) }
  }
}

/** The user of the request, or the service account that the expression names. */
function subjectOf(subject: AuthorizationSubject, user: User): User {
  if (subject.kind === 'user') return user
  const { namespace, name } = subject
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { name: `system:serviceaccount:${namespace}:${name}`, groups }
}

function attributesFor(question: AuthorizationQuestion, user: User): AuthorizationAttributes {
  if ('path' in question) return { kind: 'path', user, verb: question.verb, path: question.path }
  const { verb, group, resource, subresource, namespace, name } = question
  const fieldSelector = fieldRequirements(question.fieldSelector)
  const labelSelector = labelRequirements(question.labelSelector)
  return {
    kind: 'resource',
    user,
    verb,
    group,
    version: '*',
    resource,
    subresource,
    namespace,
    name,
    ...(fieldSelector.length > 0 && { fieldSelector }),
    ...(labelSelector.length > 0 && { labelSelector }),
  }
}
