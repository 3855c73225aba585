import type { CommandFunction } from '../shell/world.ts'
import { unescaped } from './escapes.ts'

/** `echo`: its arguments; `-n` without a newline, `-e` with escapes. */
export const echo: CommandFunction = async ({ args, stdout }) => {
  let at = 0
  let [newline, escapes] = [true, false]
  for (; /^-[neE]+$/.test(args[at] ?? ''); at++) {
    for (const letter of args[at]?.slice(1) ?? '') {
      if (letter === 'n') newline = false
      else escapes = letter === 'e'
    }
  }
  const line = args.slice(at).join(' ')
  const { text, stopped } = escapes ? unescaped(line) : { text: line, stopped: false }
  await stdout.write(`${text}${newline && !stopped ? '\n' : ''}`)
  return 0
}
