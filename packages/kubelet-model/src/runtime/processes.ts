import type { ProgramContext } from './program.ts'

/** What comes piece by piece: lines of a terminal, or whatever a client sends at a time. */
export class ProcessInput {
  readonly #waiting: (string | Uint8Array)[] = []
  #closed = false
  #wake: (() => void) | undefined
  /** Pieces of UTF-8 may be cut anywhere. */
  #decoder: TextDecoder | undefined

  add(data: string | Uint8Array): void {
    if (this.#closed) return
    // A copy: whoever sends may use its bytes again, and a Buffer is not quite what it is made of.
    this.#waiting.push(typeof data === 'string' ? data : new Uint8Array(data))
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** The next piece as text, or undefined at the end. Bytes that are no UTF-8 become replacement characters. */
  async read(): Promise<string | undefined> {
    for (;;) {
      const next = await this.#next()
      if (typeof next === 'string') return next
      this.#decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
      const text = this.#decoder.decode(next, { stream: next !== undefined })
      if (next === undefined) return text === '' ? undefined : text
      if (text !== '') return text
    }
  }

  /** The next piece as it came, or undefined at the end. */
  async readBytes(): Promise<Uint8Array | undefined> {
    const next = await this.#next()
    return typeof next === 'string' ? new TextEncoder().encode(next) : next
  }

  async #next(): Promise<string | Uint8Array | undefined> {
    while (this.#waiting.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#waiting.shift()
  }
}

/** What a process sees that `exec` started in a running container. */
export interface ProcessContext extends Omit<ProgramContext, 'log'> {
  /** The container's own program. */
  readonly container: ProgramContext
  readonly argv: readonly string[]
  readonly tty: boolean
  /** Resolves when nobody waits for it any more: its client has gone, or its time is over. */
  readonly abandoned: Promise<void>
  stdout(data: string | Uint8Array): void
  stderr(data: string | Uint8Array): void
  /** Undefined when the client sends nothing. */
  readonly stdin: ProcessInput | undefined
}

/** How `exec` is asked. */
export interface ExecRequest {
  readonly argv: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
}

/** A process that `exec` started. */
export interface Process {
  /** Tells of what it writes, from now on. Bytes that are no UTF-8 become replacement characters. */
  onOutput(listener: (stream: 'stdout' | 'stderr', text: string) => void): void
  /** The same, byte by byte. */
  onBytes(listener: (stream: 'stdout' | 'stderr', data: Uint8Array) => void): void
  /** Its exit code; rejects with a ProcessStartError where there is nothing that could run. */
  readonly exited: Promise<number>
  readonly stdin: ProcessInput
  /** Asks it to end. */
  terminate(): void
}

/** There is no such executable in the image. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError'
  readonly executable: string
  constructor(executable: string) {
    super(
      `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(executable)}: executable file not found in $PATH: unknown`,
    )
    this.executable = executable
  }
}
