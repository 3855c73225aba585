/** Hands events from those who push to the one who reads, in order. */
export class EventQueue<T> implements AsyncIterable<T> {
  #waiting: T[] = []
  #head = 0
  #wake: (() => void) | undefined
  #closed = false
  readonly #onClose: () => void

  constructor(onClose: () => void) {
    this.#onClose = onClose
  }

  /** How many events have not been read yet. */
  get length(): number {
    return this.#waiting.length - this.#head
  }

  push(item: T): void {
    if (this.#closed) return
    this.#waiting.push(item)
    this.#wake?.()
  }

  /** No more will come; what waits can still be read. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#onClose()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (this.#head < this.#waiting.length) {
          const item = this.#waiting[this.#head++]
          if (this.#head > 1024) {
            this.#waiting = this.#waiting.slice(this.#head)
            this.#head = 0
          }
          if (item !== undefined) yield item
        }
        if (this.#closed) return
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    } finally {
      this.close()
    }
  }
}
