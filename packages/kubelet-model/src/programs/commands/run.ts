import { FileError } from '../../files/file-error.ts'
import type { FileSystem } from '../../files/file-system.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError, NotModelled } from '../shell/shell-error.ts'
import { BrokenPipe, readBy, textFrom } from '../shell/streams.ts'
import { Interrupted, Killed, type Task } from '../shell/task.ts'
import type { CommandContext, CommandFunction, World } from '../shell/world.ts'

/** Where commands are looked for when nobody says. */
export const defaultPath: string = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Who runs a command, and with what. */
export interface Invocation extends Omit<CommandContext, 'name' | 'args'> {
  /** Tells what cannot be run: `sh`. */
  readonly shell: string
}

/** What a name of a command leads to. */
export type Found =
  | { readonly kind: 'command'; readonly path: string; readonly run: CommandFunction }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'locked'; readonly path: string }

const ownDirectories = new Set(['/bin', '/usr/bin', '/sbin', '/usr/sbin'])
const maxInterpreters = 5

/** Finds a command: a file that may be run, or one of those that are there without a file. */
export function found(name: string, path: string | undefined, cwd: string, world: Places): Found | undefined {
  if (name.includes('/')) return at(inside(cwd, name), world)
  if (name === '') return undefined
  for (const directory of (path ?? defaultPath).split(':')) {
    const one = at(`${inside(cwd, directory || '.').replace(/\/$/, '')}/${name}`, world)
    if (one?.kind === 'file' || one?.kind === 'command') return one
  }
  return undefined
}

type Places = Pick<World, 'files' | 'commands'>

function at(path: string, { files, commands }: Places): Found | undefined {
  const stat = files.stat(path)
  if (stat?.kind === 'directory') return { kind: 'directory', path }
  if (stat?.kind === 'file') return { kind: (stat.mode & 0o111) === 0 ? 'locked' : 'file', path }
  const slash = path.lastIndexOf('/')
  if (!ownDirectories.has(path.slice(0, slash))) return undefined
  const run = commands(path.slice(slash + 1))
  return run && { kind: 'command', path, run }
}

/** What words run, or why they run nothing. */
type Prepared =
  | { readonly kind: 'ready'; readonly run: CommandFunction; readonly words: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string; readonly code: number }

function prepared(words: readonly string[], call: Omit<Invocation, 'task'>, depth: number = 0): Prepared {
  const [name = '', ...args] = words
  const refused = (message: string, code: number): Prepared => ({
    kind: 'refused',
    message: `${name}: ${message}`,
    code,
  })
  const what = found(name, call.env['PATH'], call.cwd, call.world)
  if (what === undefined) return refused('not found', 127)
  if (what.kind === 'directory') return refused('Is a directory', 126)
  if (what.kind === 'locked') return refused('Permission denied', 126)
  if (what.kind === 'command') return { kind: 'ready', run: what.run, words }
  const interpreter = depth < maxInterpreters ? interpreterOf(call.world.files, what.path) : undefined
  if (interpreter === undefined) return refused('Exec format error', 126)
  return prepared([...interpreter, what.path, ...args], call, depth + 1)
}

/** Runs a command in a process of its own; what goes wrong is told on its standard error. Rejects only with Killed or Interrupted. */
export async function runArguments(words: readonly string[], call: Invocation): Promise<number> {
  const what = prepared(words, call)
  if (what.kind === 'refused') return refuse(call, what.message, what.code)
  const task = call.task.fork()
  try {
    return await runAs(task, what, call)
  } finally {
    call.task.join(task)
    call.task.check()
  }
}

/** The same in a process that is there already: the first one of a container, or one that `exec` started. */
export async function runInPlace(words: readonly string[], call: Invocation): Promise<number> {
  const what = prepared(words, call)
  if (what.kind === 'refused') return refuse(call, what.message, what.code)
  try {
    return await runAs(call.task, what, call)
  } catch (error) {
    if (error instanceof Killed) return error.code
    throw error
  }
}

async function runAs(
  task: Task,
  { run: command, words }: Prepared & { readonly kind: 'ready' },
  call: Invocation,
): Promise<number> {
  const [name = '', ...args] = words
  task.words = words
  await task.step()
  const stdin = readBy(task, call.stdin)
  return run(command, { ...call, name: name.split('/').pop() ?? name, args, task, stdin })
}

async function run(command: CommandFunction, context: CommandContext): Promise<number> {
  try {
    return (await command(context)) & 255
  } catch (error) {
    if (error instanceof Killed) return error.code
    if (error instanceof Interrupted) return 130
    if (error instanceof BrokenPipe) return 141
    const [message, code] = explained(error)
    return refuse({ ...context, shell: context.name }, message, code)
  }
}

function explained(error: unknown): readonly [string, number] {
  if (error instanceof CommandError) return [error.message, error.code]
  if (error instanceof FileError) return [error.message, 1]
  if (error instanceof NotModelled) return [`not modelled: ${error.message}`, 2]
  return [error instanceof Error ? error.message : String(error), 1]
}

async function refuse({ shell, stderr }: Invocation, message: string, code: number): Promise<number> {
  try {
    await stderr.write(message === '' ? '' : `${shell}: ${message}\n`)
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error
  }
  return code
}

/** What the first line of a script names; the shell for a text without one, undefined for bytes that nothing can run. */
function interpreterOf(files: FileSystem, path: string): readonly string[] | undefined {
  const bytes = files.readBytes(path)
  const head = textFrom(bytes.subarray(0, 256))
  if (!head.startsWith('#!')) return head.includes('\0') || head.startsWith('\x7fELF') ? undefined : ['/bin/sh']
  const [, interpreter, argument] = /^#![ \t]*(\S+)[ \t]*([^\n\r]*)/.exec(head) ?? []
  if (interpreter === undefined) return undefined
  return argument === undefined || argument.trim() === '' ? [interpreter] : [interpreter, argument.trim()]
}
