import { CommandError } from '../shell/shell-error.ts'
import { signalNamed, signalNumbers } from '../shell/signals.ts'
import type { Task } from '../shell/task.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'

const signalOf = (text: string): string => {
  const signal = signalNamed(text)
  if (signal === undefined && text !== '0') throw new CommandError(`bad signal name '${text}'`)
  return signal ?? '0'
}

/** Splits `-9`, `-TERM`, `-s TERM` off the arguments. */
function signalAndRest(args: readonly string[]): { readonly signal: string; readonly rest: readonly string[] } {
  const [first = '', second = '', ...more] = args
  if (first === '-s' || first === '-n') return { signal: signalOf(second), rest: more }
  if (first === '--') return { signal: 'TERM', rest: args.slice(1) }
  if (/^-./.test(first)) return { signal: signalOf(first.slice(1)), rest: args.slice(1) }
  return { signal: 'TERM', rest: args }
}

const kill: CommandFunction = async ({ args, world: { tasks }, stdout, stderr }) => {
  if (args[0] === '-l') {
    await stdout.write(
      Object.entries(signalNumbers)
        .map(([name, number]) => `${String(number).padStart(2)}) ${name}\n`)
        .join(''),
    )
    return 0
  }
  const { signal, rest } = signalAndRest(args)
  if (rest.length === 0) throw new CommandError('you need to specify whom to kill')
  let code = 0
  for (const text of rest) {
    const id = Number(text)
    if (!/^-?\d{1,9}$/.test(text)) throw new CommandError(`invalid number '${text}'`)
    const targets = id === -1 ? tasks.all().filter(({ pid }) => pid !== 1) : [tasks.find(Math.abs(id))]
    for (const target of targets) {
      if (target === undefined) {
        await stderr.write(`kill: can't kill pid ${text}: No such process\n`)
        code = 1
      } else if (signal !== '0') target.signal(signal)
    }
  }
  return code
}

const nameOf = ({ words: [path = ''] }: Task): string => path.split('/').pop() ?? ''

/** All processes but the one that asks, whose names match. */
function matching({ world: { tasks }, task }: CommandContext, matches: (task: Task) => boolean): readonly Task[] {
  return tasks.all().filter((one) => one !== task && matches(one))
}

const killall: CommandFunction = async (context) => {
  const { signal, rest } = signalAndRest(context.args)
  let code = 0
  for (const name of rest) {
    const found = matching(context, (task) => nameOf(task) === name)
    for (const task of found) task.signal(signal)
    if (found.length > 0) continue
    await context.stderr.write(`killall: ${name}: no process killed\n`)
    code = 1
  }
  return code
}

/** `pgrep` and `pkill`; patterns are parts of names. */
const byPattern =
  (ends: boolean): CommandFunction =>
  async (context) => {
    const isWhole = context.args.includes('-f')
    const args = context.args.filter((text) => text !== '-f')
    const { signal, rest } = ends ? signalAndRest(args) : { signal: '', rest: args }
    const [pattern = ''] = rest
    if (pattern === '') throw new CommandError('no pattern given')
    const found = matching(context, (task) => (isWhole ? task.words.join(' ') : nameOf(task)).includes(pattern))
    for (const task of found) {
      if (ends) task.signal(signal)
      else await context.stdout.write(`${task.pid}\n`)
    }
    return found.length > 0 ? 0 : 1
  }

const pidof: CommandFunction = async (context) => {
  const found = matching(context, (task) => context.args.includes(nameOf(task)))
  if (found.length > 0) await context.stdout.write(`${found.map(({ pid }) => pid).join(' ')}\n`)
  return found.length > 0 ? 0 : 1
}

const ps: CommandFunction = async ({ world: { tasks }, stdout }) => {
  const lines = tasks
    .all()
    .map(({ pid, words }) => `${String(pid).padStart(5)} root      0:00 ${words.join(' ').replaceAll('\n', ' ')}\n`)
  await stdout.write(`PID   USER     TIME  COMMAND\n${lines.join('')}`)
  return 0
}

/** Commands that look at processes and send them signals. */
export const processCommands: Readonly<Record<string, CommandFunction>> = {
  kill,
  killall,
  pgrep: byPattern(false),
  pkill: byPattern(true),
  pidof,
  ps,
}
