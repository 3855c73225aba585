import type { MutatingWebhook, ValidatingWebhook } from '@kube-bonsai/api-types/admissionregistration/v1'
import { type KubeObject, newForbidden } from '@kube-bonsai/apimachinery'
import { groupResource, type RequestContext } from '../../context.ts'
import { loadExpressions } from '../../expressions.ts'
import type { Attributes } from '../chain.ts'
import { evaluateConditions } from '../policies/match-conditions.ts'
import { requestInput } from '../policies/request-input.ts'
import { type MatchedResource, matchResources } from '../policies/rule-matching.ts'

/** A webhook of either kind, with the configuration that it is of. */
export interface Webhook {
  readonly configuration: string
  readonly index: number
  readonly hook: MutatingWebhook & ValidatingWebhook
}

const folders = { mutating: 'mutatingwebhookconfigurations', validating: 'validatingwebhookconfigurations' } as const

/** All webhooks of a kind: by the name of their configuration, then in its order. */
export async function webhooksOf({ server }: RequestContext, kind: keyof typeof folders): Promise<readonly Webhook[]> {
  const { items } = await server.storage.range({ prefix: `/registry/admissionregistration.k8s.io/${folders[kind]}/` })
  return items.flatMap(({ value }) => {
    const { metadata, webhooks = [] } = value as KubeObject & { readonly webhooks?: readonly Webhook['hook'][] }
    return webhooks.map((hook, index) => ({ configuration: metadata.name ?? '', index, hook }))
  })
}

/** Configurations of admission itself are never shown to webhooks, or none could be mended. */
export function isShown({ target }: Attributes): boolean {
  return target.info.group !== 'admissionregistration.k8s.io'
}

/**
 * The resource, in the version that a webhook asked for, if the webhook is to see the request. Throws a 403 when its conditions fail.
 * @see staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/generic/webhook.go ShouldCallHook
 */
export async function matchWebhook(
  context: RequestContext,
  attributes: Attributes,
  { hook }: Webhook,
): Promise<MatchedResource | undefined> {
  const { namespaceSelector, objectSelector, matchPolicy, rules = [], matchConditions = [] } = hook
  if (rules.length === 0) return undefined
  const matched = await matchResources(
    {
      ...(namespaceSelector && { namespaceSelector }),
      ...(objectSelector && { objectSelector }),
      ...(matchPolicy && { matchPolicy }),
      resourceRules: rules,
    },
    context,
    attributes,
  )
  if (matched === undefined || matchConditions.length === 0) return matched
  const engine = await loadExpressions()
  const compiler = new engine.PolicyCompiler(true)
  const compiled = matchConditions.map(({ expression }) =>
    compiler.compile(expression, 'matchCondition', { hasParams: false, hasAuthorizer: true }),
  )
  const input = await requestInput(context, attributes, matched)
  const answer = evaluateConditions(engine, compiled, input, hook.failurePolicy ?? 'Fail')
  if ('error' in answer) throw newForbidden(groupResource(attributes.target), attributes.name, answer.error)
  return answer.matches ? matched : undefined
}
