import type { WebhookClientConfig } from '@kube-bonsai/api-types/apiextensions/v1'
import type { ReviewSender } from './webhook.ts'

/** A POST to a webhook over HTTPS. */
export interface WebhookRequest {
  /** With the name of the service as host, `https://NAME.NAMESPACE.svc:443/PATH`, where the webhook is one of the cluster. */
  readonly url: string
  /** The certificates to trust, PEM in base64; empty for those of the host. */
  readonly caBundle: string
  /** JSON. */
  readonly body: string
}

/** Reaches webhooks for a server, which itself knows no network. Rejects when there is no answer. */
export type WebhookFetch = (request: WebhookRequest) => Promise<{ readonly status: number; readonly body: string }>

/** Sends reviews by a host's way to reach webhooks. */
export function reviewSender(fetchWebhook: WebhookFetch): ReviewSender {
  return async (config, review) => {
    const url = `${addressOf(config)}?timeout=30s`
    let answer: Awaited<ReturnType<WebhookFetch>>
    try {
      answer = await fetchWebhook({ url, caBundle: config.caBundle ?? '', body: JSON.stringify(review) })
    } catch (error) {
      throw new Error(`Post "${url}": ${error instanceof Error ? error.message : String(error)}`)
    }
    if (answer.status < 200 || answer.status >= 300)
      throw new Error(`the server responded with the status code ${answer.status} but did not return more information`)
    try {
      return JSON.parse(answer.body)
    } catch (error) {
      throw new Error(`could not read the answer: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function addressOf({ url, service }: WebhookClientConfig): string {
  if (url !== undefined) return url
  const { name = '', namespace = '', port = 443, path = '' } = service ?? {}
  return `https://${name}.${namespace}.svc:${port}${path === '' || path.startsWith('/') ? path : `/${path}`}`
}
