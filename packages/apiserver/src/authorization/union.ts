import { aggregateMessage } from '@kube-bonsai/apimachinery'
import type { User } from '../context.ts'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer, UserRules } from './authorizer.ts'

/** Asks one authorizer after the other until one has an opinion. @see staging/src/k8s.io/apiserver/pkg/authorization/union/union.go */
export class UnionAuthorizer implements Authorizer {
  readonly #authorizers: readonly Authorizer[]

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers
  }

  authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision> | AuthorizationDecision {
    return this.#ask(attributes, 0, [])
  }

  prepare(user: User): Promise<void> | undefined {
    const waiting = this.#authorizers.flatMap((one) => one.prepare?.(user) ?? [])
    return waiting.length > 0 ? Promise.all(waiting).then(() => undefined) : undefined
  }

  /** Waits only for who has to wait. */
  #ask(
    attributes: AuthorizationAttributes,
    from: number,
    before: readonly AuthorizationDecision[],
  ): Promise<AuthorizationDecision> | AuthorizationDecision {
    const answers = [...before]
    for (let at = from; at < this.#authorizers.length; at++) {
      const answer = this.#authorizers[at]?.authorize(attributes)
      if (answer instanceof Promise)
        return answer.then((own) => (own.decision === 'none' ? this.#ask(attributes, at + 1, [...answers, own]) : own))
      if (answer === undefined) continue
      if (answer.decision !== 'none') return answer
      answers.push(answer)
    }
    return noOpinion(answers)
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

function noOpinion(answers: readonly AuthorizationDecision[]): AuthorizationDecision {
  const reasons = answers.map(({ reason }) => reason).filter((reason) => reason !== '')
  const errors = answers.flatMap(({ error }) => error ?? [])
  const error = errors.length > 0 ? { error: aggregateMessage(errors) } : undefined
  return { decision: 'none', reason: reasons.join('\n'), ...error }
}
