import { CommandError, ShellError } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { milliseconds } from './duration.ts'
import { holds } from './test.ts'

const test =
  (closing: boolean): CommandFunction =>
  ({ args, world: { files }, cwd, tty }) => {
    if (closing && args.at(-1) !== ']') throw new CommandError('missing ]', 2)
    try {
      return holds(closing ? args.slice(0, -1) : args, { files, cwd, tty }) ? 0 : 1
    } catch (error) {
      if (error instanceof ShellError) throw new CommandError(error.message, 2)
      throw error
    }
  }

/** Commands that hardly do anything. */
export const simple: Readonly<Record<string, CommandFunction>> = {
  true: () => 0,
  false: () => 1,
  sync: () => 0,
  clear: async ({ stdout }) => {
    await stdout.write('\x1b[H\x1b[J')
    return 0
  },
  test: test(false),
  '[': test(true),
  async sleep({ args, task }) {
    if (args.length === 0) throw new CommandError('missing operand')
    let total = 0
    for (const text of args) {
      const one = milliseconds(text)
      if (one === undefined) throw new CommandError(`invalid number '${text}'`)
      total += one
    }
    await task.sleep(total)
    return 0
  },
}
