import { FileError } from '../../files/file-error.ts'
import { ArithmeticSyntaxError } from './arithmetic.ts'
import { isTrue } from './condition.ts'
import { ExitSignal, LoopSignal, ReturnSignal } from './control.ts'
import { expandArithmetic, expandAsPattern, expandText, expandWords } from './expand.ts'
import { matchesGlob } from './glob.ts'
import { parseScript } from './parser.ts'
import { withRedirects } from './redirect.ts'
import { NotModelled, ShellError } from './shell-error.ts'
import { type ShellStart, ShellState } from './shell-state.ts'
import { runSimple } from './simple-command.ts'
import { BrokenPipe, bytesFrom, inputOf, joinBytes, maxHeld, OutOfMemory, Pipe, textFrom } from './streams.ts'
import type { CaseCommand, Command, ForCommand, ListItem, LoopCommand, Pipeline, Script } from './syntax.ts'
import { ShellSyntaxError } from './syntax-error.ts'
import { Interrupted, Killed, type Task } from './task.ts'
import { ForkError } from './task-table.ts'

const maxJobs = 300

/** A shell that has run nothing yet. */
export function newShell(start: ShellStart): ShellState {
  return new ShellState(start, outputOf)
}

/** Runs a script to its end, with what `trap … EXIT` asks for; resolves with its exit code. Rejects only with Killed. */
export async function runShell(state: ShellState, script: Script): Promise<number> {
  state.lastItem = script.items.at(-1)
  const code = await guarded(state, () => evaluate(state, script))
  return endShell(state, code)
}

/** What a shell does at its end. */
export async function endShell(state: ShellState, code: number): Promise<number> {
  const action = state.traps.get('EXIT')
  if (action === undefined || action === '') return code
  state.traps.delete('EXIT')
  state.lastCode = code
  return guarded(state, async () => {
    await evaluate(state, parseScript(action))
    return code
  })
}

/** Runs something in a shell until it ends or gives up; what went wrong is told. */
export async function guarded(state: ShellState, run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Killed) {
      state.task.check()
      return error.code
    }
    if (error instanceof Interrupted) return 130
    if (error instanceof ExitSignal || error instanceof ReturnSignal) return error.code
    if (error instanceof LoopSignal) return state.lastCode
    if (error instanceof BrokenPipe) return 141
    const told = explained(error)
    if (told === undefined) throw error
    await tell(state, told.message)
    return told.code
  }
}

/** What a shell says of an error; undefined for one that it does not know. */
export function explained(error: unknown): { readonly message: string; readonly code: number } | undefined {
  if (error instanceof ShellError) return { message: error.message, code: error.code }
  if (error instanceof NotModelled) return { message: `not modelled: ${error.message}`, code: 2 }
  if (error instanceof ArithmeticSyntaxError || error instanceof ShellSyntaxError)
    return { message: error.message, code: 2 }
  if (error instanceof ForkError || error instanceof OutOfMemory) return { message: error.message, code: 2 }
  if (error instanceof FileError) return { message: error.message, code: 1 }
  return undefined
}

/** Writes a line to standard error; nobody may be there to read it. */
export async function tell(state: ShellState, message: string): Promise<void> {
  try {
    await state.stderr.write(`${state.name}: ${message}\n`)
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error
  }
}

/** Runs commands one after the other. */
export async function evaluate(state: ShellState, script: Script): Promise<number> {
  if (script.items.length === 0) state.lastCode = 0
  for (const item of script.items) {
    if (item === state.lastItem) state.isReplaced = state.traps.size === 0 && !isPiped(item)
    if (item.background) startJob(state, item)
    else await evaluateItem(state, item)
    await runTraps(state)
  }
  return state.lastCode
}

/** Whether it ends with commands that are piped: the shell waits for those. */
function isPiped({ first, rest }: ListItem): boolean {
  return (rest.at(-1)?.pipeline ?? first).commands.length > 1
}

/** Runs what was set for signals that have come. */
export async function runTraps(state: ShellState): Promise<void> {
  for (let trap = state.nextTrap(); trap !== undefined; trap = state.nextTrap()) {
    const code = state.lastCode
    await evaluate(state, parseScript(trap.action))
    state.lastCode = code
  }
}

function startJob(state: ShellState, item: ListItem): void {
  const { tasks } = state.world
  const task = state.task.detach()
  const own = state.fork(task)
  own.descriptors = new Map(state.descriptors).set(0, { input: inputOf('') })
  const done = inSubshell(own, () => evaluateItem(own, item))
    .catch((error: unknown) => (error instanceof Killed ? error.code : 1))
    .finally(() => tasks.remove(task))
  state.jobs.set(task.pid, done)
  const [oldest] = state.jobs.keys()
  if (state.jobs.size > maxJobs && oldest !== undefined) state.jobs.delete(oldest)
  state.lastBackground = task.pid
  state.lastCode = 0
}

/** A shell of its own: whatever ends it ends nothing else. */
async function inSubshell(own: ShellState, run: () => Promise<number>): Promise<number> {
  try {
    return await endShell(own, await guarded(own, run))
  } catch (error) {
    if (error instanceof Killed) return error.code
    throw error
  }
}

async function evaluateItem(state: ShellState, { first, rest }: ListItem): Promise<number> {
  let code = await evaluatePipeline(state, first, rest.length > 0)
  for (const [index, { operator, pipeline }] of rest.entries()) {
    if ((operator === '&&') === (code === 0)) code = await evaluatePipeline(state, pipeline, index < rest.length - 1)
  }
  return code
}

