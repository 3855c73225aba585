import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { CancelSignal } from '@kube-bonsai/apimachinery'
import type { HttpRequest, HttpResponse } from '@kube-bonsai/apiserver'
import { ChunkWriter } from './chunk-writer.ts'
import { ClientSignal } from './client-signal.ts'

/** A fetch-style server: what `ApiServer.handle` is. */
export type FetchHandler = (request: Request) => Promise<Response>

/** What `ApiServer.answer` is. */
export type ApiHandler = (request: HttpRequest) => Promise<HttpResponse>

/**
 * Lets a fetch-style handler answer for a `node:http` server: streams both ways, waits for slow readers, and aborts
 * the request's signal when the client goes away. A handler that throws answers 500 and leaves the server running.
 */
export function nodeListener(handler: FetchHandler, onError: (error: unknown) => void = () => {}): RequestListener {
  return listener(
    abortSignal,
    async (incoming, outgoing, signal) => {
      const response = await handler(toRequest(incoming, signal))
      const headers: Record<string, string | string[]> = {}
      response.headers.forEach((value, name) => {
        const known = headers[name]
        headers[name] = known === undefined ? value : [known, value].flat()
      })
      outgoing.writeHead(response.status, headers)
      if (response.body === null || incoming.method === 'HEAD') return void outgoing.end()
      outgoing.flushHeaders()
      await pump(partsOf(response.body), outgoing, signal)
    },
    onError,
  )
}

/** The same for an API server, without fetch's objects: they would cost more than most answers. */
export function apiListener(handler: ApiHandler, onError: (error: unknown) => void = () => {}): RequestListener {
  return listener(
    clientSignal,
    async (incoming, outgoing, signal) => {
      const { status, headers, body } = await handler(toApiRequest(incoming, signal))
      if (body === undefined || incoming.method === 'HEAD') return void outgoing.writeHead(status, headers).end()
      if (typeof body === 'string' || body instanceof Uint8Array) {
        outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
        return
      }
      outgoing.writeHead(status, headers).flushHeaders()
      await pump(body, outgoing, signal)
    },
    onError,
  )
}

type Exchange<S> = (incoming: IncomingMessage, outgoing: ServerResponse, signal: S) => Promise<void>

/** A signal, and what sets it off. */
type MakeSignal<S> = () => { readonly signal: S; readonly abort: () => void }

const abortSignal: MakeSignal<AbortSignal> = () => {
  const gone = new AbortController()
  return { signal: gone.signal, abort: () => gone.abort(clientGone) }
}

const clientSignal: MakeSignal<ClientSignal> = () => {
  const signal = new ClientSignal()
  return { signal, abort: () => signal.abort() }
}

function listener<S extends CancelSignal>(
  makeSignal: MakeSignal<S>,
  exchange: Exchange<S>,
  onError: (error: unknown) => void,
): RequestListener {
  return (incoming, outgoing) => {
    const { signal, abort } = makeSignal()
    outgoing.on('close', abort)
    exchange(incoming, outgoing, signal).catch((error: unknown) => {
      if (!signal.aborted) onError(error)
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' })
      outgoing.end()
    })
  }
}

// One for all: making an error for each answer costs a stack trace.
const clientGone = new Error('the client went away')

async function* partsOf(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = body.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** Copies a body to the client as fast as the client reads; ends its source when the client goes away. */
async function pump(body: AsyncIterable<string | Uint8Array>, outgoing: ServerResponse, signal: CancelSignal) {
  const iterator = body[Symbol.asyncIterator]()
  const writer = new ChunkWriter(outgoing)
  const stop = () => void iterator.return?.()?.then(undefined, () => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (let part = await iterator.next(); !part.done; part = await iterator.next()) {
      if (signal.aborted) return
      if (!writer.write(part.value)) await writer.drained(signal)
    }
    writer.flush()
    outgoing.end()
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
  }
  // Only the path and the query count; the host that a client wrote is not to be trusted for anything.
  const url = `http://bonsai${incoming.url?.startsWith('/') ? incoming.url : '/'}`
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal }
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
    init.duplex = 'half'
  }
  return new Request(url, init)
}

/** The request that came in, with nothing read of its body. */
export function toApiRequest(incoming: IncomingMessage, signal: CancelSignal): HttpRequest {
  const headers: Record<string, string> = {}
  let impersonates = false
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
    impersonates ||= name.startsWith('impersonate-')
  }
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url?.startsWith('/') ? incoming.url : '/',
    headers,
    ...(impersonates && { repeated: valuesApart(incoming) }),
    signal,
    readBody: (limit) => readBody(incoming, limit),
  }
}

/** Node joins what is repeated, and the names of groups may hold commas; and it reads one byte as one character. */
function valuesApart({ headersDistinct }: IncomingMessage): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = Object.create(null)
  for (const [name, values] of Object.entries(headersDistinct)) {
    if (values !== undefined && name.startsWith('impersonate-'))
      found[name] = values.map((value) => Buffer.from(value, 'latin1').toString('utf8'))
  }
  return found
}

function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    incoming.on('data', (part: Buffer) => {
      size += part.length
      if (size > limit) {
        parts.length = 0
        resolve(undefined)
      } else {
        parts.push(part)
      }
    })
    incoming.on('end', () => resolve(parts.length === 1 ? parts[0] : Buffer.concat(parts)))
    incoming.on('error', reject)
  })
}
