import { ShellError } from './shell-error.ts'
import type { ShellState } from './shell-state.ts'
import type { Evaluator } from './simple-command.ts'

/** How a builtin is called. */
export interface BuiltinCall {
  readonly state: ShellState
  readonly args: readonly string[]
  readonly evaluator: Evaluator
  /** All of them. */
  readonly builtins: Readonly<Record<string, Builtin>>
}

/** A command that is a part of the shell; it returns its exit code. */
export type Builtin = (call: BuiltinCall) => Promise<number> | number

/** An exit code or a count. Throws a ShellError for what is no number. */
export function countOf(text: string, builtin: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ShellError(`${builtin}: Illegal number: ${text}`)
  return Number(text)
}