async function evaluatePipeline(state: ShellState, { negated, commands }: Pipeline, tested: boolean): Promise<number> {
  const lenient = tested || negated
  if (lenient) state.tested++
  let code: number
  try {
    const [only] = commands
    code = commands.length === 1 && only ? await evaluateCommand(state, only) : await runPiped(state, commands)
  } finally {
    if (lenient) state.tested--
  }
  state.lastCode = negated ? (code === 0 ? 1 : 0) : code
  if (code !== 0 && !lenient && state.tested === 0 && state.options.exitOnError) throw new ExitSignal(code)
  return state.lastCode
}

async function runPiped(state: ShellState, commands: readonly Command[]): Promise<number> {
  const tasks: Task[] = []
  try {
    for (const _ of commands) tasks.push(state.task.fork())
    const pipes = tasks.slice(1).map((reader, index) => new Pipe(reader, tasks[index] ?? reader))
    const codes = await Promise.all(
      commands.map(async (command, index) => {
        const own = state.fork(tasks[index] ?? state.task)
        const descriptors = new Map(state.descriptors)
        const [before, after] = [pipes[index - 1], pipes[index]]
        if (before) descriptors.set(0, { input: before.input })
        if (after) descriptors.set(1, { output: after.output })
        own.descriptors = descriptors
        try {
          return await inSubshell(own, () => evaluateCommand(own, command))
        } finally {
          before?.closeInput()
          after?.closeOutput()
        }
      }),
    )
    const failed = state.options.pipeFail ? codes.findLast((code) => code !== 0) : undefined
    return failed ?? codes.at(-1) ?? 0
  } finally {
    for (const task of tasks) state.task.join(task)
    state.task.check()
  }
}

/** Runs a script in a shell of its own and returns what it writes. */
async function outputOf(state: ShellState, script: Script): Promise<string> {
  const task = state.task.fork()
  const own = state.fork(task)
  const parts: Uint8Array[] = []
  let size = 0
  const write = (data: string | Uint8Array) => {
    const bytes = bytesFrom(data).slice()
    size += bytes.length
    if (size > maxHeld) throw new OutOfMemory()
    parts.push(bytes)
  }
  own.descriptors = new Map(state.descriptors).set(1, { output: { write } })
  try {
    state.substitutionCode = await inSubshell(own, () => evaluate(own, script))
  } finally {
    state.task.join(task)
  }
  state.task.check()
  return textFrom(joinBytes(parts)).replaceAll('\0', '').replace(/\n+$/, '')
}

/** Runs one command of a pipeline. */
export async function evaluateCommand(state: ShellState, command: Command): Promise<number> {
  await state.task.step()
  switch (command.kind) {
    case 'simple':
      return runSimple(state, command, { evaluate, evaluateCommand, explained, runTraps })
    case 'function':
      state.functions.set(command.name, command.body)
      return 0
    default:
      return withRedirects(state, command.redirects, () => evaluateCompound(state, command))
  }
}

async function evaluateCompound(
  state: ShellState,
  command: Exclude<Command, { readonly kind: 'simple' | 'function' }>,
): Promise<number> {
  switch (command.kind) {
    case 'group':
      return evaluate(state, command.body)
    case 'subshell': {
      const task = state.task.fork()
      const own = state.fork(task)
      try {
        return await inSubshell(own, () => evaluate(own, command.body))
      } finally {
        state.task.join(task)
        state.task.check()
      }
    }
    case 'if': {
      for (const { condition, body } of command.clauses) {
        if ((await evaluateTested(state, condition)) === 0) return evaluate(state, body)
      }
      return command.otherwise ? evaluate(state, command.otherwise) : 0
    }
    case 'while':
    case 'until':
      return evaluateLoop(state, command)
    case 'for':
      return evaluateFor(state, command)
    case 'case':
      return evaluateCase(state, command)
    case 'condition':
      return (await isTrue(command.words, state)) ? 0 : 1
    case 'arithmetic':
      return (await expandArithmetic(command.expression, state)) === '0' ? 1 : 0
  }
}

async function evaluateTested(state: ShellState, script: Script): Promise<number> {
  state.tested++
  try {
    return await evaluate(state, script)
  } finally {
    state.tested--
  }
}

/** Runs a loop's body; false when the loop ends. */
async function goesOn(state: ShellState, body: Script): Promise<boolean> {
  state.loopDepth++
  try {
    await state.task.step()
    await evaluate(state, body)
    return true
  } catch (error) {
    if (!(error instanceof LoopSignal)) throw error
    if (error.levels > 1 && state.loopDepth > 1) throw new LoopSignal(error.kind, error.levels - 1)
    return error.kind === 'continue'
  } finally {
    state.loopDepth--
  }
}

async function evaluateLoop(state: ShellState, { kind, condition, body }: LoopCommand): Promise<number> {
  let code = 0
  while (((await evaluateTested(state, condition)) === 0) === (kind === 'while')) {
    const on = await goesOn(state, body)
    code = state.lastCode
    if (!on) return 0
  }
  return code
}

async function evaluateFor(state: ShellState, { name, words, body }: ForCommand): Promise<number> {
  const values = words === undefined ? state.args : await expandWords(words, state)
  let code = 0
  for (const value of values) {
    state.assign(name, value)
    const on = await goesOn(state, body)
    code = state.lastCode
    if (!on) return 0
  }
  return code
}

async function evaluateCase(state: ShellState, { word, items }: CaseCommand): Promise<number> {
  const text = await expandText(word, state)
  for (const { patterns, body } of items) {
    for (const pattern of patterns) {
      if (!matchesGlob(await expandAsPattern(pattern, state), text)) continue
      return body.items.length === 0 ? 0 : evaluate(state, body)
    }
  }
  return 0
}
