import type { ApiRequest, ApiResponse, CancelSignal, Transport, WatchEvent } from '@kube-bonsai/apimachinery'
import { watchEventsOf } from './json-lines.ts'

/** The part of the web's `fetch` that is needed here; every host's own fits. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal?: AbortSignal },
) => Promise<Response>

/** How to reach an API server over HTTP. */
export interface FetchTransportOptions {
  /** Scheme, host and port, and a path before the API's own if there is one: `https://example.test:6443`. */
  readonly baseUrl: string
  readonly fetch: Fetch
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** A bearer token, or where to get the present one before each request. */
  readonly token?: string | (() => string | Promise<string>)
}

function urlOf(baseUrl: string, { path, query = {} }: ApiRequest): string {
  const parameters = new URLSearchParams()
  for (const [name, values] of Object.entries(query)) {
    for (const value of typeof values === 'string' ? [values] : values) parameters.append(name, value)
  }
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const search = parameters.toString()
  return `${baseUrl.replace(/\/+$/, '')}${encoded}${search === '' ? '' : `?${search}`}`
}

function isWatch({ query = {} }: ApiRequest): boolean {
  return query.watch === 'true' || query.watch === '1'
}

/** An AbortSignal that follows a CancelSignal, and what stops it following. */
function follow(signal: CancelSignal): { readonly signal: AbortSignal; readonly stop: () => void } {
  if (signal instanceof AbortSignal) return { signal, stop: () => {} }
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  return { signal: controller.signal, stop: () => signal.removeEventListener('abort', abort) }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  if (!(response.headers.get('content-type') ?? '').includes('json')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** JSON over HTTP. Rejects with what `fetch` rejects with when there is no answer; failures are answers. */
export function fetchTransport(options: FetchTransportOptions): Transport {
  return { request: (request) => send(options, request) }
}

async function send(options: FetchTransportOptions, request: ApiRequest): Promise<ApiResponse> {
  const { body } = request
  const token = typeof options.token === 'function' ? await options.token() : options.token
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...options.headers,
    ...request.headers,
  }
  const followed = request.signal === undefined ? undefined : follow(request.signal)
  try {
    const response = await options.fetch(urlOf(options.baseUrl, request), {
      method: request.method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(followed === undefined ? {} : { signal: followed.signal }),
    })
    const answer = { status: response.status, headers: Object.fromEntries(response.headers) }
    if (response.ok && isWatch(request) && response.body !== null) {
      return { ...answer, events: eventsOf(response.body, followed?.stop) }
    }
    const content = await bodyOf(response)
    followed?.stop()
    return content === undefined ? answer : { ...answer, body: content }
  } catch (error) {
    followed?.stop()
    throw error
  }
}

async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
  stop: (() => void) | undefined,
): AsyncGenerator<WatchEvent<unknown>, undefined> {
  try {
    yield* watchEventsOf(stream)
  } finally {
    stop?.()
  }
}
