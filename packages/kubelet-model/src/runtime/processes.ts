import type { ProgramContext } from './program.ts'

/** Text that comes piece by piece: lines of a terminal, or whatever a client sends at a time. */
export class ProcessInput {
  readonly #waiting: string[] = []
  #closed = false
  #wake: (() => void) | undefined

  add(text: string): void {
    if (this.#closed) return
    this.#waiting.push(text)
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** The next piece, or undefined at the end. */
  async read(): Promise<string | undefined> {
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
  readonly argv: readonly string[]
  readonly tty: boolean
  stdout(text: string): void
  stderr(text: string): void
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
  /** Tells of what it writes, from now on. */
  onOutput(listener: (stream: 'stdout' | 'stderr', text: string) => void): void
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
