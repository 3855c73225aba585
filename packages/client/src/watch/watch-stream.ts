import type { CancelSignal, WatchEvent } from '@kube-bonsai/apimachinery'

type Result<T> = IteratorResult<WatchEvent<T>, undefined>
type Source<T> = AsyncIterator<WatchEvent<T>>

/** Sends the request of a watch; the signal ends it. */
export type OpenWatch<T> = (signal: CancelSignal) => Promise<AsyncIterable<WatchEvent<T>>>

const end = { done: true, value: undefined } as const

/**
 * One run of a watch. The request is sent by the first `next`. It ends, and so does the request, when the server ends
 * it, when the loop is left, or when the caller's signal aborts: at once then, whatever the transport does.
 */
export class WatchStream<T> implements AsyncIterableIterator<WatchEvent<T>, undefined> {
  readonly #open: OpenWatch<T>
  readonly #outer: CancelSignal | undefined
  readonly #inner = new AbortController()
  // A promise that lives as long as the watch must not take part in a race per event: it would keep them all.
  readonly #waiting = new Set<() => void>()
  #opening: Promise<Source<T>> | undefined
  #source: Source<T> | undefined
  #ended = false

  constructor(open: OpenWatch<T>, outer: CancelSignal | undefined) {
    this.#open = open
    this.#outer = outer
    if (outer?.aborted === true) this.#end()
    else outer?.addEventListener('abort', this.#end)
  }

  next(): Promise<Result<T>> {
    if (this.#ended) return Promise.resolve(end)
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(end)
      this.#waiting.add(giveUp)
      this.#pull().then(
        (result) => {
          this.#waiting.delete(giveUp)
          if (result.done === true) this.#end()
          resolve(result.done === true || this.#ended ? end : result)
        },
        (error: unknown) => {
          this.#waiting.delete(giveUp)
          if (this.#ended) return resolve(end)
          this.#end()
          reject(error)
        },
      )
    })
  }

  return(): Promise<Result<T>> {
    this.#end()
    return Promise.resolve(end)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #pull(): Promise<IteratorResult<WatchEvent<T>, unknown>> {
    if (this.#source !== undefined) return this.#source.next()
    this.#opening ??= this.#start()
    return this.#opening.then((source) => source.next())
  }

  async #start(): Promise<Source<T>> {
    const events = await this.#open(this.#inner.signal)
    const source = events[Symbol.asyncIterator]()
    this.#source = source
    if (this.#ended) this.#leave(source)
    return source
  }

  readonly #end = (): void => {
    if (this.#ended) return
    this.#ended = true
    this.#outer?.removeEventListener('abort', this.#end)
    this.#inner.abort()
    for (const giveUp of this.#waiting) giveUp()
    this.#waiting.clear()
    if (this.#source !== undefined) this.#leave(this.#source)
  }

  #leave(source: Source<T>): void {
    // What a transport says while it is being torn down is of no use to anyone.
    source.return?.().then(undefined, () => {})
  }
}
