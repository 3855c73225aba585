import type { RequestContext } from '../../context.ts'
import type { AdmissionPlugin, Attributes } from '../chain.ts'
import type { MatchedResource } from '../policies/rule-matching.ts'
import { askWebhook } from './call.ts'
import { CallFailure, refusalOf } from './failures.ts'
import { isShown, matchWebhook, type Webhook, webhooksOf } from './webhook.ts'

/** Asks validating webhooks, all at the same time; the first of those that refuse is heard. @see staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/validating/dispatcher.go */
export const validatingWebhooks: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  async validate(context, attributes) {
    if (!isShown(attributes)) return
    const webhooks = await webhooksOf(context, 'validating')
    if (webhooks.length === 0) return
    const calls: Promise<unknown>[] = []
    for (const webhook of webhooks) {
      const matched = await matchWebhook(context, attributes, webhook)
      if (matched) calls.push(ask(context, attributes, webhook, matched).catch((error: unknown) => ({ error })))
    }
    for (const outcome of await Promise.all(calls))
      if (typeof outcome === 'object' && outcome !== null && 'error' in outcome) throw outcome.error
  },
}

async function ask(
  context: RequestContext,
  attributes: Attributes,
  webhook: Webhook,
  matched: MatchedResource,
): Promise<void> {
  try {
    await askWebhook(context, attributes, webhook, matched, false)
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    if (webhook.hook.failurePolicy !== 'Ignore') throw refusalOf(error)
  }
}
