import { FileError } from '../../files/file-error.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { eachFile } from './inputs.ts'
import { parseOptions } from './options.ts'
import { walk } from './tree-walk.ts'

/** Where something goes: into a directory that is there, or to a name of its own. */
function placeIn(
  { world, cwd }: CommandContext,
  operands: readonly string[],
  named: boolean,
): (source: string) => string {
  const last = inside(cwd, operands.at(-1) ?? '')
  const isDirectory = !named && world.files.stat(last)?.kind === 'directory'
  if (!isDirectory && operands.length > 2) throw new CommandError(`target '${operands.at(-1)}' is not a directory`)
  return (source) => (isDirectory ? `${last.replace(/\/$/, '')}/${baseOf(source)}` : last)
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').pop() ?? ''

async function copyFile(context: CommandContext, from: string, to: string, keepMode: number): Promise<void> {
  const { files } = context.world
  const bytes = files.readBytes(from)
  await context.task.step(bytes.length / 4096)
  files.write(to, bytes, { mode: keepMode })
}

/** Copies a file, or a directory with all that it holds; links inside of it stay links. */
async function copyTree(context: CommandContext, from: string, to: string, follow: boolean): Promise<void> {
  const { files } = context.world
  const inner = `${from.replace(/\/$/, '')}/`
  if (`${to}/`.startsWith(inner)) throw new FileError('EINVAL', to)
  for await (const { path, stat, depth } of walk(context, follow && depth0IsLink(files, from) ? `${from}/` : from)) {
    const target = depth === 0 ? to : `${to}/${path.slice(inner.length)}`
    if (stat.kind === 'directory') files.makeDirectory(target, { parents: true, mode: stat.mode })
    else if (stat.kind === 'link') {
      if (files.stat(target, { follow: false })) files.remove(target)
      files.link(stat.target ?? '', target)
    } else await copyFile(context, path, target, stat.mode)
  }
}

const depth0IsLink = (files: CommandContext['world']['files'], path: string): boolean =>
  files.stat(path, { follow: false })?.kind === 'link'

const cp: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'rRafpdLPHuvinT', {
    recursive: 'r',
    force: 'f',
    archive: 'a',
    'no-target-directory': 'T',
  })
  const { operands } = options
  if (operands.length < 2) throw new CommandError('missing file operand')
  const { world, cwd } = context
  const recursive = ['r', 'R', 'a'].some((letter) => options.has(letter))
  const keepsLinks = options.has('a') || options.has('d') || options.has('P')
  const place = placeIn(context, operands, options.has('T'))
  return eachFile(context, operands.slice(0, -1), "can't stat", async (source) => {
    const from = inside(cwd, source)
    const stat = world.files.stat(from, { follow: !keepsLinks })
    if (stat === undefined) throw new FileError('ENOENT', source)
    if (stat.kind === 'directory' && !recursive) throw new CommandError(`omitting directory '${source}'`)
    const to = /(^|\/)\.\/?$/.test(source) ? inside(cwd, operands.at(-1) ?? '') : place(source)
    if (from === to) throw new CommandError(`'${source}' and '${to}' are the same file`)
    if (options.has('n') && world.files.exists(to)) return
    if (stat.kind === 'file') await copyFile(context, from, to, stat.mode)
    else await copyTree(context, from, to, !keepsLinks)
  })
}

const mv: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'finvT', { force: 'f' })
  const { operands } = options
  if (operands.length < 2) throw new CommandError('missing file operand')
  const { world, cwd } = context
  const place = placeIn(context, operands, options.has('T'))
  return eachFile(context, operands.slice(0, -1), "can't rename", async (source) => {
    const [from, to] = [inside(cwd, source), place(source)]
    if (world.files.stat(from, { follow: false }) === undefined) throw new FileError('ENOENT', source)
    if (options.has('n') && world.files.exists(to)) return
    try {
      world.files.rename(from, to)
    } catch (error) {
      if (!(error instanceof FileError) || error.kind !== 'EXDEV') throw error
      // Another volume: it is copied, and removed then.
      await copyTree(context, from, to, false)
      for await (const one of walk(context, from, { holdersLast: true })) world.files.remove(one.path)
    }
  })
}

/** `cp` and `mv`. */
export const copyCommands: Readonly<Record<string, CommandFunction>> = { cp, mv }
