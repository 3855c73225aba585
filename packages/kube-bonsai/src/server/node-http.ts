import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

/** A fetch-style server: what `ApiServer.handle` is. */
export type FetchHandler = (request: Request) => Promise<Response>

/**
 * Lets a fetch-style handler answer for a `node:http` server: streams both ways, waits for slow readers, and aborts
 * the request's signal when the client goes away. A handler that throws answers 500 and leaves the server running.
 */
export function nodeListener(handler: FetchHandler, onError: (error: unknown) => void = () => {}): RequestListener {
  return (incoming, outgoing) => {
    const gone = new AbortController()
    outgoing.on('close', () => gone.abort(new Error('the client went away')))
    answer(handler, incoming, outgoing, gone.signal).catch((error: unknown) => {
      if (!gone.signal.aborted) onError(error)
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' })
      outgoing.end()
    })
  }
}

async function answer(handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse, signal: AbortSignal) {
  const response = await handler(toRequest(incoming, signal))
  const headers: Record<string, string | string[]> = {}
  response.headers.forEach((value, name) => {
    const known = headers[name]
    headers[name] = known === undefined ? value : [known, value].flat()
  })
  outgoing.writeHead(response.status, headers)
  if (response.body === null || incoming.method === 'HEAD') {
    outgoing.end()
    return
  }
  outgoing.flushHeaders()
  await pump(response.body, outgoing, signal)
}

/** Copies a body to the client as fast as the client reads. */
async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse, signal: AbortSignal) {
  const reader = body.getReader()
  const stop = () => void reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (signal.aborted) return
      if (!outgoing.write(part.value)) await drained(outgoing, signal)
    }
    outgoing.end()
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function drained(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    outgoing.on('drain', done)
    signal.addEventListener('abort', done, { once: true })
  })
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
