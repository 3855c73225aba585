import type {
  ApiRequest,
  ApiResponse,
  KubeObject,
  ObjectList,
  Status,
  Stored,
  Transport,
  WatchEvent,
} from '@kube-bonsai/apimachinery'
import { StatusError } from '@kube-bonsai/apimachinery'
import type {
  ApplyOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchType,
  ResourceClient,
  WatchRequestOptions,
  WriteOptions,
} from './client.ts'
import { InvalidRequestError } from './request/invalid-request-error.ts'
import { nameOf, namespaceOf } from './request/metadata-of.ts'
import { checkSegment, collectionPath, objectPath, type ScopedResource } from './request/paths.ts'
import { deleteBody, listQuery, type Query, writeQuery } from './request/query.ts'
import { objectOf, throwFailure } from './response/answer.ts'
import { completeList } from './response/complete-list.ts'
import { parseWarnings } from './response/warnings.ts'
import { WatchStream } from './watch/watch-stream.ts'

/** What all resources of one client share. */
export interface Connection {
  readonly transport: Transport
  readonly onWarning: ((text: string) => void) | undefined
}

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

type Body = Readonly<Record<string, unknown>>
type Options = { readonly signal?: NonNullable<ApiRequest['signal']> }

/** The one implementation of ResourceClient: it makes requests of verbs, and objects or StatusErrors of answers. */
export class RestResourceClient<T> implements ResourceClient<T> {
  readonly #connection: Connection
  readonly #resource: ScopedResource
  readonly #namespace: string | undefined

  constructor(connection: Connection, resource: ScopedResource, namespace?: string) {
    this.#connection = connection
    this.#resource = resource
    this.#namespace = namespace
  }

  namespace(name: string): ResourceClient<T> {
    if (!this.#resource.namespaced) {
      const problem = `${this.#resource.resource} are cluster-scoped: they have no namespace`
      throw new InvalidRequestError('namespace', problem, name)
    }
    checkSegment('namespace', name)
    return new RestResourceClient(this.#connection, this.#resource, name)
  }

