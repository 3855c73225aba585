import {
  isGone,
  isResourceExpired,
  isTooManyRequests,
  type KubeObject,
  StatusError,
  type Stored,
  statusOf,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'
import { type Clock, type Random, sleep } from '@kube-bonsai/clock'
import type { ResourceClient } from '../client.ts'
import { GrowingWait } from '../retry/growing-wait.ts'

/** Takes what a reflector finds. */
export interface ReflectorTarget<T> {
  /** The whole state. */
  replace(items: readonly Stored<T>[]): void
  change(event: WatchEvent<Stored<T>> & { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' }): void
}

/** What a reflector needs to know. */
export interface ReflectorOptions<T> {
  readonly resource: ResourceClient<T>
  readonly clock: Clock
  readonly random: Random
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** How long the server is asked to keep a watch open, in seconds; as long as it likes when absent. */
  readonly watchTimeoutSeconds?: number
  readonly target: ReflectorTarget<T>
  readonly onError: (error: unknown, during: 'list' | 'watch') => void
}

// client-go's: @see staging/src/k8s.io/client-go/tools/cache/reflector.go
const backoffOptions = { initial: 800, factor: 2, max: 30_000, jitter: 1, resetAfter: 120_000 } as const
const shortestWatch = 1000

type Outcome = 'relist' | 'resume' | 'again'

/** Says whether a failure means that a resource version is no longer kept. */
export function isExpired(error: unknown): boolean {
  return isResourceExpired(error) || isGone(error)
}

function isTooLargeVersion(error: unknown): boolean {
  return statusOf(error)?.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') === true
}

/** Keeps a target in step with a resource: lists, then watches from there, for ever. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>
  readonly #signal: AbortSignal
  readonly #backoff: GrowingWait
  #version = '0'

  constructor(options: ReflectorOptions<T>, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#backoff = new GrowingWait(backoffOptions, options.clock, options.random)
  }

  /** Runs until the signal aborts; never rejects. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      if (await this.#list()) await this.#follow()
      await this.#pause()
    }
  }

  /** The newest resource version that has been seen. */
  get resourceVersion(): string {
    return this.#version
  }

  async #list(): Promise<boolean> {
    try {
      const list = await this.#request(this.#version).catch((error: unknown) => {
        if (this.#version === '' || !(isExpired(error) || isTooLargeVersion(error))) throw error
        return this.#request('')
      })
      if (this.#signal.aborted) return false
      this.#version = list.metadata.resourceVersion ?? ''
      this.#options.target.replace(list.items)
      return true
    } catch (error) {
      this.#report(error, 'list')
      return false
    }
  }

  #request(resourceVersion: string): ReturnType<ResourceClient<T>['list']> {
    const version = resourceVersion === '' ? {} : { resourceVersion }
    return this.#options.resource.list({ ...version, ...this.#selectors(), signal: this.#signal })
  }

  /** Watches again and again; returns when only a new list can help. */
  async #follow(): Promise<void> {
    for (;;) {
      const outcome = await this.#watch()
      if (this.#signal.aborted || outcome === 'relist') return
      if (outcome === 'again') await this.#pause()
    }
  }

  async #watch(): Promise<Outcome> {
    const { clock, resource, watchTimeoutSeconds } = this.#options
    const began = clock.now()
    const timeout = watchTimeoutSeconds === undefined ? {} : { timeoutSeconds: watchTimeoutSeconds }
    let events = 0
    try {
      const options = { ...this.#selectors(), ...timeout, resourceVersion: this.#version, allowWatchBookmarks: true }
      for await (const event of resource.watch({ ...options, signal: this.#signal })) {
        events++
        if (event.type === 'ERROR') throw new StatusError(event.object)
        // Without a version the next watch would begin at the present and miss what lies between.
        this.#version = event.object.metadata.resourceVersion || this.#version
        if (event.type !== 'BOOKMARK') this.#options.target.change({ type: event.type, object: event.object })
      }
    } catch (error) {
      return this.#judge(error)
    }
    // A server that ends watches as soon as they begin must not be asked without a pause.
    return events === 0 && clock.now() - began < shortestWatch ? 'again' : 'resume'
  }

  #judge(error: unknown): Outcome {
    if (isExpired(error)) {
      this.#version = ''
      return 'relist'
    }
    this.#report(error, 'watch')
    const status = statusOf(error)
    return status === undefined || isTooManyRequests(error) || (status.code ?? 0) >= 500 ? 'again' : 'relist'
  }

  #selectors(): { readonly labelSelector?: string; readonly fieldSelector?: string } {
    const { labelSelector, fieldSelector } = this.#options
    return {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    }
  }

  #report(error: unknown, during: 'list' | 'watch'): void {
    if (!this.#signal.aborted) this.#options.onError(error, during)
  }

  async #pause(): Promise<void> {
    if (this.#signal.aborted) return
    // A server that stays away must not keep a virtual cluster from settling.
    const background = this.#backoff.exhausted
    await sleep(this.#options.clock, this.#backoff.next(), this.#signal, { background }).catch(() => {})
  }
}
