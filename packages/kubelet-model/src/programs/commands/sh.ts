import { setOptions } from '../shell/builtins/options.ts'
import { ExitSignal } from '../shell/control.ts'
import { endShell, evaluate, guarded, newShell, runShell } from '../shell/evaluate.ts'
import { inside } from '../shell/glob-files.ts'
import { LineReader } from '../shell/line-reader.ts'
import { parseScript } from '../shell/parser.ts'
import { prompt } from '../shell/prompt.ts'
import type { ShellState } from '../shell/shell-state.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'

/** How a shell is called. */
interface ShellCall {
  /** `-o` and letters, as `set` takes them. */
  readonly options: readonly string[]
  readonly script: string | undefined
  readonly file: string | undefined
  readonly interactive: boolean
  /** `$0`. */
  readonly name: string
  readonly args: readonly string[]
}

function callOf({ name, args, tty }: CommandContext): ShellCall {
  const options: string[] = []
  let [at, isScript, readsInput, interactive] = [0, false, false, false]
  for (; at < args.length; at++) {
    const text = args[at] ?? ''
    if (/^--(login|norc|noprofile|posix)$/.test(text)) continue
    if (text === '--' || text === '-') {
      at++
      break
    }
    if (!/^[-+]\w/.test(text)) break
    if (text.includes('c')) isScript = true
    if (text.includes('s')) readsInput = true
    if (text.includes('i')) interactive = true
    const letters = text.replace(/[cslip]/g, '')
    if (letters.length > 1) options.push(letters)
    if (letters.endsWith('o')) options.push(args[++at] ?? '')
  }
  const rest = args.slice(at)
  if (isScript) {
    const [script, zero = name, ...more] = rest
    return { options, script: script ?? '', file: undefined, interactive, name: zero, args: more }
  }
  const [file, ...more] = rest
  if (file === undefined || readsInput)
    return { options, script: undefined, file: undefined, interactive: interactive || tty, name, args: rest }
  return { options, script: undefined, file, interactive, name: file, args: more }
}

/** `sh`, and the other names that shells have: a script from an argument, from a file, or what somebody types. */
export const sh: CommandFunction = async (context) => {
  const call = callOf(context)
  const { world, task, env, cwd, stdin, stdout, stderr, tty } = context
  const interactive = call.interactive && call.script === undefined && call.file === undefined
  const descriptors = new Map([
    [0, { input: stdin }],
    [1, { output: stdout }],
    [2, { output: stderr }],
  ])
  const state = newShell({ world, task, env, cwd, name: call.name, args: call.args, descriptors, tty, interactive })
  if (call.file !== undefined && world.files.stat(inside(cwd, call.file))?.kind !== 'file') {
    await stderr.write(`${context.name}: can't open '${call.file}': No such file or directory\n`)
    return 2
  }
  const ready = await guarded(state, async () => {
    setOptions(state, call.options)
    return 0
  })
  if (ready !== 0) return ready
  const source = call.script ?? (call.file === undefined ? undefined : world.files.read(inside(cwd, call.file)))
  if (source === undefined) return interact(state)
  return guarded(state, () => runShell(state, parseScript(source)))
}

/** Runs what comes on standard input to its end; the last exit code is the shell's own. */
async function interact(state: ShellState): Promise<number> {
  const reader = new LineReader(state.stdin, state.task)
  const ask = async (text: string) => {
    if (state.interactive) await state.stderr.write(text)
  }
  for (let over = false; ; ) {
    let lines = 0
    const code = await guarded(state, async () => {
      try {
        const script = await reader.next(() => ask(lines++ === 0 ? prompt(state) : '> '))
        if (script === undefined) over = true
        return script === undefined || script.items.length === 0 ? state.lastCode : await evaluate(state, script)
      } catch (error) {
        // Whoever types goes on after ^C or a mistake.
        over = !state.interactive || error instanceof ExitSignal
        throw error
      }
    })
    state.lastCode = code
    if (over) return endShell(state, code)
  }
}
