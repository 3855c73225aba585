import {
  type ApiRequest,
  type ApiResponse,
  newBadRequest,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
  type ObjectList,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'

import { protobufOf, protobufType, readProtobuf } from './protobuf.ts'

/** Bodies may hold so many bytes, as upstream. */
export const bodyLimit: number = 3 * 1024 * 1024
const mediaTypes = ['application/json', 'application/yaml', protobufType]

/** Reads and writes YAML as Kubernetes does. It comes from outside, so that a server that needs none loads none. */
export interface YamlCodec {
  /** Rejects with an Error whose message says what is wrong. */
  parse(text: string): Promise<unknown>
  encode(value: unknown): Promise<string>
}

/** A fetch request as the server handles it. Throws a StatusError for a body that cannot be read. */
export async function readRequest(request: Request, yaml: YamlCodec | undefined): Promise<ApiRequest> {
  const url = new URL(request.url)
  const headers: Record<string, string> = {}
  request.headers.forEach((value, name) => {
    headers[name] = value
  })
  const query: Record<string, string | readonly string[]> = Object.create(null)
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name)
  const method = request.method as ApiRequest['method']
  const base = { method, path: decodePath(url.pathname), query, headers, signal: request.signal }
  if (method === 'GET' || method === 'HEAD') return base
  const bytes = await readBytes(request)
  if (bytes.length === 0) return base
  if (mediaType(headers['content-type'] ?? '') === protobufType && method !== 'PATCH')
    return { ...base, body: await readProtobuf(bytes) }
  return { ...base, body: await parseBody(new TextDecoder().decode(bytes), method, headers, yaml) }
}

function decodePath(path: string): string {
  try {
    return path.split('/').map(decodeURIComponent).join('/')
  } catch {
    throw newBadRequest(`the path ${path} is not percent-encoded UTF-8`)
  }
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () => newRequestEntityTooLarge(`limit is ${bodyLimit}`)
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit) throw tooLarge()
  if (request.body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length
    if (size > bodyLimit) {
      await reader.cancel().catch(() => {})
      throw tooLarge()
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

async function parseBody(
  text: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  yaml: YamlCodec | undefined,
): Promise<unknown> {
  const type = mediaType(headers['content-type'] ?? 'application/json')
  if (type.endsWith('yaml') && yaml) {
    try {
      return await yaml.parse(text)
    } catch (error) {
      throw newBadRequest(`error converting YAML to JSON: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (method !== 'PATCH' && type !== 'application/json' && type !== '') throw newUnsupportedMediaType(mediaTypes)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof RangeError) throw newBadRequest('exceeded max depth')
    throw newBadRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function mediaType(text: string): string {
  return text.split(';')[0]?.trim() ?? ''
}

const encoder = new TextEncoder()

/**
 * An answer as a fetch response, in YAML where `accept` asks for that first and it can be written.
 * Lists leave out the kinds of their items, as upstream does.
 */
export async function writeResponse(response: ApiResponse, accept: string = '', yaml?: YamlCodec): Promise<Response> {
  const headers = new Headers({ 'cache-control': 'no-cache, private', ...response.headers })
  if (asksFor(accept, protobufType) && !headers.has('content-type')) {
    const encoded = await protobufOf(response)
    if (encoded) {
      headers.set('content-type', encoded.type)
      const body =
        encoded.body instanceof Uint8Array ? new Uint8Array(encoded.body) : bytesOf(encoded.body, (frame) => frame)
      return new Response(body, { status: response.status, headers })
    }
  }
  if (response.events) {
    headers.set('content-type', 'application/json')
    return new Response(streamOf(response.events, encodeEvent), { status: response.status, headers })
  }
  if (response.stream)
    return new Response(
      streamOf(response.stream, (text) => text),
      { status: response.status, headers },
    )
  if (response.body === undefined) return new Response(null, { status: response.status, headers })
  if (yaml && asksFor(accept, 'application/yaml') && !headers.has('content-type')) {
    headers.set('content-type', 'application/yaml')
    return new Response(await yaml.encode(slim(response.body)), { status: response.status, headers })
  }
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return new Response(`${JSON.stringify(slim(response.body))}\n`, { status: response.status, headers })
}

/** True when the client would rather have this type than any other. */
function asksFor(accept: string, type: string): boolean {
  return mediaType(accept.split(',')[0] ?? '') === type
}

function encodeEvent(event: WatchEvent<unknown>): string {
  return `${JSON.stringify(event)}\n`
}

function slim(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('items' in body) || !Array.isArray(body.items)) return body
  const { kind } = body as ObjectList<unknown>
  if (!kind.endsWith('List') || kind === 'APIGroupDiscoveryList') return body
  const items = body.items.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) return item
    const { kind: own, apiVersion: _, ...rest } = item as { readonly kind?: string; readonly apiVersion?: string }
    return own === 'PartialObjectMetadata' ? item : rest
  })
  return { ...body, items }
}

/** A body that is made as it is read, and ends its source when the reader goes away. */
function streamOf<T>(source: AsyncIterable<T>, encode: (item: T) => string): ReadableStream<Uint8Array> {
  return bytesOf(source, (item) => encoder.encode(encode(item)))
}

function bytesOf<T>(source: AsyncIterable<T>, encode: (item: T) => Uint8Array): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(encode(next.value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
