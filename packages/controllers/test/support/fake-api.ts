import type { ApiRequest, ApiResponse, Transport, WatchEvent } from '@kube-bonsai/apimachinery'
import {
  invalid,
  newAlreadyExists,
  newConflict,
  newForbidden,
  newGenerateNameConflict,
  newInvalid,
  newNotFound,
  parseSelector,
  type Status,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { type Clock, createRandom } from '@kube-bonsai/clock'

type Obj = Record<string, unknown> & { metadata: Record<string, unknown>; apiVersion: string; kind: string }
interface Route {
  readonly prefix: string
  readonly group: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}
interface Watcher {
  readonly route: Route
  push(event: WatchEvent<unknown>): void
  end(): void
}

function parse(path: string): Route {
  const parts = path.split('/').slice(1)
  const base = parts[0] === 'api' ? parts.splice(0, 2) : parts.splice(0, 3)
  const group = base.length === 2 ? '' : (base[1] ?? '')
  let namespace = ''
  const nested = parts[0] === 'namespaces' && parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '')
  if (nested) namespace = parts.splice(0, 2)[1] ?? ''
  const [resource = '', name = '', subresource = ''] = parts
  return { prefix: `/${base.join('/')}/${resource}`, group, resource, namespace, name, subresource }
}

/** JSON merge patch, with owner references and conditions merged as a strategic merge patch does. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(target as object) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(result[key], value)
  }
  return result
}

type PodConditions = { readonly conditions?: readonly { readonly type: string }[] }

function strategic(target: Obj, patch: Obj): Obj {
  const { conditions } = (patch['status'] ?? {}) as PodConditions
  if (conditions !== undefined) {
    const known = ((target['status'] ?? {}) as PodConditions).conditions ?? []
    const kept = known.filter(({ type }) => !conditions.some((condition) => condition.type === type))
    const status = { ...(patch['status'] as PodConditions), conditions: [...kept, ...conditions] }
    return merge(target, { ...patch, status }) as Obj
  }
  const drop = patch.metadata?.['$deleteFromPrimitiveList/finalizers'] as readonly string[] | undefined
  if (drop !== undefined) {
    const finalizers = ((target.metadata['finalizers'] ?? []) as readonly string[]).filter((one) => !drop.includes(one))
    return { ...target, metadata: { ...target.metadata, finalizers } }
  }
  const refs = patch.metadata?.['ownerReferences'] as readonly Record<string, unknown>[] | undefined
  if (refs === undefined) return merge(target, patch) as Obj
  let owners = [...((target.metadata['ownerReferences'] as readonly Record<string, unknown>[] | undefined) ?? [])]
  for (const ref of refs) {
    owners = owners.filter((owner) => owner['uid'] !== ref['uid'])
    if (ref['$patch'] !== 'delete') owners.push(ref)
  }
  return merge(target, { ...patch, metadata: { ...patch.metadata, ownerReferences: owners } }) as Obj
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A small API server for tests: stores what it is given, with versions, watches, finalizers and graceful pod deletes. */
export class FakeApi implements Transport {
  readonly objects = new Map<string, Obj>()
  readonly requests: string[] = []
  /** Refuses a request by throwing a StatusError. */
  refuse: ((request: ApiRequest) => void) | undefined
  readonly #clock: Clock
  readonly #random = createRandom('fake-api')
  readonly #watchers = new Set<Watcher>()
  readonly #history: { readonly version: number; readonly key: string; readonly event: WatchEvent<unknown> }[] = []
  #version = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  list(prefix: string): readonly Obj[] {
    return [...this.objects].filter(([key]) => key.startsWith(`${prefix} `)).map(([, object]) => object)
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const route = parse(request.path)
    this.requests.push(`${request.method} ${request.path}`)
    try {
      if (request.query?.['watch'] !== undefined) return this.#watch(route, request)
      this.refuse?.(request)
      return { status: 200, headers: {}, body: this.#answer(route, request) }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return { status: error.status.code ?? 500, headers: {}, body: error.status }
    }
  }

