import { FileError } from '../../files/file-error.ts'
import { runArguments } from '../commands/run.ts'
import type { Builtin } from './builtin.ts'
import { builtins, specialBuiltins } from './builtins.ts'
import { ReturnSignal } from './control.ts'
import { expandText, expandWords } from './expand.ts'
import { redirected, withRedirects } from './redirect.ts'
import { ShellError } from './shell-error.ts'
import type { ShellState } from './shell-state.ts'
import type { Assignment, Command, Script, SimpleCommand } from './syntax.ts'

/** What commands need of the evaluator that runs them. */
export interface Evaluator {
  evaluate(state: ShellState, script: Script): Promise<number>
  evaluateCommand(state: ShellState, command: Command): Promise<number>
  explained(error: unknown): { readonly message: string; readonly code: number } | undefined
  runTraps(state: ShellState): Promise<void>
}

const maxCalls = 200

/** Runs assignments, a function, a builtin or a command. */
export async function runSimple(state: ShellState, command: SimpleCommand, evaluator: Evaluator): Promise<number> {
  state.substitutionCode = 0
  const words = await expandWords(command.words, state)
  const [name] = words
  if (state.options.trace) await trace(state, command, words)
  try {
    if (name === undefined) {
      await assignAll(state, command.assignments)
      return await withRedirects(state, command.redirects, async () => state.substitutionCode)
    }
    if (name === 'exec') return await execute(state, command, words.slice(1), evaluator)
    return await withRedirects(state, command.redirects, () => call(state, command.assignments, words, evaluator))
  } catch (error) {
    // A file that cannot be opened fails the command, not the shell.
    if (error instanceof ShellError && error.code === 1 && !specialBuiltins.has(name ?? '')) {
      await state.stderr.write(`${state.name}: ${error.message}\n`)
      return 1
    }
    throw error
  }
}

/** `exec`: the command takes the place of the shell; alone, its redirections stay. */
async function execute(
  state: ShellState,
  command: SimpleCommand,
  words: readonly string[],
  evaluator: Evaluator,
): Promise<number> {
  const descriptors = await redirected(state, command.redirects)
  state.descriptors = descriptors
  if (words.length === 0) return 0
  // Handlers of signals do not outlive it.
  for (const [name, action] of state.traps) if (action !== '') state.traps.delete(name)
  state.isReplaced = true
  const exit = builtins['exit']
  const code = await call(state, command.assignments, ['command', ...words], evaluator)
  return exit ? exit({ state, args: [String(code)], evaluator, builtins }) : code
}

async function call(
  state: ShellState,
  assignments: readonly Assignment[],
  words: readonly string[],
  evaluator: Evaluator,
): Promise<number> {
  const [name = '', ...args] = words
  const before = assignments.map((assignment) => [assignment.name, state.variables.entry(assignment.name)] as const)
  try {
    for (const assignment of assignments) {
      await assign(state, assignment)
      state.variables.mark(assignment.name, { exported: true })
    }
    const body = state.functions.get(name)
    if (body) return await callFunction(state, name, body, args, evaluator)
    const builtin: Builtin | undefined = Object.hasOwn(builtins, name) ? builtins[name] : undefined
    if (builtin) return await builtin({ state, args, evaluator, builtins })
    return await runOutside(state, words)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    await state.stderr.write(`${state.name}: ${name}: ${error.message}\n`)
    return 1
  } finally {
    if (!specialBuiltins.has(name)) for (const [variable, entry] of before) state.variables.restore(variable, entry)
  }
}

/** Runs a command that is no part of the shell. */
export function runOutside(state: ShellState, words: readonly string[]): Promise<number> {
  const { descriptors, world, task, cwd, tty } = state
  const closed = { write: () => Promise.reject(new ShellError('write error: Bad file descriptor', 1)) }
  return runArguments(words, {
    shell: state.name,
    env: state.variables.environment(),
    cwd,
    stdin: descriptors.get(0)?.input ?? { read: async () => undefined, unread: () => {} },
    stdout: descriptors.get(1)?.output ?? closed,
    stderr: descriptors.get(2)?.output ?? { write: () => {} },
    task,
    world,
    tty,
  })
}

async function callFunction(
  state: ShellState,
  name: string,
  body: Command,
  args: readonly string[],
  evaluator: Evaluator,
): Promise<number> {
  if (state.functionDepth >= maxCalls) throw new ShellError(`${name}: more than ${maxCalls} functions call each other`)
  const { args: outer, locals, loopDepth } = state
  state.args = args
  state.locals = []
  state.loopDepth = 0
  state.functionDepth++
  try {
    return await evaluator.evaluateCommand(state, body)
  } catch (error) {
    if (error instanceof ReturnSignal) return error.code
    throw error
  } finally {
    for (const [variable, entry] of state.locals.reverse()) state.variables.restore(variable, entry)
    state.args = outer
    state.locals = locals
    state.loopDepth = loopDepth
    state.functionDepth--
  }
}

async function assignAll(state: ShellState, assignments: readonly Assignment[]): Promise<void> {
  for (const assignment of assignments) await assign(state, assignment)
}

async function assign(state: ShellState, { name, value, append }: Assignment): Promise<void> {
  const text = await expandText(value, state)
  state.assign(name, append ? `${state.variables.get(name) ?? ''}${text}` : text)
}

async function trace(state: ShellState, { assignments }: SimpleCommand, words: readonly string[]): Promise<void> {
  const texts: string[] = []
  // Substitutions in values run once only: what is shown of them is how they were written, when there are some.
  for (const { name, value } of assignments) {
    const isPlain = value.every((part) => part.kind === 'bare' || part.kind === 'quoted')
    texts.push(`${name}=${isPlain ? shown(await expandText(value, state)) : '…'}`)
  }
  for (const word of words) texts.push(shown(word))
  await state.stderr.write(`+ ${texts.join(' ')}\n`)
}

function shown(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`
}
