import type { Program, ProgramContext } from '../runtime/program.ts'
import { pass, staysUp } from './stays-up.ts'

/** How one command of a script ended: an exit code, or the end of the script itself. */
export type Ended = { readonly code: number; readonly exit: boolean }

/**
 * A small shell for `sh -c` one-liners: `;`, newlines, `&&`, and the commands echo, printf, sleep, true, false, exit, `:`.
 * Other commands end with 127 as a shell's do. Loops, pipes and redirections are not modelled: such a script passes as an image without a program does, and says so.
 */
export const shell: Program = {
  async run(context) {
    const words = [...context.command, ...context.args]
    const script = scriptOf(words)
    if (script === undefined) return words.length === 0 ? staysUp.run(context) : (await runCommand(words, context)).code
    if (unmodelled.test(script))
      return pass(context, `the small shell does not model this script: ${script.trim().slice(0, 200)}`)
    return runScript(script, context)
  },
}

const unmodelled = /[|<>`(){}]|\$\(|(?<!&)&(?!&)|\b(?:while|for|if|until|case|function|exec|trap)\b/

function scriptOf(words: readonly string[]): string | undefined {
  const flag = words.findIndex((word) => /^-\w*c$/.test(word))
  const name = words[0]?.split('/').pop() ?? ''
  return flag > 0 && /^(?:ba|a|da)?sh$/.test(name) ? words[flag + 1] : undefined
}

/** Runs a script and returns its exit code: that of its last command. */
export async function runScript(script: string, context: ProgramContext): Promise<number> {
  let code = 0
  const pattern = /\s*(?:(&&|\|\||;|\n)\s*)?((?:[^"'\\;&|\n]|"(?:[^"\\]|\\.)*"|'[^']*'|\\.)+)/g
  // `||` is caught by the pattern of what is not modelled, so only `&&` decides whether a command runs.
  for (const [, joint, text = ''] of script.matchAll(pattern)) {
    if (joint === '&&' && code !== 0) continue
    const words = split(text, context)
    if (words.length === 0) continue
    const ended = await runCommand(words, context)
    code = ended.code
    if (ended.exit) break
  }
  return code
}

const commands = new Set(['echo', 'printf', 'sleep', 'true', 'false', 'exit', ':'])

/** Whether the small shell has a command. */
export function isShellCommand(name: string): boolean {
  return commands.has(name)
}

/** Runs one command. */
export async function runCommand(words: readonly string[], context: ProgramContext): Promise<Ended> {
  const [path = '', ...args] = words
  const name = path.split('/').pop() ?? ''
  switch (name) {
    case 'echo':
      context.log((args[0] === '-n' || args[0] === '-e' ? args.slice(1) : args).join(' '))
      return { code: 0, exit: false }
    case 'printf':
      context.log((args[0] ?? '').replace(/\\n$/, ''))
      return { code: 0, exit: false }
    case 'sleep': {
      const stopped = await context.sleep(duration(args[0] ?? '0'))
      return { code: stopped ? 143 : 0, exit: stopped }
    }
    case 'true':
    case ':':
      return { code: 0, exit: false }
    case 'false':
      return { code: 1, exit: false }
    case 'exit':
      return { code: Number.parseInt(args[0] ?? '0', 10) & 255, exit: true }
    default:
      context.log(`sh: ${path}: not found`)
      return { code: 127, exit: false }
  }
}

/** Splits at spaces outside quotes, and fills in variables. */
function split(text: string, { env }: ProgramContext): readonly string[] {
  const words: string[] = []
  for (const [word] of text.matchAll(/(?:[^\s"'\\]|"(?:[^"\\]|\\.)*"|'[^']*'|\\.)+/g)) {
    words.push(
      word.replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|([^"']+)/g,
        (_all, double?: string, single?: string, bare?: string) =>
          single !== undefined ? single : expand(double ?? bare ?? '', env),
      ),
    )
  }
  return words
}

function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{?(\w+)\}?/g, (_all, name: string) => (Object.hasOwn(env, name) ? (env[name] ?? '') : ''))
}

function duration(text: string): number {
  if (text === 'infinity' || text === 'inf') return 365 * 24 * 3600 * 1000
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text)
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] || 's'] ?? 1000
  return Math.round(Number(match?.[1] ?? 0) * unit)
}
