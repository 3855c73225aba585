import { CommandError } from '../shell/shell-error.ts'
import { signalNamed } from '../shell/signals.ts'
import { inputOf, readAll, textFrom } from '../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { milliseconds } from './duration.ts'
import { parseOptions } from './options.ts'
import { defaultPath, found, runArguments } from './run.ts'

/** Runs another command in place of this one. */
export function runFrom(
  context: CommandContext,
  words: readonly string[],
  more: Partial<CommandContext> = {},
): Promise<number> {
  return runArguments(words, { ...context, shell: context.name, ...more })
}

const env: CommandFunction = async (context) => {
  const options = parseOptions(context.args, '+iu:0', { 'ignore-environment': 'i', unset: 'u' })
  const variables = new Map(options.has('i') ? [] : Object.entries(context.env))
  for (const name of options.values('u')) variables.delete(name)
  const words = options.operands.filter((text) => text !== '-')
  let at = 0
  for (; /^[^=]+=/.test(words[at] ?? ''); at++) {
    const [name = '', ...value] = (words[at] ?? '').split('=')
    variables.set(name, value.join('='))
  }
  const changed = Object.fromEntries(variables)
  if (at < words.length) return runFrom(context, words.slice(at), { env: changed })
  const end = options.has('0') ? '\0' : '\n'
  await context.stdout.write([...variables].map(([name, value]) => `${name}=${value}${end}`).join(''))
  return 0
}

const printenv: CommandFunction = async ({ args, env: variables, stdout }) => {
  if (args.length === 0) {
    await stdout.write(
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    return 0
  }
  let code = 0
  for (const name of args) {
    if (Object.hasOwn(variables, name)) await stdout.write(`${variables[name]}\n`)
    else code = 1
  }
  return code
}

const timeout: CommandFunction = async (context) => {
  const options = parseOptions(context.args, '+s:k:', { signal: 's', 'kill-after': 'k' })
  const [duration = '', ...words] = options.operands
  const limit = milliseconds(duration)
  if (limit === undefined || words.length === 0) throw new CommandError('usage: timeout [-s SIG] SECS PROG ARGS')
  const signal = signalNamed(options.value('s') ?? 'TERM')
  if (signal === undefined) throw new CommandError(`bad signal name '${options.value('s')}'`)
  const { task } = context
  let late = false
  const inner = task.fork()
  const timer = task.fork()
  const over = timer.sleep(limit === 0 ? Number.POSITIVE_INFINITY : limit).then(
    () => {
      late = true
      inner.signalAll(signal)
    },
    () => {},
  )
  try {
    const code = await runFrom({ ...context, task: inner }, words)
    return late ? 124 : code
  } catch (error) {
    if (late) return 124
    throw error
  } finally {
    timer.kill(0)
    await over
    task.join(timer)
    task.join(inner)
  }
}

const xargs: CommandFunction = async (context) => {
  const options = parseOptions(context.args, '+0n:I:rtL:P:d:', { null: '0', 'no-run-if-empty': 'r' })
  const text = textFrom(await readAll(context.stdin))
  const separator = options.has('0') ? '\0' : options.value('d')
  const template = options.value('I')
  const items =
    separator !== undefined
      ? text.split(separator).filter((item) => item !== '')
      : template !== undefined || options.has('L')
        ? text.split('\n').filter((line) => line.trim() !== '')
        : [...text.matchAll(/"([^"]*)"|'([^']*)'|((?:\\.|[^\s"'])+)/g)].map(
            ([, double, single, bare]) => double ?? single ?? bare?.replace(/\\(.)/g, '$1') ?? '',
          )
  const command = options.operands.length === 0 ? ['echo'] : options.operands
  const size = Number(options.value('n') ?? options.value('L') ?? (template === undefined ? 5000 : 1))
  if (!Number.isInteger(size) || size < 1) throw new CommandError('invalid number')
  if (items.length === 0 && (options.has('r') || template !== undefined)) return 0
  let code = 0
  for (let at = 0; at === 0 || at < items.length; at += size) {
    const some = items.slice(at, at + size)
    const words =
      template === undefined ? [...command, ...some] : command.map((word) => word.replaceAll(template, some[0] ?? ''))
    const ended = await runFrom(context, words, { stdin: inputOf('') })
    if (ended === 255) return 124
    if (ended === 126 || ended === 127) return ended
    if (ended !== 0) code = 123
  }
  return code
}

const which: CommandFunction = async ({ args, env: variables, cwd, world, stdout }) => {
  let code = 0
  for (const name of args) {
    const path = found(name, variables['PATH'] ?? defaultPath, cwd, world)?.path
    if (path === undefined) code = 1
    else await stdout.write(`${path}\n`)
  }
  return code
}

/** Commands that run others, and that know of the environment. */
export const environmentCommands: Readonly<Record<string, CommandFunction>> = {
  env,
  printenv,
  timeout,
  xargs,
  which,
  nohup: (context) => runFrom(context, context.args),
  setsid: (context) => runFrom(context, parseOptions(context.args, '+c').operands),
  nice: (context) => runFrom(context, parseOptions(context.args, '+n:').operands),
  time: async (context) => {
    const { clock } = context.world
    const before = clock.now()
    const code = await runFrom(context, context.args)
    const took = (clock.now() - before) / 1000
    const shown = `${Math.floor(took / 60)}m ${(took % 60).toFixed(2)}s`
    await context.stderr.write(`real\t${shown}\nuser\t0m 0.00s\nsys\t0m 0.00s\n`)
    return code
  },
}
