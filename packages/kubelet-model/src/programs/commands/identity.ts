import { CommandError } from '../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { parseOptions } from './options.ts'

function hostName({ world: { files, pod } }: CommandContext): string {
  const path = '/etc/hostname'
  const written = files.stat(path)?.kind === 'file' ? files.read(path).trim() : ''
  return written === '' ? pod.name : written
}

const hostname: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'sifdI')
  if (options.operands.length > 0) throw new CommandError('sethostname: Operation not permitted')
  const shown =
    options.has('i') || options.has('I') ? (context.world.network?.addresses ?? []).join(' ') : hostName(context)
  await context.stdout.write(`${shown}\n`)
  return 0
}

const id: CommandFunction = async ({ args, stdout }) => {
  const options = parseOptions(args, 'ugGn')
  const isName = options.has('n')
  if (options.has('u') || options.has('g') || options.has('G')) await stdout.write(isName ? 'root\n' : '0\n')
  else await stdout.write('uid=0(root) gid=0(root) groups=0(root)\n')
  return 0
}

const uname: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'asnrvmpio')
  const facts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', hostName(context)],
    ['r', '6.12.0-bonsai'],
    ['v', '#1 SMP'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ]
  const wanted = options.letters.length === 0 ? ['s'] : options.letters
  const shown = facts.filter(([letter]) => options.has('a') || wanted.includes(letter)).map(([, fact]) => fact)
  await context.stdout.write(`${shown.join(' ')}\n`)
  return 0
}

const says =
  (text: string): CommandFunction =>
  async ({ stdout }) => {
    await stdout.write(`${text}\n`)
    return 0
  }

/** Commands that tell who and where they are. Whoever the runtime says they run as: to the shell they are root. */
export const identityCommands: Readonly<Record<string, CommandFunction>> = {
  hostname,
  id,
  uname,
  whoami: says('root'),
  groups: says('root'),
  logname: says('root'),
  arch: says('x86_64'),
  nproc: says('1'),
  async pwd({ cwd, stdout }) {
    await stdout.write(`${cwd}\n`)
    return 0
  },
  async tty({ tty, stdout }) {
    await stdout.write(tty ? '/dev/pts/0\n' : 'not a tty\n')
    return tty ? 0 : 1
  },
}
