import type { LogLine, LogOptions } from './container-runtime.ts'
import { LineSplitter } from './line-splitter.ts'

/** How many lines are kept; a program that floods its log loses the oldest ones. */
const capacity = 10_000

interface Follower {
  readonly line: (line: LogLine) => void
  readonly ended: () => void
}

/** Gets what a program writes as it comes, lines or not. */
export interface OutputListener {
  readonly output: (stream: 'stdout' | 'stderr', data: string | Uint8Array) => void
  readonly ended: () => void
}

/** The log of one container: the newest lines, and those who follow it. */
export class LogBuffer {
  #lines: LogLine[] = []
  /** Made for the first one: most logs are never followed. */
  #followers: Set<Follower> | undefined
  #listeners: Set<OutputListener> | undefined
  /** Lines whose ends have not come yet. */
  #splitters: { stdout?: LineSplitter; stderr?: LineSplitter } | undefined
  #ended = false

  add(time: number, text: string): void {
    this.#keep(time, text)
    for (const { output } of this.#listeners ?? []) output('stdout', `${text}\n`)
  }

  /** Adds what a process writes; `now` tells the time at the end of a line. */
  write(now: () => number, stream: 'stdout' | 'stderr', data: string | Uint8Array): void {
    if (this.#ended) return
    for (const { output } of this.#listeners ?? []) output(stream, data)
    this.#splitters ??= {}
    this.#splitters[stream] ??= new LineSplitter((text) => this.#keep(now(), text))
    this.#splitters[stream].write(data)
  }

  #keep(time: number, text: string): void {
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

  /** Tells of all that is written from now on. Returns the way to stop listening. */
  listen(listener: OutputListener): () => void {
    if (this.#ended) {
      listener.ended()
      return () => {}
    }
    this.#listeners ??= new Set()
    const listeners = this.#listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** No more lines will come. */
  end(): void {
    this.#splitters?.stdout?.end()
    this.#splitters?.stderr?.end()
    this.#splitters = undefined
    this.#ended = true
    for (const { ended } of [...(this.#followers ?? []), ...(this.#listeners ?? [])]) ended()
    this.#followers = undefined
    this.#listeners = undefined
  }
}
