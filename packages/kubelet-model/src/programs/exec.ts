import { type ProcessContext, ProcessStartError } from '../runtime/processes.ts'
import type { ProgramContext } from '../runtime/program.ts'
import { isShellCommand, runCommand, runScript } from './shell.ts'

/**
 * Runs what `exec` asks for in an image that does not say itself: the commands of the small shell, and `sh` on lines from
 * standard input.
 *
 * @throws ProcessStartError for another executable
 */
export async function execCommand(context: ProcessContext): Promise<number> {
  const [path = '', ...args] = context.argv
  const name = path.split('/').pop() ?? ''
  const inside = asProgram(context)
  switch (name) {
    case 'sh':
    case 'bash':
    case 'ash':
    case 'dash': {
      const flag = args.findIndex((word) => /^-\w*c$/.test(word))
      return flag >= 0 ? runScript(args[flag + 1] ?? '', inside) : interact(context, inside)
    }
    case 'env':
    case 'printenv':
      context.stdout(
        Object.entries(context.env)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      )
      return 0
    case 'hostname':
      context.stdout(`${context.pod.name}\n`)
      return 0
    case 'cat':
      if (args.length === 0) return copyInput(context)
      break
  }
  if (!isShellCommand(name)) throw new ProcessStartError(path)
  return (await runCommand(context.argv, inside)).code
}

/** Reads lines until the end of the input, and runs each; the last exit code is the shell's own. */
async function interact(context: ProcessContext, inside: ProgramContext): Promise<number> {
  let code = 0
  let rest = ''
  const prompt = () => context.tty && context.stdout('/ # ')
  prompt()
  for (let piece = await context.stdin?.read(); piece !== undefined; piece = await context.stdin?.read()) {
    if (context.tty) context.stdout(piece.replaceAll('\r', '\r\n'))
    const lines = `${rest}${piece.replaceAll('\r', '\n')}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const words = line.trim().split(/\s+/)
      if (words[0] === 'exit') return Number.parseInt(words[1] ?? String(code), 10) & 255
      if (line.trim() !== '') code = await runScript(line, inside)
      prompt()
    }
  }
  return rest.trim() === '' ? code : runScript(rest, inside)
}

async function copyInput({ stdin, stdout }: ProcessContext): Promise<number> {
  for (let piece = await stdin?.read(); piece !== undefined; piece = await stdin?.read()) stdout(piece)
  return 0
}

/** The same for the small shell, whose commands log lines. */
function asProgram(context: ProcessContext): ProgramContext {
  return {
    image: context.image,
    command: context.argv,
    args: [],
    env: context.env,
    pod: context.pod,
    get files() {
      return context.files
    },
    clock: context.clock,
    usage: (report) => context.usage(report),
    listen: context.listen,
    listenGrpc: context.listenGrpc,
    expectedToEnd: true,
    log: (text) => context.stdout(`${text}\n`),
    sleep: context.sleep,
    terminated: context.terminated,
    get isTerminated() {
      return context.isTerminated
    },
  }
}
