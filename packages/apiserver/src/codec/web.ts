import type { HttpRequest, HttpResponse } from './exchange.ts'

/** A fetch request in the server's own terms. */
export function fromWeb(request: Request): HttpRequest {
  const { pathname, search } = new URL(request.url)
  const headers: Record<string, string> = {}
  request.headers.forEach((value, name) => {
    headers[name] = value
  })
  return {
    method: request.method,
    url: pathname + search,
    headers,
    signal: request.signal,
    readBody: (limit) => readWebBody(request.body, limit),
  }
}

async function readWebBody(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length
    if (size > limit) {
      await reader.cancel().catch(() => {})
      return undefined
    }
    parts.push(part.value)
  }
  const all = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

/** An answer as a fetch response. */
export function toWeb({ status, headers, body, connection, ports }: HttpResponse): Response {
  if (connection !== undefined || ports !== undefined) {
    connection?.close()
    return new Response('unsupported: streams over fetch; they need a host that speaks WebSocket\n', { status: 501 })
  }
  if (body === undefined) return new Response(null, { status, headers })
  if (typeof body === 'string') return new Response(body, { status, headers })
  if (body instanceof Uint8Array) return new Response(new Uint8Array(body), { status, headers })
  return new Response(streamOf(body), { status, headers })
}

const encoder = new TextEncoder()

/** A body that is made as it is read, and ends its source when the reader goes away. */
function streamOf(source: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(typeof next.value === 'string' ? encoder.encode(next.value) : next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