  async get(name: string, options: GetOptions = {}): Promise<Stored<T>> {
    const { resourceVersion } = options
    const query = resourceVersion === undefined ? {} : { resourceVersion }
    return stored<T>(await this.#object('GET', this.#path(name), name, { query, ...withSignal(options) }))
  }

  async list(options: ListOptions = {}): Promise<ObjectList<Stored<T>>> {
    const request = { query: listQuery(options), ...withSignal(options) }
    return storedList<T>(await this.#object('GET', this.#collection(), '', request))
  }

  watch(options: WatchRequestOptions = {}): AsyncIterable<WatchEvent<Stored<T>>> {
    const path = this.#collection()
    const query = { ...listQuery(options), watch: 'true' }
    return {
      [Symbol.asyncIterator]: () =>
        new WatchStream<Stored<T>>(async (signal) => {
          const response = await this.#send({ method: 'GET', path, query, signal })
          throwFailure(response, { verb: 'watch', resource: this.#resource, name: '' })
          return storedEvents(response)
        }, options.signal),
    }
  }

  async create(object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const namespace = this.#namespaceFor(object)
    if (this.#resource.namespaced && namespace === undefined) {
      throw new InvalidRequestError('namespace', 'an empty namespace may not be set during creation', namespace)
    }
    const request = { query: writeQuery(options), body: object, ...withSignal(options) }
    return stored<T>(
      await this.#object('POST', collectionPath(this.#resource, namespace), nameOf(object) ?? '', request),
    )
  }

  async update(object: T, options: WriteOptions & { readonly subresource?: string } = {}): Promise<Stored<T>> {
    const name = nameOf(object) ?? ''
    const path = objectPath(this.#resource, this.#namespaceFor(object), name, options.subresource)
    const request = { query: writeQuery(options), body: object, ...withSignal(options) }
    return stored<T>(await this.#object('PUT', path, name, request))
  }

  updateStatus(object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    return this.update(object, { ...options, subresource: 'status' })
  }

  async patch(
    name: string,
    type: PatchType,
    patch: unknown,
    options: WriteOptions & { readonly subresource?: string; readonly force?: boolean } = {},
  ): Promise<Stored<T>> {
    const namespace = type === 'apply' ? this.#namespaceFor(patch) : this.#namespace
    const path = objectPath(this.#resource, namespace, name, options.subresource)
    const headers = { 'content-type': patchContentTypes[type] }
    const request = { query: writeQuery(options), headers, body: patch, ...withSignal(options) }
    return stored<T>(await this.#object('PATCH', path, name, request))
  }

  async apply(object: KubeObject, options: ApplyOptions): Promise<Stored<T>> {
    if (options.fieldManager === '') {
      throw new InvalidRequestError('fieldManager', 'apply needs a fieldManager', options.fieldManager)
    }
    return this.patch(nameOf(object) ?? '', 'apply', object, options)
  }

  async delete(name: string, options: DeleteOptions = {}): Promise<Stored<T> | Status> {
    const body = deleteBody(options)
    const request = { ...(body === undefined ? {} : { body }), ...withSignal(options) }
    return storedOrStatus(await this.#object('DELETE', this.#path(name), name, request))
  }

  async deleteCollection(options: ListOptions & DeleteOptions = {}): Promise<ObjectList<Stored<T>> | Status> {
    const body = deleteBody(options)
    const request = { query: listQuery(options), ...(body === undefined ? {} : { body }), ...withSignal(options) }
    return listOrStatus(await this.#object('DELETE', this.#collection(), '', request))
  }

  async getSubresource(name: string, subresource: string, options: Options = {}): Promise<KubeObject> {
    return kubeObject(await this.#object('GET', this.#path(name, subresource), name, withSignal(options)))
  }

  async createSubresource(
    name: string,
    subresource: string,
    body: KubeObject,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const request = { query: writeQuery(options), body, ...withSignal(options) }
    return kubeObject(await this.#object('POST', this.#path(name, subresource), name, request))
  }

  async updateSubresource(
    name: string,
    subresource: string,
    body: KubeObject,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const request = { query: writeQuery(options), body, ...withSignal(options) }
    return kubeObject(await this.#object('PUT', this.#path(name, subresource), name, request))
  }

  #path(name: string, subresource?: string): string {
    return objectPath(this.#resource, this.#namespace, name, subresource)
  }

  #collection(): string {
    return collectionPath(this.#resource, this.#namespace)
  }

  #namespaceFor(object: unknown): string | undefined {
    return this.#namespace ?? (this.#resource.namespaced ? namespaceOf(object) : undefined)
  }

  async #object(
    method: ApiRequest['method'],
    path: string,
    name: string,
    rest: { readonly query?: Query; readonly headers?: Record<string, string>; readonly body?: unknown } & Options,
  ): Promise<Body> {
    const response = await this.#send({ method, path, ...rest })
    return objectOf(response, { verb: method, resource: this.#resource, name })
  }

  async #send(request: ApiRequest): Promise<ApiResponse> {
    const { signal } = request
    if (signal?.aborted === true) throw signal.reason ?? new Error('the request was aborted before it was sent')
    const response = await this.#connection.transport.request(request)
    const { onWarning } = this.#connection
    if (onWarning !== undefined) for (const text of parseWarnings(response.headers.warning)) onWarning(text)
    return response
  }
}

function withSignal(options: Options): Options {
  return options.signal === undefined ? {} : { signal: options.signal }
}

// The edge: what a server answers to a request for a resource is taken to be of that resource's type.

function stored<T>(body: Body): Stored<T> {
  return body as unknown as Stored<T>
}

function kubeObject(body: Body): KubeObject {
  return body as unknown as KubeObject
}

function storedOrStatus<T>(body: Body): Stored<T> | Status {
  return body as unknown as Stored<T> | Status
}

function storedList<T>(body: Body): ObjectList<Stored<T>> {
  return completeList(body) as ObjectList<Stored<T>>
}

function listOrStatus<T>(body: Body): ObjectList<Stored<T>> | Status {
  return body.kind === 'Status' ? (body as unknown as Status) : storedList(body)
}

function storedEvents<T>(response: ApiResponse): AsyncIterable<WatchEvent<T>> {
  if (response.events !== undefined) return response.events as AsyncIterable<WatchEvent<T>>
  throw StatusError.of({ reason: 'InternalError', message: 'the server answered a watch without a stream of events' })
}
