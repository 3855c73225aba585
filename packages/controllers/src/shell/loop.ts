import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'
import {
  createWorkQueue,
  type Informer,
  type InformerHandler,
  type RateLimiter,
  runWorkers,
  type WorkQueue,
} from '@kube-bonsai/client'
import type { ControllerContext, RunningController } from '../controller.ts'

/** How a loop works. */
export interface LoopOptions {
  readonly name: string
  readonly context: ControllerContext
  /** How many keys may be in work at a time; 5 as most of upstream's controllers. */
  readonly workers?: number
  /** How often a failing key is retried before it is dropped; for ever when absent. */
  readonly maxRetries?: number
  readonly rateLimiter?: RateLimiter<string>
  sync(key: string): Promise<void>
}

/** A queue of keys, the informers that fill it and the workers that empty it. */
export class Loop implements RunningController {
  readonly queue: WorkQueue<string>
  readonly #options: LoopOptions
  readonly #informers: Informer<never>[] = []
  readonly #removals: (() => void)[] = []
  #stopped = false

  constructor(options: LoopOptions) {
    this.#options = options
    const { rateLimiter } = options
    this.queue = createWorkQueue<string>({
      clock: options.context.clock,
      ...(rateLimiter === undefined ? {} : { rateLimiter }),
    })
  }

  /** Listens to an informer; workers wait until it has synced. */
  listen<T extends KubeObject>(informer: Informer<T>, handler: InformerHandler<Stored<T>> = {}): this {
    this.#informers.push(informer as unknown as Informer<never>)
    this.#removals.push(informer.handle(handler))
    return this
  }

  /** Starts the workers once every informer has synced. */
  run(): this {
    Promise.all(this.#informers.map((informer) => informer.synced())).then(
      () => this.#work(),
      (error: unknown) => {
        if (!this.#stopped && !isStop(error)) this.report('', error)
      },
    )
    return this
  }

  /** Adds a key a moment later, so that many changes of one instant are worked on once. */
  soon(key: string): void {
    this.queue.addAfter(key, 1)
  }

  /** Tells the context of an error. */
  report(key: string, error: unknown): void {
    this.#options.context.onError?.(this.#options.name, key, error)
  }

  stop(): void {
    this.#stopped = true
    for (const remove of this.#removals) remove()
    this.queue.shutDown()
  }

  #work(): void {
    if (this.#stopped) return
    const { workers = 5, maxRetries, sync } = this.#options
    runWorkers(this.queue, workers, (key) => this.#sync(key, sync), {
      onError: (key, error) => this.report(key, error),
      retry: (key) => !this.#stopped && (maxRetries === undefined || this.queue.requeues(key) < maxRetries),
    })
  }

  async #sync(key: string, sync: (key: string) => Promise<void>): Promise<void> {
    try {
      await sync(key)
    } catch (error) {
      if (!this.#stopped) throw error
    }
  }
}

function isStop(error: unknown): boolean {
  return error instanceof Error && error.name === 'InformerStoppedError'
}

/** A handler that calls `add` with each object that came, changed or went. */
export function onEach<T>(add: (object: T) => void): InformerHandler<T> {
  return { onAdd: add, onUpdate: add, onDelete: add }
}
