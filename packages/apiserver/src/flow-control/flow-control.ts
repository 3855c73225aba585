import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { Storage } from '@kube-bonsai/storage'
import { isLongRunning } from '../request/timeout.ts'
import { Level, type LevelCounts, type LevelLimits } from './level.ts'
import { type FlowRequest, type FlowSchemaSpec, matchesSchema } from './matching.ts'

/** A place to run, or the refusal of one. */
export interface FlowAdmission {
  readonly admitted: boolean
  /** What every answer says of how it was classified. */
  readonly headers: Readonly<Record<string, string>>
  /** To be called once, when the request has been answered. */
  readonly release: () => void
}

interface Schema {
  readonly name: string
  readonly uid: string
  readonly spec: FlowSchemaSpec
}

interface KnownLevel {
  readonly uid: string
  readonly level: Level
}

const folder = '/registry/flowcontrol.apiserver.k8s.io/'

/**
 * API priority and fairness: the flow schemas and priority levels of the store, and what they make of requests.
 * Seats are not lent, and every request takes one.
 *
 * @see https://kep.k8s.io/1040
 */
export class FlowControl {
  readonly #clock: Clock
  readonly #seats: number
  readonly #schemas: Map<string, Schema> = new Map()
  readonly #levels: Map<string, KnownLevel> = new Map()
  readonly #specs: Map<string, KubeObject> = new Map()
  readonly #cancel: () => void
  #ordered: readonly Schema[] | undefined

  /** @param seats how many requests of limited levels may run at once, all levels together */
  constructor(storage: Storage<KubeObject>, clock: Clock, seats: number) {
    this.#clock = clock
    this.#seats = seats
    const watch = storage.watch({
      prefix: folder,
      fromRevision: storage.revision + 1,
      onEvents: (events) => {
        for (const { type, kv } of events) this.#observe(kv.key, type === 'put' ? kv.value : undefined)
      },
    })
    this.#cancel = () => watch.cancel()
    void storage.range({ prefix: folder }).then(({ items }) => {
      for (const { key, value } of items) if (!this.#knows(key)) this.#observe(key, value)
    })
  }

  /** Classifies a request and finds it a place. Undefined for what is not limited, or where there is no schema yet. */
  admit(request: FlowRequest): FlowAdmission | undefined | Promise<FlowAdmission> {
    if (isLongRunning(request.info) && !(request.info.isResource && request.info.verb === 'watch')) return undefined
    const schema = this.#classify(request)
    const known = schema && this.#levels.get(schema.spec.priorityLevelConfiguration.name)
    if (schema === undefined || known === undefined) return undefined
    const headers = {
      'x-kubernetes-pf-flowschema-uid': schema.uid,
      'x-kubernetes-pf-prioritylevel-uid': known.uid,
    }
    const outcome = (admitted: boolean): FlowAdmission => ({
      admitted,
      headers,
      release: () => known.level.leave(),
    })
    const entered = known.level.enter(flowOf(schema, request))
    return typeof entered === 'boolean' ? outcome(entered) : entered.then(outcome)
  }

  /** What each level counts, by name. */
  get levels(): readonly (readonly [name: string, counts: LevelCounts])[] {
    return [...this.#levels]
      .map(([name, { level }]) => [name, level.counts] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1))
  }

  close(): void {
    this.#cancel()
  }

  #classify(request: FlowRequest): Schema | undefined {
    this.#ordered ??= [...this.#schemas.values()].sort(
      (left, right) => precedence(left) - precedence(right) || (left.name < right.name ? -1 : 1),
    )
    const hasLevel = ({ spec }: Schema) => this.#levels.has(spec.priorityLevelConfiguration.name)
    return (
      this.#ordered.find((schema) => hasLevel(schema) && matchesSchema(request, schema.spec)) ??
      this.#schemas.get('catch-all')
    )
  }

  #knows(key: string): boolean {
    const [kind, name = ''] = key.slice(folder.length).split('/')
    return kind === 'flowschemas' ? this.#schemas.has(name) : this.#specs.has(name)
  }

  #observe(key: string, object: KubeObject | undefined): void {
    const [kind, name = ''] = key.slice(folder.length).split('/')
    if (kind === 'flowschemas') {
      this.#ordered = undefined
      const { spec } = (object ?? {}) as { readonly spec?: FlowSchemaSpec }
      if (spec === undefined) this.#schemas.delete(name)
      else this.#schemas.set(name, { name, uid: object?.metadata.uid ?? '', spec })
      return
    }
    if (object === undefined) this.#specs.delete(name)
    else this.#specs.set(name, object)
    this.#divide()
  }

  /** Seats are divided by shares, so that a change of one level changes all. */
  #divide(): void {
    const shares = new Map([...this.#specs].map(([name, object]) => [name, sharesOf(object)]))
    const sum = [...shares.values()].reduce((total, one) => total + one, 0)
    for (const name of this.#levels.keys()) if (!this.#specs.has(name)) this.#levels.delete(name)
    for (const [name, object] of this.#specs) {
      const exempt = specOf(object).type === 'Exempt'
      const part = sum === 0 ? 0 : Math.ceil((this.#seats * (shares.get(name) ?? 0)) / sum)
      const limits = limitsOf(object, exempt ? Number.POSITIVE_INFINITY : part)
      const level = this.#levels.get(name)?.level ?? new Level(this.#clock, limits)
      level.limits = limits
      this.#levels.set(name, { uid: object.metadata.uid ?? '', level })
    }
  }
}

interface LevelSpec {
  readonly type?: string
  readonly limited?: {
    readonly nominalConcurrencyShares?: number
    readonly limitResponse?: {
      readonly type?: string
      readonly queuing?: { readonly queues?: number; readonly handSize?: number; readonly queueLengthLimit?: number }
    }
  }
}

function specOf(object: KubeObject): LevelSpec {
  return (object as { readonly spec?: LevelSpec }).spec ?? {}
}

const sharesOf = (object: KubeObject): number => specOf(object).limited?.nominalConcurrencyShares ?? 0

function limitsOf(object: KubeObject, seats: number): LevelLimits {
  const { queues = 0, handSize = 1, queueLengthLimit = 0 } = specOf(object).limited?.limitResponse?.queuing ?? {}
  return { seats, queues, handSize, queueLength: queueLengthLimit }
}

const precedence = ({ spec }: Schema): number => spec.matchingPrecedence ?? 1000

/** Requests of one flow wait behind each other. */
function flowOf({ name, spec }: Schema, { user, info }: FlowRequest): string {
  const type = spec.distinguisherMethod?.type
  const own = type === 'ByUser' ? user.name : type === 'ByNamespace' && info.isResource ? info.namespace : ''
  return `${name}\u0000${own}`
}
