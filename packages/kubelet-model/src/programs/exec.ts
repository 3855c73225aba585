import { type ProcessContext, ProcessStartError } from '../runtime/processes.ts'
import { found, runInPlace } from './commands/run.ts'
import { costOf, worldOf } from './container-world.ts'
import { environmentOf } from './environment.ts'
import { ByteInput, inputOf, type Output } from './shell/streams.ts'
import { Session } from './shell/task-table.ts'
import { Terminal } from './shell/terminal.ts'
import type { CommandFunction } from './shell/world.ts'

/**
 * Runs what `exec` asks for in an image that does not say itself: a shell, or one of its commands. The process is killed with its
 * container, and when nobody waits for it any more.
 *
 * @param commands those that only this image has
 * @throws ProcessStartError for another executable
 */
export async function execCommand(
  context: ProcessContext,
  commands: Readonly<Record<string, CommandFunction>> = {},
): Promise<number> {
  const { argv, tty, stdin } = context
  const world = worldOf(context.container, commands)
  const env = environmentOf(context.env, tty)
  const cwd = context.workingDir ?? '/'
  const [path = ''] = argv
  if (found(path, env['PATH'], cwd, world) === undefined) throw new ProcessStartError(path)
  const task = world.tasks.add(new Session(world.clock, true))
  void context.abandoned.then(() => task.kill(137))
  const write = (stream: 'stdout' | 'stderr'): Output => ({
    // Who writes much lets time go on.
    write: async (data) => {
      context[stream](data)
      await task.step(costOf(data))
    },
  })
  const rest = { shell: 'sh', env, cwd, task, world, tty }
  try {
    if (tty) {
      const { input, output } = new Terminal(stdin, (data) => context.stdout(data), {
        passed: (data) => task.step(costOf(data)),
        interrupt: (signal) => task.signalAll(signal),
      })
      return await runInPlace(argv, { ...rest, stdin: input, stdout: output, stderr: output })
    }
    const input = stdin ? new ByteInput(() => stdin.readBytes()) : inputOf('')
    return await runInPlace(argv, { ...rest, stdin: input, stdout: write('stdout'), stderr: write('stderr') })
  } finally {
    world.tasks.remove(task)
  }
}
