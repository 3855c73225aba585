import {
  type ApiRequest,
  type ApiResponse,
  formatTime,
  instantOfMillis,
  type KubeObject,
} from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { Storage } from '@kube-bonsai/storage'
import type { CustomResources } from '../custom-resources/custom-resources.ts'
import {
  availableCondition,
  conditionToWrite,
  danglingCondition,
  type KnownService,
  type ServiceReference,
} from './conditions.ts'
import { customApiServices } from './custom-api-services.ts'

/** What the loops work with. */
export interface OwnControllersOptions {
  readonly storage: Storage<KubeObject>
  readonly clock: Clock
  readonly customResources: Pick<CustomResources, 'subscribe' | 'definitions'>
  /** Writes through the API, as the server itself. */
  request(request: ApiRequest): Promise<ApiResponse>
}

const flowSchemas = '/registry/flowcontrol.apiserver.k8s.io/flowschemas/'
const levels = '/registry/flowcontrol.apiserver.k8s.io/prioritylevelconfigurations/'
const apiServices = '/registry/apiregistration.k8s.io/apiservices/'
const services = '/registry/core/services/'
/** Stands before the group whose custom resources are looked at. */
const definitionsOf = 'definitions of '

const asServer = { 'user-agent': 'kube-apiserver' }

/** The loops that the API server itself runs for objects about itself: conditions of FlowSchemas and APIServices. */
export class OwnControllers {
  readonly #options: OwnControllersOptions
  readonly #waiting: Set<string> = new Set()
  /** APIServices whose condition a service may change. */
  readonly #remote: Set<string> = new Set()
  readonly #cancels: readonly (() => void)[]
  #running = false
  #closed = false

  constructor(options: OwnControllersOptions) {
    this.#options = options
    this.#cancels = [flowSchemas, levels, apiServices, services].map((prefix) => {
      const watch = options.storage.watch({
        prefix,
        onEvents: (events) => {
          for (const { kv } of events) this.#notice(prefix, kv.key)
        },
      })
      return () => watch.cancel()
    })
    options.customResources.subscribe((name) => {
      if (this.#closed) return
      this.#waiting.add(definitionsOf + name.slice(name.indexOf('.') + 1))
      this.#start()
    })
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#cancels) cancel()
    this.#waiting.clear()
  }

  #notice(prefix: string, key: string): void {
    if (prefix === services) for (const name of this.#remote) this.#waiting.add(name)
    else this.#waiting.add(key)
    if (this.#waiting.size > 0) this.#start()
  }

  #start(): void {
    if (this.#running) return
    this.#running = true
    const release = this.#options.clock.hold()
    this.#run().finally(() => {
      this.#running = false
      release()
    })
  }

  async #run(): Promise<void> {
    for (const key of this.#waiting) {
      this.#waiting.delete(key)
      if (key.startsWith(definitionsOf)) await this.#syncGroup(key.slice(definitionsOf.length))
      else if (key.startsWith(levels)) await this.#addSchemas()
      else if (key.startsWith(flowSchemas)) await this.#syncFlowSchema(key)
      else await this.#syncApiService(key)
    }
  }

  /** Schemas hang in the air by what levels there are. */
  async #addSchemas(): Promise<void> {
    const { items } = await this.#options.storage.range({ prefix: flowSchemas })
    for (const { key } of items) this.#waiting.add(key)
  }

  /** Every served version of custom resources has an APIService. */
  async #syncGroup(group: string): Promise<void> {
    const { storage, customResources, request } = this.#options
    const { items } = await storage.range({ prefix: apiServices })
    const existing = items.map(({ value }) => value)
    const { missing, stale } = customApiServices(group, customResources.definitions(), existing)
    const path = '/apis/apiregistration.k8s.io/v1/apiservices'
    for (const body of missing) await request({ method: 'POST', path, headers: asServer, body })
    for (const name of stale) await request({ method: 'DELETE', path: `${path}/${name}`, headers: asServer })
  }

  async #read(key: string): Promise<KubeObject | undefined> {
    return (await this.#options.storage.get(key))?.value
  }

  get #now(): string {
    return formatTime(instantOfMillis(this.#options.clock.now()))
  }

  async #syncFlowSchema(key: string): Promise<void> {
    const schema = await this.#read(key)
    if (schema === undefined) return
    const { spec } = schema as { readonly spec?: { readonly priorityLevelConfiguration?: { readonly name?: string } } }
    const level = spec?.priorityLevelConfiguration?.name ?? ''
    const exists = (await this.#read(`${levels}${level}`)) !== undefined
    const condition = conditionToWrite(schema, danglingCondition(level, exists), this.#now)
    if (condition === undefined) return
    const { name = '' } = schema.metadata
    const { apiVersion, kind } = schema
    await this.#options.request({
      method: 'PATCH',
      path: `/apis/${apiVersion}/flowschemas/${name}/status`,
      query: { fieldManager: 'api-priority-and-fairness-config-consumer-v1', force: 'true' },
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: { apiVersion, kind, metadata: { name }, status: { conditions: [condition] } },
    })
  }

  async #syncApiService(key: string): Promise<void> {
    const object = await this.#read(key)
    if (object === undefined) return void this.#remote.delete(key)
    const { spec } = object as { readonly spec?: { readonly service?: ServiceReference } }
    const reference = spec?.service
    if (reference === undefined) this.#remote.delete(key)
    else this.#remote.add(key)
    const service = reference && (await this.#service(reference))
    const condition = conditionToWrite(object, availableCondition(reference, service), this.#now)
    if (condition === undefined) return
    await this.#options.request({
      method: 'PUT',
      path: `/apis/${object.apiVersion}/apiservices/${object.metadata.name ?? ''}/status`,
      headers: asServer,
      body: { ...object, status: { conditions: [condition] } },
    })
  }

  async #service({ namespace = '', name = '' }: ServiceReference): Promise<KnownService | undefined> {
    const service = await this.#read(`${services}${namespace}/${name}`)
    if (service === undefined) return undefined
    const { spec } = service as { readonly spec?: { readonly type?: string; readonly ports?: KnownService['ports'] } }
    return { ports: spec?.ports ?? [], ...(spec?.type !== undefined && { type: spec.type }) }
  }
}
