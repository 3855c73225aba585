import { type Builtin, countOf } from '../builtin.ts'
import { ExitSignal, LoopSignal, ReturnSignal } from '../control.ts'
import { inside } from '../glob-files.ts'
import { parseScript } from '../parser.ts'
import { ShellError } from '../shell-error.ts'
import type { ShellState } from '../shell-state.ts'

/** Scripts that run scripts. */
const maxNested = 100

const loop =
  (kind: 'break' | 'continue'): Builtin =>
  ({ state, args: [levels = '1'] }) => {
    const count = countOf(levels, kind)
    if (count === 0) throw new ShellError(`${kind}: Illegal number: 0`)
    if (state.loopDepth === 0) return 0
    throw new LoopSignal(kind, count)
  }

async function nested(state: ShellState, run: () => Promise<number>): Promise<number> {
  if (state.functionDepth >= maxNested) throw new ShellError('scripts run each other without end')
  state.functionDepth++
  try {
    return await run()
  } finally {
    state.functionDepth--
  }
}

const source: Builtin = async ({ state, args: [path, ...args], evaluator }) => {
  if (path === undefined) throw new ShellError('.: filename argument required')
  const full = inside(state.cwd, path)
  if (state.files.stat(full)?.kind !== 'file')
    throw new ShellError(`.: can't open '${path}': No such file or directory`)
  const script = parseScript(state.files.read(full))
  const outer = state.args
  if (args.length > 0) state.args = args
  try {
    return await nested(state, () => evaluator.evaluate(state, script))
  } catch (error) {
    if (error instanceof ReturnSignal) return error.code
    throw error
  } finally {
    state.args = outer
  }
}

/** Builtins that decide what runs next. */
export const flow: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  break: loop('break'),
  continue: loop('continue'),
  exit({ state, args: [code] }) {
    throw new ExitSignal(code === undefined ? state.lastCode : countOf(code, 'exit') & 255)
  },
  return({ state, args: [code] }) {
    throw new ReturnSignal(code === undefined ? state.lastCode : countOf(code, 'return') & 255)
  },
  eval: ({ state, args, evaluator }) => {
    const script = parseScript(args.join(' '))
    return nested(state, () => evaluator.evaluate(state, script))
  },
  '.': source,
  source,
}
