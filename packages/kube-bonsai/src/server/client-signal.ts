import type { CancelSignal } from '@kube-bonsai/apimachinery'

/** Tells that a client has gone away. An AbortController for each request would cost more than many an answer. */
export class ClientSignal implements CancelSignal {
  #aborted = false
  #listeners: Set<() => void> | undefined

  get aborted(): boolean {
    return this.#aborted
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#aborted) return
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener)
  }

  /** Calls every listener, once. */
  abort(): void {
    if (this.#aborted) return
    this.#aborted = true
    const listeners = this.#listeners
    this.#listeners = undefined
    for (const listener of listeners ?? []) listener()
  }
}
