import type { LogLine, LogOptions } from './container-runtime.ts'

/** How many lines are kept; a program that floods its log loses the oldest ones. */
const capacity = 10_000

interface Follower {
  readonly line: (line: LogLine) => void
  readonly ended: () => void
}

/** The log of one container: the newest lines, and those who follow it. */
export class LogBuffer {
  #lines: LogLine[] = []
  /** Made for the first one: most logs are never followed. */
  #followers: Set<Follower> | undefined
  #ended = false

  add(time: number, text: string): void {
    for (const part of text.split('\n')) {
      const line = { time, text: part }
      this.#lines.push(line)
      for (const follower of this.#followers ?? []) follower.line(line)
    }
    // Cutting in steps keeps adding cheap.
    if (this.#lines.length > 2 * capacity) this.#lines = this.#lines.slice(-capacity)
  }

  read({ tailLines, since }: LogOptions = {}): readonly LogLine[] {
    const recent = since === undefined ? this.#lines : this.#lines.filter((line) => line.time >= since)
    if (tailLines === undefined) return [...recent]
    return tailLines <= 0 ? [] : recent.slice(-tailLines)
  }

  follow(line: (line: LogLine) => void, ended: () => void): () => void {
    if (this.#ended) {
      ended()
      return () => {}
    }
    const follower = { line, ended }
    this.#followers ??= new Set()
    const followers = this.#followers.add(follower)
    return () => void followers.delete(follower)
  }

  /** No more lines will come. */
  end(): void {
    this.#ended = true
    for (const follower of this.#followers ?? []) follower.ended()
    this.#followers = undefined
  }
}
