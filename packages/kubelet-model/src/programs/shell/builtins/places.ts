import { found } from '../../commands/run.ts'
import { holds } from '../../commands/test.ts'
import type { Builtin } from '../builtin.ts'
import { inside } from '../glob-files.ts'
import { ShellError } from '../shell-error.ts'
import type { ShellState } from '../shell-state.ts'
import { runOutside } from '../simple-command.ts'

/** Without `.`, `..` and doubled slashes. */
export function normalPath(path: string): string {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `/${names.join('/')}`
}

const test =
  (closing: boolean): Builtin =>
  ({ state, args }) => {
    if (closing && args.at(-1) !== ']') throw new ShellError('[: missing ]', 2)
    try {
      return holds(closing ? args.slice(0, -1) : args, state) ? 0 : 1
    } catch (error) {
      if (!(error instanceof ShellError)) throw error
      state.stderr.write(`${state.name}: ${error.message}\n`)
      return 2
    }
  }

function whatIs(state: ShellState, name: string, builtins: Readonly<Record<string, Builtin>>): string | undefined {
  if (state.functions.has(name)) return 'function'
  if (Object.hasOwn(builtins, name)) return 'builtin'
  return found(name, state.variables.get('PATH'), state.cwd, state.world)?.path
}

/** Builtins that know where things are. */
export const places: Readonly<Record<string, Builtin>> = {
  test: test(false),
  '[': test(true),
  cd({ state, args }) {
    const [first] = args.filter((text) => !/^-[LPe]$/.test(text))
    const target = first === '-' ? state.variables.get('OLDPWD') : (first ?? state.variables.get('HOME') ?? '/root')
    if (target === undefined) throw new ShellError('cd: OLDPWD not set', 1)
    const path = normalPath(inside(state.cwd, target))
    const stat = state.files.stat(path)
    if (stat === undefined) throw new ShellError(`cd: can't cd to ${target}: No such file or directory`, 1)
    if (stat.kind !== 'directory') throw new ShellError(`cd: can't cd to ${target}: Not a directory`, 1)
    state.variables.set('OLDPWD', state.cwd)
    state.variables.set('PWD', path)
    state.cwd = path
    if (first === '-') state.stdout.write(`${path}\n`)
    return 0
  },
  async pwd({ state }) {
    await state.stdout.write(`${state.cwd}\n`)
    return 0
  },
  async command({ state, args, evaluator, builtins }) {
    const [first, ...names] = args
    if (first === '-v' || first === '-V') return tell(state, names, builtins, first === '-V')
    const words = first === '-p' || first === '--' ? names : args
    const [name = '', ...rest] = words
    if (name === '') return 0
    if (Object.hasOwn(builtins, name)) return (await builtins[name]?.({ state, args: rest, evaluator, builtins })) ?? 0
    return runOutside(state, words)
  },
  type: ({ state, args, builtins }) => tell(state, args, builtins, true),
}

async function tell(
  state: ShellState,
  names: readonly string[],
  builtins: Readonly<Record<string, Builtin>>,
  inWords: boolean,
): Promise<number> {
  let code = 0
  for (const name of names) {
    const what = whatIs(state, name, builtins)
    if (what === undefined) {
      code = 127
      if (inWords) await state.stderr.write(`${name}: not found\n`)
    } else if (!inWords) await state.stdout.write(`${what.startsWith('/') ? what : name}\n`)
    else if (what === 'builtin') await state.stdout.write(`${name} is a shell builtin\n`)
    else await state.stdout.write(`${name} is ${what === 'function' ? 'a function' : what}\n`)
  }
  return code
}
