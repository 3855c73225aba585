import { aggregateMessage } from '@kube-bonsai/apimachinery'
import type { User } from '../context.ts'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer, UserRules } from './authorizer.ts'

/** Asks one authorizer after the other until one has an opinion. @see staging/src/k8s.io/apiserver/pkg/authorization/union/union.go */
export class UnionAuthorizer implements Authorizer {
  readonly #authorizers: readonly Authorizer[]

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers
  }

  async authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision> {
    const reasons: string[] = []
    const errors: string[] = []
    for (const authorizer of this.#authorizers) {
      const answer = await authorizer.authorize(attributes)
      if (answer.decision !== 'none') return answer
      if (answer.reason !== '') reasons.push(answer.reason)
      if (answer.error !== undefined) errors.push(answer.error)
    }
    const error = errors.length > 0 ? { error: aggregateMessage(errors) } : undefined
    return { decision: 'none', reason: reasons.join('\n'), ...error }
  }

  async rulesFor(user: User, namespace: string): Promise<UserRules> {
    const answers = await Promise.all(this.#authorizers.map((one) => one.rulesFor?.(user, namespace)))
    const known = answers.filter((answer) => answer !== undefined)
    return {
      rules: known.flatMap(({ rules }) => rules),
      incomplete: known.some(({ incomplete }) => incomplete),
      errors: known.flatMap(({ errors }) => errors),
    }
  }
}
