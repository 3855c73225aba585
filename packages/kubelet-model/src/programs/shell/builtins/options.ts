import type { Builtin } from '../builtin.ts'
import { quote } from '../print.ts'
import { NotModelled, ShellError } from '../shell-error.ts'
import { type ShellOptions, type ShellState, trapNamed } from '../shell-state.ts'

const letters: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'exitOnError',
  u: 'noUnset',
  x: 'trace',
  f: 'noGlob',
}
const names: Readonly<Record<string, keyof ShellOptions>> = {
  errexit: 'exitOnError',
  nounset: 'noUnset',
  xtrace: 'trace',
  noglob: 'noGlob',
  pipefail: 'pipeFail',
}
/** Options that make no difference here: jobs, history, editing. */
const harmless = new Set(['m', 'b', 'h', 'C', 'E', 'T', 'B', 'H', 'i', 'l', 's', 'p', 'a'])

/** Sets options by their letters or names; what is left are arguments. Throws a ShellError for an option that is none. */
export function setOptions(state: ShellState, args: readonly string[]): readonly string[] | undefined {
  let at = 0
  for (; at < args.length; at++) {
    const text = args[at] ?? ''
    if (text === '--') return args.slice(at + 1)
    if (text === '-') return args.slice(at + 1)
    if (!/^[-+]./.test(text)) break
    const on = text.startsWith('-')
    for (const letter of text.slice(1)) {
      if (letter === 'o') setNamed(state, args[++at], on)
      else if (Object.hasOwn(letters, letter)) change(state, letters[letter], on)
      else if (letter === 'n' || letter === 'v') throw new NotModelled(`set -${letter}`)
      else if (!harmless.has(letter)) throw new ShellError(`set: illegal option -${letter}`)
    }
  }
  return at < args.length ? args.slice(at) : undefined
}

function setNamed(state: ShellState, name: string | undefined, on: boolean): void {
  if (name === undefined) return
  if (Object.hasOwn(names, name)) change(state, names[name], on)
  else if (!/^(monitor|notify|allexport|posix|emacs|vi|ignoreeof|noclobber|errtrace|functrace|history)$/.test(name))
    throw new ShellError(`set: illegal option -o ${name}`)
}

function change(state: ShellState, option: keyof ShellOptions | undefined, on: boolean): void {
  if (option) state.options = { ...state.options, [option]: on }
}

/** Builtins that change how the shell behaves. */
export const options: Readonly<Record<string, Builtin>> = {
  async set({ state, args }) {
    if (args.length === 0) {
      for (const [name, value] of state.variables.all()) await state.stdout.write(`${name}=${quote(value)}\n`)
      return 0
    }
    const left = setOptions(state, args)
    if (left) state.args = left
    return 0
  },
  async trap({ state, args }) {
    if (args.length === 0) {
      for (const [name, action] of state.traps) await state.stdout.write(`trap -- ${quote(action)} ${name}\n`)
      return 0
    }
    const [first = '', ...more] = args[0] === '--' ? args.slice(1) : args
    const resets = first === '-' || more.length === 0
    for (const text of more.length === 0 ? [first] : more) {
      const name = trapNamed(text)
      if (name === undefined) {
        // What bash has besides: it is never raised here.
        if (/^(ERR|DEBUG|RETURN)$/.test(text)) throw new NotModelled(`trap … ${text}`)
        throw new ShellError(`trap: ${text}: invalid signal specification`, 1)
      }
      state.trap(name, resets ? undefined : first)
    }
    return 0
  },
  umask: ({ state, args }) => {
    if (args.length === 0) state.stdout.write('0022\n')
    return 0
  },
  shopt: () => 0,
  alias: () => 0,
  unalias: () => 0,
  hash: () => 0,
  ulimit: ({ state, args }) => {
    if (!args.some((text) => /^\d+$/.test(text))) state.stdout.write('unlimited\n')
    return 0
  },
}
