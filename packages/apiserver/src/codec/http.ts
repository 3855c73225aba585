import {
  type ApiRequest,
  type ApiResponse,
  jsonSyntaxError,
  newBadRequest,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
  StatusError,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'
import { RefusedBody, rememberRepeatedLines, rememberSource, UnreadableBody } from './body-source.ts'
import { cborApplyType, cborSequenceType, cborType, encodeCbor } from './cbor.ts'
import { decodeCbor } from './cbor-reader.ts'
import type { EncodedObjects } from './encoded-objects.ts'
import type { HttpRequest, HttpResponse } from './exchange.ts'
import { bodyText, slim } from './json-text.ts'
import { negotiate, type ServedTypes, usualTypes } from './negotiation.ts'
import { prettyText } from './pretty.ts'
import { protobufOf, protobufType, readProtobuf } from './protobuf.ts'

/** Bodies may hold so many bytes, as upstream. */
export const bodyLimit: number = 3 * 1024 * 1024
/** Reads and writes YAML as Kubernetes does. It comes from outside, so that a server that needs none loads none. */
export interface YamlCodec {
  /**
   * Rejects with an Error whose message says what is wrong. A key that stands twice in a map counts as it stands last;
   * `repeated` is told of it: `line 5: key "name" already set in map`.
   */
  parse(text: string, repeated?: (where: string) => void): Promise<unknown>
  encode(value: unknown): Promise<string>
}

/** An HTTP request as the server handles it. A body that cannot be read is told by an UnreadableBody or a RefusedBody in its place. */
export async function readRequest(
  request: HttpRequest,
  yaml: YamlCodec | undefined,
  { objects: types }: ServedTypes = usualTypes,
): Promise<ApiRequest> {
  const { headers, signal } = request
  const mark = request.url.indexOf('?')
  const path = mark < 0 ? request.url : request.url.slice(0, mark)
  const method = request.method as ApiRequest['method']
  const base = { method, path: decodePath(path), query: readQuery(request.url, mark), headers, signal }
  if (method === 'GET' || method === 'HEAD') return base
  if (proxied.test(base.path)) return { ...base, body: new TextDecoder().decode(await readBytes(request)) }
  try {
    return { ...base, ...(await readBody(request, method, yaml, types)) }
  } catch (error) {
    if (error instanceof StatusError) return { ...base, body: new RefusedBody(error) }
    throw error
  }
}

/** What goes through a proxy is the business of whoever it goes to. */
const proxied = /^\/api\/v1\/(?:namespaces\/[^/]+\/(?:pods|services)|nodes)\/[^/]+\/proxy(?:\/|$)/

/** Nothing where there is no body. */
async function readBody(
  request: HttpRequest,
  method: string,
  yaml: YamlCodec | undefined,
  types: readonly string[],
): Promise<{ readonly body?: unknown }> {
  const bytes = await readBytes(request)
  if (bytes.length === 0) return isObjectWrite(method) ? { body: new UnreadableBody(emptyBody, bytes) } : {}
  const type = mediaType(request.headers['content-type'] ?? '')
  if (type === protobufType && method !== 'PATCH') return { body: await readProtobuf(bytes) }
  if (isCbor(method, type, types)) return { body: readCbor(bytes, method) }
  const body = await parseBody(bytes, method, request.headers, yaml, types)
  // Go reads null as an object without fields.
  return { body: body === null && isObjectWrite(method) ? {} : body }
}

function isCbor(method: string, type: string, types: readonly string[]): boolean {
  return types.includes(cborType) && type === (method === 'PATCH' ? cborApplyType : cborType)
}

function readCbor(bytes: Uint8Array, method: string): unknown {
  try {
    return decodeCbor(bytes)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (isObjectWrite(method)) return new UnreadableBody(why, bytes)
    throw newBadRequest(method === 'PATCH' ? `error decoding CBOR: ${why}` : why)
  }
}

const emptyBody = "couldn't get version/kind; json parse error: unexpected end of JSON input"

const isObjectWrite = (method: string): boolean => method === 'POST' || method === 'PUT'

function readQuery(url: string, mark: number): Readonly<Record<string, string | readonly string[]>> {
  const query: Record<string, string | readonly string[]> = Object.create(null)
  if (mark < 0) return query
  const params = new URLSearchParams(url.slice(mark + 1))
  for (const name of new Set(params.keys())) query[name] = params.getAll(name)
  return query
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return path.split('/').map(decodeURIComponent).join('/')
  } catch {
    throw newBadRequest(`the path ${path} is not percent-encoded UTF-8`)
  }
}

async function readBytes(request: HttpRequest): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0)
  const bytes = declared > bodyLimit ? undefined : await request.readBody(bodyLimit)
  if (bytes === undefined) throw newRequestEntityTooLarge(`limit is ${bodyLimit}`)
  return bytes
}

