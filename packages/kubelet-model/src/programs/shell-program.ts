import { ProcessStartError } from '../runtime/processes.ts'
import type { Program, ProgramContext } from '../runtime/program.ts'
import { found, runInPlace } from './commands/run.ts'
import { costOf, worldOf } from './container-world.ts'
import { environmentOf } from './environment.ts'
import { execCommand } from './exec.ts'
import { ByteInput, inputOf, type Output } from './shell/streams.ts'
import { Terminal } from './shell/terminal.ts'
import type { CommandFunction } from './shell/world.ts'
import { sleepOf, sleepThrough } from './sleeping.ts'

/** What an image of a shell brings. */
export interface ShellImage {
  /** What stands before the arguments when the container names no command of its own. */
  readonly entrypoint?: readonly string[]
  /** The arguments when the container names none. */
  readonly arguments?: readonly string[]
  /** Commands that only this image has. */
  readonly commands?: Readonly<Record<string, CommandFunction>>
}

/** An image with a shell and the commands that such images have: it runs what the container says, or else what the image says. */
export function shellProgram({ entrypoint = [], arguments: own = ['sh'], commands = {} }: ShellImage = {}): Program {
  return {
    run(context) {
      const { command, args } = context
      const isOwn = command.length === 0
      const words = [...(isOwn ? entrypoint : command), ...(isOwn && args.length === 0 ? own : args)]
      const durations = sleepOf(words)
      return durations ? sleepThrough(durations, context) : runFirst(words, context, commands)
    },
    exec: (process) => execCommand(process, commands),
  }
}

/** A shell for `sh -c` one-liners as manifests have them, with the commands of busybox. */
export const shell: Program = shellProgram()

/** Runs words as the first process of a container. Rejects with a ProcessStartError when there is no such executable. */
export async function runFirst(
  words: readonly string[],
  context: ProgramContext,
  commands: ShellImage['commands'],
): Promise<number> {
  const world = worldOf(context, commands)
  const env = environmentOf(context.env)
  const cwd = context.workingDir ?? '/'
  if (found(words[0] ?? '', env['PATH'], cwd, world) === undefined) throw new ProcessStartError(words[0] ?? '')
  const task = world.first
  task.onSignal = undefined
  void context.terminated.then(() => task.signal('TERM'))
  const rest = { shell: 'sh', env, cwd, task, world, tty: context.tty === true }
  const { stdin } = context
  if (context.tty) {
    const { input, output } = new Terminal(stdin, (data) => context.write?.(data), {
      passed: (data) => task.step(costOf(data)),
      interrupt: (signal) => task.signalAll(signal),
    })
    return runInPlace(words, { ...rest, stdin: input, stdout: output, stderr: output })
  }
  const input = stdin ? new ByteInput(() => stdin.readBytes()) : inputOf('')
  const stderr: Output = { write: (data) => context.write?.(data, 'stderr') }
  return runInPlace(words, { ...rest, stdin: input, stdout: world.log, stderr })
}
