import type { Console } from '../../src/cli/console.ts'
import { main } from '../../src/cli/main.ts'

/** Runs a command and returns what it printed and its exit code. */
export async function bonsai(
  args: readonly string[],
  stdin: string = '',
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const console: Console = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    interactive: false,
    colour: false,
    readStdin: async () => stdin,
    interrupted: async () => {},
  }
  const code = await main(args, console)
  return { code, out: out.join(''), err: err.join('') }
}