async function parseBody(
  bytes: Uint8Array,
  method: string,
  headers: Readonly<Record<string, string>>,
  yaml: YamlCodec | undefined,
  types: readonly string[],
): Promise<unknown> {
  const text = new TextDecoder().decode(bytes)
  const type = mediaType(headers['content-type'] ?? 'application/json')
  if ((type === 'application/yaml' || type === 'application/apply-patch+yaml') && yaml) {
    try {
      const repeated: string[] = []
      const body = await yaml.parse(text, (where) => repeated.push(where))
      rememberRepeatedLines(body, repeated)
      return body
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (isObjectWrite(method)) return new UnreadableBody(why, bytes)
      throw newBadRequest(method === 'PATCH' ? `error decoding YAML: error converting YAML to JSON: ${why}` : why)
    }
  }
  if (method !== 'PATCH' && type !== 'application/json' && type !== '') throw newUnsupportedMediaType(types)
  try {
    const body: unknown = JSON.parse(text)
    rememberSource(body, bytes)
    return body
  } catch (error) {
    if (error instanceof RangeError) throw newBadRequest('exceeded max depth')
    if (method === 'PATCH') throw newBadRequest(unreadablePatch(type, text))
    const why = `couldn't get version/kind; json parse error: ${jsonSyntaxError(text) ?? 'unexpected end of JSON input'}`
    if (isObjectWrite(method)) return new UnreadableBody(why, bytes)
    throw newBadRequest(why)
  }
}

/** What a patch that is no JSON is answered. */
function unreadablePatch(type: string, text: string): string {
  const why = jsonSyntaxError(text) ?? 'unexpected end of JSON input'
  return type === 'application/strategic-merge-patch+json' ? why : `error decoding patch: ${why}`
}

function mediaType(text: string): string {
  return text.split(';')[0]?.trim().toLowerCase() ?? ''
}

/** An answer for HTTP, in protobuf or YAML where `accept` asks for that first and it can be written so; JSON may be indented. */
export async function writeResponse(
  response: ApiResponse,
  known: EncodedObjects,
  accept: string = '',
  yaml?: YamlCodec,
  pretty: boolean = false,
  types: ServedTypes = usualTypes,
): Promise<HttpResponse> {
  const { status } = response
  const headers: Record<string, string> = { 'cache-control': 'no-cache, private', ...response.headers }
  if (response.connection) return { status, headers, connection: response.connection }
  if (response.ports) return { status, headers, ports: response.ports }
  // What comes as bytes was written already.
  if (response.body instanceof Uint8Array) return { status, headers, body: response.body }
  const open = headers['content-type'] === undefined
  const failed = status >= 400
  const wanted = open ? negotiate(accept, types.objects, failed ? undefined : anyForm) : undefined
  const type = open ? wanted?.type : mediaType(headers['content-type'] ?? '')
  if (type === protobufType) {
    const encoded = await protobufOf(response, known)
    const declared = headers['content-type'] ?? encoded?.type ?? ''
    if (encoded) return { status, headers: { ...headers, 'content-type': declared }, body: encoded.body }
  }
  if (type === cborType && response.events) {
    return { status, headers: { ...headers, 'content-type': cborSequenceType }, body: cborEvents(response.events) }
  }
  if (type === cborType && response.body !== undefined) {
    return { status, headers: { ...headers, 'content-type': cborType }, body: encodeCbor(slim(response.body)) }
  }
  if (response.events) {
    return { status, headers: { ...headers, 'content-type': 'application/json' }, body: lines(response.events, known) }
  }
  if (response.stream) return { status, headers, body: response.stream }
  if (response.body === undefined) return { status, headers }
  if (yaml && type === 'application/yaml') {
    const body = await yaml.encode(slim(response.body))
    return { status, headers: { 'content-type': 'application/yaml', ...headers }, body }
  }
  // A failure is told even to those who would take none of its forms.
  const unwanted = open && failed && wanted === undefined
  const indented = unwanted || pretty || wanted?.pretty === true
  const body = indented ? await prettyText(response.body) : `${bodyText(response.body, known)}\n`
  return { status, headers: open ? { ...headers, 'content-type': 'application/json' } : headers, body }
}

/** Whether a form can be given was asked before the answer was made. */
const anyForm = () => true

async function* cborEvents(events: AsyncIterable<WatchEvent<unknown>>): AsyncIterable<Uint8Array> {
  for await (const event of events) yield encodeCbor(event)
}

/** Each event as a line. No generator: a thousand watchers take a turn of it for each event. */
function lines(events: AsyncIterable<WatchEvent<unknown>>, known: EncodedObjects): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const source = events[Symbol.asyncIterator]()
      const end: IteratorReturnResult<undefined> = { done: true, value: undefined }
      const written = (part: IteratorResult<WatchEvent<unknown>>): IteratorResult<Uint8Array, undefined> =>
        part.done ? end : { done: false, value: known.line(part.value) }
      return {
        next: () => source.next().then(written),
        return: async () => {
          await source.return?.()
          return end
        },
      }
    },
  }
}
