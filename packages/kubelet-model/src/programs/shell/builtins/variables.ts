import { calculate } from '../arithmetic.ts'
import { type Builtin, countOf } from '../builtin.ts'
import { quote } from '../print.ts'
import { ShellError } from '../shell-error.ts'
import type { ShellState } from '../shell-state.ts'

const nameOf = (text: string, builtin: string) => {
  const name = text.split('=', 1)[0] ?? ''
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellError(`${builtin}: ${name}: bad variable name`)
  return name
}

const textAfter = (text: string) => (text.includes('=') ? text.slice(text.indexOf('=') + 1) : undefined)

/** `export` and `readonly`. */
const marking =
  (word: string, change: { readonly exported: true } | { readonly readOnly: true }): Builtin =>
  async ({ state, args }) => {
    const key = 'exported' in change ? 'exported' : 'readOnly'
    if (args.length === 0 || args[0] === '-p') {
      const lines = state.variables.all().filter(([, , variable]) => variable[key])
      for (const [name, value] of lines) await state.stdout.write(`${word} ${name}=${quote(value)}\n`)
      return 0
    }
    const removes = word === 'export' && args[0] === '-n'
    for (const text of removes ? args.slice(1) : args) {
      const name = nameOf(text, word)
      const value = textAfter(text)
      if (value !== undefined) state.assign(name, value)
      state.variables.mark(name, removes ? { exported: false } : change)
    }
    return 0
  }

function declareLocal(state: ShellState, text: string): void {
  const name = nameOf(text, 'local')
  if (state.locals === undefined) throw new ShellError('local: not in a function')
  state.locals.push([name, state.variables.entry(name)])
  const value = textAfter(text)
  if (value === undefined) state.variables.unset(name)
  else state.assign(name, value)
}

/** Builtins that change variables and arguments. */
export const variables: Readonly<Record<string, Builtin>> = {
  export: marking('export', { exported: true }),
  readonly: marking('readonly', { readOnly: true }),
  local({ state, args }) {
    for (const text of args) if (!text.startsWith('-')) declareLocal(state, text)
    return 0
  },
  unset({ state, args }) {
    const isFunction = args[0] === '-f'
    for (const name of args) {
      if (name === '-f' || name === '-v') continue
      if (isFunction) state.functions.delete(name)
      else state.variables.unset(nameOf(name, 'unset'))
    }
    return 0
  },
  shift({ state, args: [text = '1'] }) {
    const count = countOf(text, 'shift')
    if (count > state.args.length) throw new ShellError("shift: can't shift that many")
    state.args = state.args.slice(count)
    return 0
  },
  let({ state, args }) {
    let value = 0n
    for (const text of args) {
      value = calculate(text, { get: (name) => state.valueOf(name) ?? '', set: (name, to) => state.assign(name, to) })
    }
    return value === 0n ? 1 : 0
  },
  getopts({ state, args: [wanted = '', name = '', ...own] }) {
    const args = own.length > 0 ? own : state.args
    const end = (code: number, found: string) => {
      state.assign(nameOf(name, 'getopts'), found)
      return code
    }
    const index = Number(state.variables.get('OPTIND') ?? '1')
    const inside = Number(state.variables.get('OPTPOS') ?? '1')
    const arg = args[index - 1]
    if (arg === undefined || !/^-./.test(arg) || arg === '--') {
      if (arg === '--') state.assign('OPTIND', String(index + 1))
      return end(1, '?')
    }
    const letter = arg[inside] ?? ''
    const isLast = inside >= arg.length - 1
    const next = (taken: number, at: number) => {
      state.assign('OPTIND', String(index + taken))
      state.assign('OPTPOS', String(at))
    }
    const place = letter === ':' ? -1 : wanted.replace(/^:/, '').indexOf(letter)
    if (place < 0) {
      next(isLast ? 1 : 0, isLast ? 1 : inside + 1)
      state.assign('OPTARG', letter)
      return end(0, '?')
    }
    if (wanted.replace(/^:/, '')[place + 1] !== ':') {
      next(isLast ? 1 : 0, isLast ? 1 : inside + 1)
      return end(0, letter)
    }
    const value = isLast ? args[index] : arg.slice(inside + 1)
    next(isLast ? 2 : 1, 1)
    if (value === undefined) {
      state.assign('OPTARG', letter)
      return end(0, wanted.startsWith(':') ? ':' : '?')
    }
    state.assign('OPTARG', value)
    return end(0, letter)
  },
}
