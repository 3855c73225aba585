import type { ResourceQuota, ScopedResourceSelectorRequirement } from '@kube-bonsai/api-types/core/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { addResources, formatResources, type Resources } from '@kube-bonsai/component-helpers'
import { type Attributes, forbidden } from '../chain.ts'
import { amountsOf, lessUsed, masked, printed, sameAmounts, withoutZeros } from './amounts.ts'
import type { Evaluator, QuotaContext } from './evaluator.ts'

/** A quota with what would be used of it. */
export interface Charge {
  readonly quota: ResourceQuota
  readonly used: Resources
}

/**
 * The quotas that a request uses more of, with their new usage. Throws the 403 when one does not have that much left.
 * @see staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go CheckRequest
 */
export function chargesOf(
  quotas: readonly ResourceQuota[],
  attributes: Attributes,
  evaluator: Evaluator,
  context: QuotaContext,
): readonly Charge[] {
  const { object, old, operation, subresource } = attributes
  const concerned = quotas.filter((quota) => matches(quota, evaluator, object))
  for (const quota of concerned) checkQuota(quota, attributes, evaluator, context)
  const usage = evaluator.usage(object, context)
  const negative = [...usage].filter(([, amount]) => amount.sign() < 0).map(([name]) => name)
  if (negative.length > 0)
    throw forbidden(attributes, `quota usage is negative for resource(s): ${negative.sort().join(',')}`)
  const isChange = operation === 'UPDATE' && old !== undefined
  const change = isChange ? lessUsed(usage, evaluator.usage(old, context)) : usage
  return concerned.flatMap((quota) => {
    const delta = withoutZeros(isChange && matches(quota, evaluator, old) ? change : usage)
    const { name = '' } = quota.metadata
    const hard = amountsOf(quota.status?.hard)
    const before = amountsOf(quota.status?.used)
    const requested = masked(delta, hard.keys())
    const used = addResources(before, requested)
    const exceeded = [...hard].filter(([key, most]) => requested.has(key) && (used.get(key)?.cmp(most) ?? 0) > 0)
    if (exceeded.length > 0 && subresource !== 'status') {
      const keys = exceeded.map(([key]) => key)
      const [asked, had, limit] = [requested, before, hard].map((amounts) => printed(masked(amounts, keys)))
      throw forbidden(attributes, `exceeded quota: ${name}, requested: ${asked}, used: ${had}, limited: ${limit}`)
    }
    return sameAmounts(before, used) ? [] : [{ quota, used }]
  })
}

/** The quota with its new usage. */
export function charged({ quota, used }: Charge): ResourceQuota {
  return { ...quota, status: { ...quota.status, used: formatResources(used) } } as ResourceQuota
}

function checkQuota(quota: ResourceQuota, attributes: Attributes, evaluator: Evaluator, context: QuotaContext): void {
  const { name = '' } = quota.metadata
  const restricted = evaluator.matchingResources(Object.keys(quota.status?.hard ?? {}))
  const problem = evaluator.constraint?.(restricted, attributes.object, context)
  if (problem !== undefined) throw forbidden(attributes, `failed quota: ${name}: ${problem}`)
  const used = quota.status?.used ?? {}
  if (restricted.every((resource) => Object.hasOwn(used, resource))) return
  const all = [...restricted].sort().join(',')
  throw forbidden(attributes, `status unknown for quota: ${name}, resources: ${all}`)
}

function matches(quota: ResourceQuota, evaluator: Evaluator, object: KubeObject): boolean {
  if (evaluator.matchingResources(Object.keys(quota.status?.hard ?? {})).length === 0) return false
  return scopesOf(quota).every((scope) => evaluator.matchesScope(scope, object))
}

function scopesOf({ spec }: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' as const }))
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])]
}
