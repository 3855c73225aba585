import { type RequestOptions, request } from 'node:https'
import type { AdmissionWebhookFetch } from '@kube-bonsai/apiserver'

const clusterHost = /^([^.]+)\.([^.]+)\.svc$/
const defaultTimeout = 30
const largestAnswer = 10 * 1024 * 1024

/** What a webhook is called with; conversion webhooks bring no time limit of their own. */
interface Call {
  readonly url: string
  readonly caBundle: string
  readonly body: string
  readonly timeoutSeconds?: number
}

/**
 * Calls webhooks over HTTPS from Node.js: trusts the certificates of their configuration, or those of the host when it names none.
 * Rejects for services, whose pods serve nothing here, and when there is no whole answer in time.
 */
export const webhookFetch: AdmissionWebhookFetch = async (call: Call) => {
  const url = new URL(call.url)
  if (url.protocol !== 'https:')
    throw new Error(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`)
  if (clusterHost.test(url.hostname))
    throw new Error(`unsupported: ${url.hostname} is a service, and pods serve nothing here; give the webhook a url`)
  const seconds = call.timeoutSeconds ?? defaultTimeout
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'kube-apiserver-admission',
    },
    signal: AbortSignal.timeout(seconds * 1000),
    ...(call.caBundle !== '' && { ca: Buffer.from(call.caBundle, 'base64') }),
  }
  return send(url, options, call.body)
}

function send(
  url: URL,
  options: RequestOptions,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      const late = error.name === 'TimeoutError' || error.name === 'AbortError'
      reject(late ? new Error('context deadline exceeded') : error)
    }
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > largestAnswer) response.destroy(new Error(`the answer is larger than ${largestAnswer} bytes`))
        else chunks.push(chunk)
      })
      response.on('error', failed)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    sent.on('error', failed)
    sent.end(body)
  })
}
