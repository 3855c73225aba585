import type { Builtin } from './builtin.ts'
import { flow } from './builtins/flow.ts'
import { jobs } from './builtins/jobs.ts'
import { options } from './builtins/options.ts'
import { places } from './builtins/places.ts'
import { readBuiltin } from './builtins/read.ts'
import { variables } from './builtins/variables.ts'

/** What is a part of the shell, because it changes it. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ...flow,
  ...variables,
  ...options,
  ...jobs,
  ...places,
  read: readBuiltin,
}

/** Those of which POSIX says that assignments in front of them stay, and that their failure ends the shell. */
export const specialBuiltins: ReadonlySet<string> = new Set(
  ['break', ':', 'continue', '.', 'eval', 'exec', 'exit', 'export', 'readonly', 'return'].concat([
    'set',
    'shift',
    'times',
    'trap',
    'unset',
  ]),
)
