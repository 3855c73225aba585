import {
  type ApiRequest,
  type ApiResponse,
  failureStatus,
  type KubeObject,
  type Stored,
  type Transport,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'

export type Thing = KubeObject & { readonly spec?: { readonly value?: number; readonly node?: string } }
export type StoredThing = Stored<Thing>

interface OpenWatch {
  readonly queue: WatchEvent<unknown>[]
  wake: (() => void) | undefined
  closed: boolean
  failure: Error | undefined
}

/** One resource in memory, with just enough of a server to list, watch, cut watches and forget history. */
export class FakeServer implements Transport {
  readonly requests: ApiRequest[] = []
  readonly objects = new Map<string, StoredThing>()
  version = 1
  oldest = 1
  /** Answers to give before any other; an Error is thrown as a network failure. */
  readonly failures: (Error | ApiResponse)[] = []
  #uid = 0
  #log: { version: number; event: WatchEvent<StoredThing> }[] = []
  readonly #watches = new Set<OpenWatch>()

  get watchCount(): number {
    return this.#watches.size
  }

  put(name: string, value: number, node?: string): StoredThing {
    const old = this.objects.get(name)
    const object: StoredThing = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'a',
        uid: old?.metadata.uid ?? `uid-${++this.#uid}`,
        resourceVersion: String(++this.version),
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: node === undefined ? { value } : { value, node },
    }
    this.objects.set(name, object)
    this.#emit({ type: old === undefined ? 'ADDED' : 'MODIFIED', object })
    return object
  }

  remove(name: string): void {
    const old = this.objects.get(name)
    if (old === undefined) return
    this.objects.delete(name)
    const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(++this.version) } }
    this.#emit({ type: 'DELETED', object })
  }

  bookmark(metadata: object = { resourceVersion: String(this.version) }): void {
    for (const watch of this.#watches) this.#push(watch, { type: 'BOOKMARK', object: { kind: 'Pod', metadata } })
  }

  /** Ends every watch, cleanly or with a failure. */
  cut(failure?: Error): void {
    for (const watch of this.#watches) {
      watch.closed = true
      watch.failure = failure
      watch.wake?.()
    }
    this.#watches.clear()
  }

  /** Forgets history, as compaction does. */
  compact(): void {
    this.oldest = this.version
    this.#log = []
  }

  /** Sends 410 to every open watch. */
  expire(): void {
    for (const watch of this.#watches) {
      this.#push(watch, { type: 'ERROR', object: failureStatus({ reason: 'Expired', message: 'too old' }) })
      watch.closed = true
    }
    this.#watches.clear()
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request)
    const failure = this.failures.shift()
    if (failure instanceof Error) throw failure
    if (failure !== undefined) return failure
    const { query = {} } = request
    if (query.watch === 'true') return this.#watch(Number(query.resourceVersion ?? this.version), request)
    if (request.method === 'GET' && request.path.endsWith('/pods')) {
      const items = [...this.objects.values()]
      const metadata = { resourceVersion: String(this.version) }
      return { status: 200, headers: {}, body: { apiVersion: 'v1', kind: 'PodList', metadata, items } }
    }
    return { status: 200, headers: {}, body: request.body ?? { kind: 'Status', apiVersion: 'v1', metadata: {} } }
  }

  #watch(from: number, request: ApiRequest): ApiResponse {
    if (from < this.oldest) {
      return { status: 410, headers: {}, body: failureStatus({ reason: 'Expired', message: 'too old' }) }
    }
    const queue = this.#log.filter(({ version }) => version > from).map(({ event }) => event)
    const watch: OpenWatch = { queue, wake: undefined, closed: false, failure: undefined }
    this.#watches.add(watch)
    request.signal?.addEventListener('abort', () => {
      this.#watches.delete(watch)
      watch.closed = true
      watch.wake?.()
    })
    return { status: 200, headers: {}, events: read(watch) }
  }

  #emit(event: WatchEvent<StoredThing>): void {
    this.#log.push({ version: this.version, event })
    for (const watch of this.#watches) this.#push(watch, event)
  }

  #push(watch: OpenWatch, event: WatchEvent<unknown>): void {
    watch.queue.push(event)
    watch.wake?.()
  }
}

async function* read(watch: OpenWatch): AsyncGenerator<WatchEvent<unknown>> {
  for (;;) {
    const event = watch.queue.shift()
    if (event !== undefined) yield event
    else if (watch.failure !== undefined) throw watch.failure
    else if (watch.closed) return
    else {
      await new Promise<void>((resolve) => {
        watch.wake = resolve
      })
    }
  }
}

/** A transport that remembers requests and gives the answers it was given. */
export function scripted(...answers: (ApiResponse | Error)[]): Transport & { readonly requests: ApiRequest[] } {
  const requests: ApiRequest[] = []
  return {
    requests,
    request: async (request) => {
      requests.push(request)
      const answer = answers.shift() ?? { status: 200, headers: {}, body: {} }
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
