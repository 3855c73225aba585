import type { Task } from './task.ts'

/** What a process reads, piece by piece. */
export interface Input {
  /** The next bytes, or undefined at the end. A reader that `waits` no longer takes nothing: what comes is for the next one. */
  read(waits?: () => boolean): Promise<Uint8Array | undefined>
  /** Puts back what was read too much. */
  unread(bytes: Uint8Array): void
}

/** What a process writes to. */
export interface Output {
  /** Resolves when there is room for more. Rejects with a BrokenPipe when nobody will read it. */
  write(data: string | Uint8Array): Promise<void> | void
}

/** The reader of a pipe has gone. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe'
}

/** More was read at once than a process of this size may hold. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory'
  constructor() {
    super('out of memory')
  }
}

/** How many bytes a command or a variable may hold. */
export const maxHeld: number = 16 * 1024 * 1024
const roomInPipe = 64 * 1024
const encoder = new TextEncoder()

export function bytesFrom(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data
}

/** Bytes that are no UTF-8 become replacement characters. */
export function textFrom(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** Reads from a function that gives the next bytes. */
export class ByteInput implements Input {
  readonly #next: () => Promise<Uint8Array | undefined>
  #back: Uint8Array | undefined
  #pending: Promise<Uint8Array | undefined> | undefined

  constructor(next: () => Promise<Uint8Array | undefined>) {
    this.#next = next
  }

  async read(waits: () => boolean = () => true): Promise<Uint8Array | undefined> {
    for (;;) {
      const back = this.#back
      this.#back = undefined
      if (back !== undefined) return back
      this.#pending ??= this.#next()
      const pending = this.#pending
      try {
        const bytes = await pending
        if (!waits()) return undefined
        if (this.#pending !== pending) continue
        this.#pending = undefined
        return bytes
      } catch (error) {
        if (this.#pending === pending) this.#pending = undefined
        throw error
      }
    }
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#back = this.#back === undefined ? bytes : joinBytes([bytes, this.#back])
  }
}

/** The same input for one process: it waits no longer when it is killed. */
export function readBy(task: Task, input: Input): Input {
  return {
    read: async () => {
      let waits = true
      try {
        return await task.waitFor(input.read(() => waits))
      } finally {
        waits = false
      }
    },
    unread: (bytes) => input.unread(bytes),
  }
}

/** Reads what is there already. */
export function inputOf(data: string | Uint8Array): Input {
  let left: Uint8Array | undefined = bytesFrom(data)
  return new ByteInput(async () => {
    const bytes = left
    left = undefined
    return bytes === undefined || bytes.length === 0 ? undefined : bytes
  })
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const joined = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Reads to the end. Rejects with an OutOfMemory for more than a process may hold. */
export async function readAll(input: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for (let part = await input.read(); part !== undefined; part = await input.read()) {
    size += part.length
    if (size > maxHeld) throw new OutOfMemory()
    parts.push(part)
  }
  return joinBytes(parts)
}

/** The next line without its end, and whether it had one; undefined at the end of the input. */
export async function readLine(
  input: Input,
): Promise<{ readonly line: Uint8Array; readonly ended: boolean } | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for (let part = await input.read(); part !== undefined; part = await input.read()) {
    const end = part.indexOf(10)
    if (end >= 0) {
      input.unread(part.subarray(end + 1))
      return { line: joinBytes([...parts, part.subarray(0, end)]), ended: true }
    }
    size += part.length
    if (size > maxHeld) throw new OutOfMemory()
    parts.push(part)
  }
  return parts.length === 0 ? undefined : { line: joinBytes(parts), ended: false }
}

/** Every line, as text without its end. */
export async function* linesOf(input: Input): AsyncGenerator<string> {
  for (let line = await readLine(input); line !== undefined; line = await readLine(input)) yield textFrom(line.line)
}

/** What one process writes another one reads; the writer waits when the reader is slow. */
export class Pipe {
  readonly input: Input
  readonly output: Output
  #waiting: Uint8Array[] = []
  #size = 0
  #closed = false
  #read = true
  readonly #wakers: Set<() => void> = new Set()

  /** The tasks are those that wait; they are woken when they are killed. */
  constructor(reader: Task, writer: Task) {
    this.input = new ByteInput(async () => {
      while (this.#waiting.length === 0 && !this.#closed) await reader.waitFor(this.#change())
      const bytes = this.#waiting.length > 0 ? joinBytes(this.#waiting) : undefined
      this.#waiting = []
      this.#size = 0
      this.#wake()
      return bytes
    })
    this.output = {
      write: async (data) => {
        const bytes = bytesFrom(data)
        while (this.#read && this.#size > roomInPipe) await writer.waitFor(this.#change())
        if (!this.#read) throw new BrokenPipe()
        if (bytes.length === 0) return
        this.#waiting.push(bytes)
        this.#size += bytes.length
        this.#wake()
      },
    }
  }

  /** Nothing more will be written. */
  closeOutput(): void {
    this.#closed = true
    this.#wake()
  }

  /** Nobody will read any more. */
  closeInput(): void {
    this.#read = false
    this.#waiting = []
    this.#wake()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wakers.add(resolve))
  }

  #wake(): void {
    const wakers = [...this.#wakers]
    this.#wakers.clear()
    for (const wake of wakers) wake()
  }
}
