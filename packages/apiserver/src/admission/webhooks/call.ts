import { jsonSyntaxError, newGenericServerResponse } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import type { Attributes } from '../chain.ts'
import type { MatchedResource } from '../policies/rule-matching.ts'
import { CallFailure, denial, dryRunUnsupported } from './failures.ts'
import { readVerdict, reviewOf, type Verdict } from './review.ts'
import type { Webhook } from './webhook.ts'

/** A POST to a webhook over HTTPS. */
export interface AdmissionCall {
  /** With the name of the service as host, `https://NAME.NAMESPACE.svc:443/PATH`, where the webhook is one of the cluster. */
  readonly url: string
  /** The certificates to trust, PEM in base64; empty for those of the host. */
  readonly caBundle: string
  /** JSON. */
  readonly body: string
  /** How long the answer may take. */
  readonly timeoutSeconds: number
}

/** Reaches admission webhooks for a server, which itself knows no network. Rejects when there is no answer. */
export type AdmissionWebhookFetch = (call: AdmissionCall) => Promise<{ readonly status: number; readonly body: string }>

/**
 * Asks a webhook. Throws a CallFailure when there is no sound answer, a StatusError when the answer is no.
 * @see staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go callAttrMutatingHook
 */
export async function askWebhook(
  context: RequestContext,
  attributes: Attributes,
  { hook }: Webhook,
  matched: MatchedResource,
  mutating: boolean,
): Promise<Verdict> {
  const { name, sideEffects, timeoutSeconds = 10, admissionReviewVersions } = hook
  if (attributes.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') throw dryRunUnsupported(name)
  const review = reviewOf(context, attributes, matched, admissionReviewVersions)
  if (review === undefined) {
    const why = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)'
    throw new CallFailure(name, `could not create admission objects: ${why}`)
  }
  const url = `${addressOf(hook)}?timeout=${timeoutSeconds}s`
  const call = { url, caBundle: hook.clientConfig?.caBundle ?? '', body: JSON.stringify(review.body), timeoutSeconds }
  let verdict: Verdict
  try {
    const answer = parsed(await inTime(context, call))
    verdict = readSafely(() => readVerdict(review, answer, mutating))
  } catch (error) {
    throw new CallFailure(name, error instanceof Error ? error.message : String(error))
  }
  for (const text of verdict.warnings) context.warn(text)
  if (!verdict.allowed) throw denial(name, verdict.result)
  return verdict
}

function readSafely(read: () => Verdict): Verdict {
  try {
    return read()
  } catch (error) {
    throw new Error(`received invalid webhook response: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The answer, or an Error when it does not come in time. */
async function inTime(
  { server }: RequestContext,
  call: AdmissionCall,
): Promise<{ readonly status: number; readonly body: string }> {
  const send = server.admissionWebhooks
  const failed = (why: string) => new Error(`failed to call webhook: Post "${call.url}": ${why}`)
  if (send === undefined) throw failed('unsupported: this server has no way to reach webhooks')
  return new Promise((resolve, reject) => {
    const due = server.clock.now() + call.timeoutSeconds * 1000
    const timer = server.clock.schedule(due, () => reject(failed('context deadline exceeded')))
    const settle = (act: () => void) => {
      timer.cancel()
      act()
    }
    send(call).then(
      (answer) => settle(() => resolve(answer)),
      (error: unknown) => settle(() => reject(failed(error instanceof Error ? error.message : String(error)))),
    )
  })
}

function parsed({ status, body }: { readonly status: number; readonly body: string }): unknown {
  if (status < 200 || status >= 300) {
    const resource = { group: '', resource: '' }
    const response = {
      code: status,
      verb: 'POST',
      resource,
      name: '',
      serverMessage: body.trim(),
      retryAfterSeconds: 0,
    }
    throw new Error(`failed to call webhook: ${newGenericServerResponse({ ...response, unexpected: true }).message}`)
  }
  try {
    return JSON.parse(body)
  } catch {
    const why = jsonSyntaxError(body) ?? 'unexpected end of JSON input'
    throw new Error(`failed to call webhook: couldn't get version/kind; json parse error: ${why}`)
  }
}

function addressOf({ clientConfig }: Webhook['hook']): string {
  if (clientConfig?.url !== undefined) return clientConfig.url
  const { name = '', namespace = '', port = 443, path = '' } = clientConfig?.service ?? {}
  return `https://${name}.${namespace}.svc:${port}${path === '' || path.startsWith('/') ? path : `/${path}`}`
}
