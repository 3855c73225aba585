import type { Timer } from '../clock.ts'
import type { HeapEntry } from '../timer-heap.ts'

/** A waiting task of the virtual clock. */
export class VirtualTimer implements Timer, HeapEntry {
  readonly at: number
  readonly sequence: number
  readonly background: boolean
  readonly task: () => void | Promise<void>
  index = -1
  readonly #cancel: (timer: VirtualTimer) => void

  constructor(
    at: number,
    sequence: number,
    background: boolean,
    task: () => void | Promise<void>,
    cancel: (timer: VirtualTimer) => void,
  ) {
    this.at = at
    this.sequence = sequence
    this.background = background
    this.task = task
    this.#cancel = cancel
  }

  cancel(): void {
    this.#cancel(this)
  }
}