  #key({ prefix, namespace, name }: Route): string {
    return `${prefix} ${namespace}/${name}`
  }

  #answer(route: Route, request: ApiRequest): unknown {
    const named = { group: route.group, resource: route.resource }
    const present = this.objects.get(this.#key(route))
    if (request.method === 'POST') return this.#create(route, request.body as Obj)
    if (route.name === '') {
      const items = this.#select(route, request)
      if (request.method === 'DELETE')
        for (const item of items) this.#delete({ ...route, name: String(item.metadata['name']) }, item, {})
      return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: String(this.#version) }, items }
    }
    if (present === undefined) throw new StatusError(failure(newNotFound(named, route.name)))
    if (request.method === 'GET') return present
    if (request.method === 'DELETE')
      return this.#delete(route, present, (request.body ?? {}) as Record<string, unknown>)
    const body = request.body as Obj
    const strategy = request.headers?.['content-type']?.includes('strategic') === true ? strategic : merge
    const next = request.method === 'PATCH' ? (strategy(present, body) as Obj) : body
    const { uid, resourceVersion } = (request.method === 'PATCH' ? (body.metadata ?? {}) : next.metadata) as Record<
      string,
      unknown
    >
    const stale = resourceVersion !== undefined && resourceVersion !== present.metadata['resourceVersion']
    if (stale || (uid !== undefined && uid !== present.metadata['uid'])) {
      throw new StatusError(failure(newConflict(named, route.name, 'the object has been modified')))
    }
    return this.#update(route, present, next)
  }

  #select(route: Route, request: ApiRequest): readonly Obj[] {
    const selector = parseSelector(String(request.query?.['labelSelector'] ?? ''))
    return this.list(route.prefix).filter(
      ({ metadata }) =>
        (route.namespace === '' || metadata['namespace'] === route.namespace) &&
        selector.matches((metadata['labels'] ?? {}) as Record<string, string>),
    )
  }

  #create(route: Route, body: Obj): Obj {
    const named = { group: route.group, resource: route.resource }
    const generated = body.metadata['generateName']
    const name = String(body.metadata['name'] ?? `${String(generated)}${this.#random.suffix(5)}`)
    const key = this.#key({ ...route, name })
    if (this.objects.has(key)) {
      throw new StatusError(
        failure(generated === undefined ? newAlreadyExists(named, name) : newGenerateNameConflict(named, name, 1)),
      )
    }
    if (this.objects.get(`/api/v1/namespaces /${route.namespace}`)?.metadata['deletionTimestamp'] !== undefined) {
      const base = failure(newForbidden(named, name, 'because it is being terminated'))
      throw new StatusError({ ...base, details: { ...base.details, causes: [{ reason: 'NamespaceTerminating' }] } })
    }
    const object: Obj = {
      ...body,
      ...(route.resource === 'pods' ? { status: { phase: 'Pending', ...(body['status'] as object) } } : {}),
      metadata: {
        ...body.metadata,
        name,
        ...(route.namespace === '' ? {} : { namespace: route.namespace }),
        uid: this.#random.uuid(),
        creationTimestamp: this.#time(0),
        generation: 1,
      },
    }
    return this.#store(key, object, 'ADDED')
  }

  #update(route: Route, present: Obj, next: Obj): Obj {
    const key = this.#key(route)
    const main = route.subresource === ''
    const spec = main || route.subresource === 'finalize' ? next['spec'] : present['spec']
    const pods = route.resource === 'pods'
    const status = main && !pods ? present['status'] : next['status']
    const bumped = same(spec, present['spec']) ? 0 : 1
    const { deletionTimestamp, uid, creationTimestamp, generation } = present.metadata
    const object: Obj = {
      ...next,
      ...(spec === undefined ? {} : { spec }),
      ...(status === undefined ? {} : { status }),
      metadata: {
        ...next.metadata,
        uid,
        creationTimestamp,
        generation: Number(generation) + bumped,
        ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      },
    }
    const refs = (object.metadata['ownerReferences'] ?? []) as readonly { readonly controller?: boolean }[]
    if (refs.filter(({ controller }) => controller === true).length > 1) {
      const problem = invalid('metadata.ownerReferences', refs, 'Only one reference can have Controller set to true')
      throw new StatusError(failure(newInvalid({ group: route.group, kind: present.kind }, route.name, [problem])))
    }
    const held = (object.metadata['finalizers'] as readonly string[] | undefined)?.length ?? 0
    const specHeld = ((object['spec'] as { finalizers?: readonly string[] })?.finalizers?.length ?? 0) > 0
    const waits =
      object.metadata['deletionGracePeriodSeconds'] !== undefined && object.metadata['deletionGracePeriodSeconds'] !== 0
    if (deletionTimestamp !== undefined && held === 0 && !specHeld && !waits) return this.#drop(key, object)
    if (
      same(
        { ...object, metadata: { ...object.metadata, resourceVersion: '' } },
        { ...present, metadata: { ...present.metadata, resourceVersion: '' } },
      )
    ) {
      return present
    }
    return this.#store(key, object, 'MODIFIED')
  }

  #delete(route: Route, present: Obj, options: Record<string, unknown>): Obj {
    const key = this.#key(route)
    const pre = (options['preconditions'] ?? {}) as { uid?: string; resourceVersion?: string }
    const { metadata } = present
    if (
      (pre.uid ?? metadata['uid']) !== metadata['uid'] ||
      (pre.resourceVersion ?? metadata['resourceVersion']) !== metadata['resourceVersion']
    ) {
      throw new StatusError(
        failure(newConflict({ group: route.group, resource: route.resource }, route.name, 'precondition')),
      )
    }
    const policy = options['propagationPolicy']
    const extra = policy === 'Foreground' ? ['foregroundDeletion'] : policy === 'Orphan' ? ['orphan'] : []
    const finalizers = [...new Set([...((metadata['finalizers'] as string[] | undefined) ?? []), ...extra])]
    const scheduled = (present['spec'] as { nodeName?: string } | undefined)?.nodeName !== undefined
    const phase = (present['status'] as { phase?: string } | undefined)?.phase
    const graceful = route.resource === 'pods' && scheduled && phase !== 'Failed' && phase !== 'Succeeded'
    const grace = Number(options['gracePeriodSeconds'] ?? (graceful ? 30 : 0))
    const specHeld = route.resource === 'namespaces'
    if (finalizers.length === 0 && grace === 0 && !specHeld) return this.#drop(key, present)
    if (metadata['deletionTimestamp'] !== undefined && grace >= Number(metadata['deletionGracePeriodSeconds'] ?? 0))
      return present
    const next: Obj = {
      ...present,
      metadata: {
        ...metadata,
        deletionTimestamp: this.#time(grace),
        deletionGracePeriodSeconds: grace,
        ...(finalizers.length === 0 ? {} : { finalizers }),
        generation: Number(metadata['generation']) + 1,
      },
    }
    return this.#store(key, next, 'MODIFIED')
  }

  #time(seconds: number): string {
    return `${new Date(this.#clock.now() + seconds * 1000).toISOString().slice(0, 19)}Z`
  }

  #store(key: string, object: Obj, type: 'ADDED' | 'MODIFIED'): Obj {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } }
    this.objects.set(key, stored)
    this.#tell(key, { type, object: stored })
    return stored
  }

  #drop(key: string, object: Obj): Obj {
    this.objects.delete(key)
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } }
    this.#tell(key, { type: 'DELETED', object: last })
    return last
  }

  #tell(key: string, event: WatchEvent<unknown>): void {
    this.#history.push({ version: this.#version, key, event })
    for (const watcher of this.#watchers) if (key.startsWith(`${watcher.route.prefix} `)) watcher.push(event)
  }

  #watch(route: Route, request: ApiRequest): ApiResponse {
    const from = Number(request.query?.['resourceVersion'] ?? 0)
    const missed = this.#history.filter(({ version, key }) => version > from && key.startsWith(`${route.prefix} `))
    const queue = missed.map(({ event }) => event)
    let wake: (() => void) | undefined
    let ended = false
    const watcher: Watcher = {
      route,
      push: (event) => {
        queue.push(event)
        wake?.()
      },
      end: () => {
        ended = true
        wake?.()
      },
    }
    this.#watchers.add(watcher)
    request.signal?.addEventListener('abort', () => {
      this.#watchers.delete(watcher)
      watcher.end()
    })
    async function* events(): AsyncGenerator<WatchEvent<unknown>> {
      for (;;) {
        const next = queue.shift()
        if (next !== undefined) yield next
        else if (ended) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    }
    return { status: 200, headers: {}, events: events() }
  }
}

function failure(error: StatusError | Status): Status {
  return error instanceof StatusError ? error.status : error
}
