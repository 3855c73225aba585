import type { ResourceTypes } from '@kube-bonsai/api-types'
import type { GroupVersionResource, KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import type { Clock, Random } from '@kube-bonsai/clock'
import type { Client, ResourceClient } from '../client.ts'
import type { InformerFactory } from '../informer-factory-types.ts'
import type { Informer } from '../informer-types.ts'
import { parseResourceKey } from '../request/paths.ts'
import { createInformer, type InformerFailure, type OwnedInformer } from './informer.ts'

/** What an informer factory needs. */
export interface InformerFactoryOptions {
  readonly clock: Clock
  readonly random: Random
  /** Told of each failure, with the resource (`apps/v1/deployments`) that it concerns. */
  readonly onError?: (error: unknown, resource: string, during: InformerFailure) => void
  /** How long the server is asked to keep a watch open, in seconds; as long as it likes when absent. */
  readonly watchTimeoutSeconds?: number
}

class SharedInformerFactory implements InformerFactory {
  readonly #client: Client
  readonly #options: InformerFactoryOptions
  // A resource has one type: what is found under its key is an informer of that type.
  readonly #informers = new Map<string, OwnedInformer<KubeObject>>()
  #started = false
  #stopped = false

  constructor(client: Client, options: InformerFactoryOptions) {
    this.#client = client
    this.#options = options
  }

  informer<K extends keyof ResourceTypes>(key: K): Informer<ResourceTypes[K] & KubeObject> {
    const gvr = parseResourceKey(key)
    const informer = this.#shared(gvr, () => this.#client.resource(key))
    return informer as unknown as Informer<ResourceTypes[K] & KubeObject>
  }

  dynamic(resource: GroupVersionResource & { readonly namespaced: boolean }): Informer<Unstructured> {
    return this.#shared(resource, () => this.#client.dynamic(resource)) as unknown as Informer<Unstructured>
  }

  start(): void {
    this.#started = true
    for (const informer of this.#informers.values()) informer.start()
  }

  async synced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.synced()))
  }

  stop(): void {
    this.#stopped = true
    for (const informer of this.#informers.values()) informer.stop()
  }

  #shared({ group, version, resource }: GroupVersionResource, open: () => unknown): OwnedInformer<KubeObject> {
    const key = group === '' ? `${version}/${resource}` : `${group}/${version}/${resource}`
    const present = this.#informers.get(key)
    if (present !== undefined) return present
    const informer = this.#create(key, open() as ResourceClient<KubeObject>)
    this.#informers.set(key, informer)
    if (this.#stopped) informer.stop()
    else if (this.#started) informer.start()
    return informer
  }

  #create(key: string, resource: ResourceClient<KubeObject>): OwnedInformer<KubeObject> {
    const { clock, random, onError, watchTimeoutSeconds } = this.#options
    return createInformer(resource, {
      clock,
      random: random.fork(key),
      ...(onError === undefined ? {} : { onError: (error, during) => onError(error, key, during) }),
      ...(watchTimeoutSeconds === undefined ? {} : { watchTimeoutSeconds }),
    })
  }
}

/** Shares one informer per resource among all who ask. Nothing is requested before `start`. */
export function createInformerFactory(client: Client, options: InformerFactoryOptions): InformerFactory {
  return new SharedInformerFactory(client, options)
}
