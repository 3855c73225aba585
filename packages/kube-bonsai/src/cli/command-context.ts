import type { Console } from './console.ts'

/** What every command is given. */
export interface CommandContext {
  readonly console: Console
  /** Sets the exit code of the whole command. */
  finish(exitCode: number): void
}
