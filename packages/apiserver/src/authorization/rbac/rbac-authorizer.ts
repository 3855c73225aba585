import type { Subject } from '@kube-bonsai/api-types/rbac/v1'
import { aggregateMessage, quote } from '@kube-bonsai/apimachinery'
import type { User } from '../../context.ts'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer, UserRules } from '../authorizer.ts'
import type { Binding, Policies } from './policies.ts'
import { ruleAllows } from './rule-matching.ts'

/** `RBAC`: allows what a rule of a role grants that is bound to the user, and has no opinion on all else. @see plugin/pkg/auth/authorizer/rbac/rbac.go */
export class RbacAuthorizer implements Authorizer {
  readonly #policies: Policies

  constructor(policies: Policies) {
    this.#policies = policies
  }

  authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision> | AuthorizationDecision {
    const waiting = this.#policies.ready()
    return waiting ? waiting.then(() => this.#decide(attributes)) : this.#decide(attributes)
  }

  prepare(): Promise<void> | undefined {
    return this.#policies.ready()
  }

  async rulesFor(user: User, namespace: string): Promise<UserRules> {
    await this.#policies.ready()
    const grants = [...this.#policies.grantsOf(user, namespace)]
    const rules = grants.flatMap((grant) => ('rule' in grant ? [grant.rule] : []))
    const errors = grants.flatMap((grant) => ('error' in grant ? [grant.error.message] : []))
    return { rules, incomplete: false, errors }
  }

  #decide(attributes: AuthorizationAttributes): AuthorizationDecision {
    const namespace = attributes.kind === 'resource' ? attributes.namespace : ''
    const errors: string[] = []
    for (const grant of this.#policies.grantsOf(attributes.user, namespace)) {
      if ('error' in grant) errors.push(grant.error.message)
      else if (ruleAllows(grant.rule, attributes))
        return { decision: 'allow', reason: `RBAC: allowed by ${describe(grant.binding, grant.subject)}` }
    }
    return { decision: 'none', reason: errors.length > 0 ? `RBAC: ${aggregateMessage(errors)}` : '' }
  }
}

function describe({ name, namespace, roleRef }: Binding, subject: Subject): string {
  const what = namespace === '' ? `ClusterRoleBinding ${quote(name)}` : `RoleBinding ${quote(`${name}/${namespace}`)}`
  const who =
    subject.kind === 'ServiceAccount' ? quote(`${subject.name}/${subject.namespace || namespace}`) : quote(subject.name)
  return `${what} of ${roleRef.kind} ${quote(roleRef.name)} to ${subject.kind} ${who}`
}
