import type { KubeObject, LabelSelector } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import type { MatchResources } from './rule-matching.ts'

interface Named {
  readonly name: string
  readonly expression: string
}

/** What a policy of either kind says, as far as admission reads it. */
export interface PolicySpec {
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string }
  readonly matchConstraints?: MatchResources
  readonly failurePolicy?: string
  readonly reinvocationPolicy?: string
  readonly matchConditions?: readonly Named[]
  readonly variables?: readonly Named[]
  readonly validations?: readonly {
    readonly expression: string
    readonly message?: string
    readonly messageExpression?: string
    readonly reason?: string
  }[]
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[]
  readonly mutations?: readonly {
    readonly patchType: string
    readonly applyConfiguration?: { readonly expression: string }
    readonly jsonPatch?: { readonly expression: string }
  }[]
}

/** Which params a binding takes. */
export interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: string
}

/** What a binding says. */
export interface BindingSpec {
  readonly policyName: string
  readonly paramRef?: ParamRef
  readonly matchResources?: MatchResources
  readonly validationActions?: readonly string[]
}

/** A policy with its bindings. */
export interface BoundPolicy {
  readonly policy: KubeObject
  readonly name: string
  readonly spec: PolicySpec
  readonly bindings: readonly { readonly name: string; readonly spec: BindingSpec }[]
}

const folder = '/registry/admissionregistration.k8s.io/'

async function all(context: RequestContext, resource: string): Promise<readonly KubeObject[]> {
  const { items } = await context.server.storage.range({ prefix: `${folder}${resource}/` })
  return items.map(({ value }) => value)
}

const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? ''

/** The policies of a kind that have bindings, by name. */
export async function boundPolicies(
  context: RequestContext,
  kind: 'validating' | 'mutating',
): Promise<readonly BoundPolicy[]> {
  const policies = await all(context, `${kind}admissionpolicies`)
  if (policies.length === 0) return []
  const bindings = (await all(context, `${kind}admissionpolicybindings`)).map((binding) => ({
    name: nameOf(binding),
    spec: (binding as unknown as { readonly spec: BindingSpec }).spec,
  }))
  return policies.flatMap((policy) => {
    const name = nameOf(policy)
    const own = bindings.filter(({ spec }) => spec.policyName === name)
    if (own.length === 0) return []
    return [{ policy, name, spec: (policy as unknown as { readonly spec: PolicySpec }).spec, bindings: own }]
  })
}

const exempt = new Set(['authentication.k8s.io', 'authorization.k8s.io'])
const own = /^(?:validating|mutating)admissionpolic(?:ies|ybindings)$/

/** Whether policies are never asked about a resource: reviews, and policies themselves. */
export const isExempt = ({ group, resource }: { readonly group: string; readonly resource: string }): boolean =>
  exempt.has(group) || (group === 'admissionregistration.k8s.io' && own.test(resource))
