import { FileError } from '../../files/file-error.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { eachFile } from './inputs.ts'
import { changedMode } from './modes.ts'
import { parseOptions } from './options.ts'
import { walk } from './tree-walk.ts'

const needed = (operands: readonly string[], least = 1) => {
  if (operands.length < least) throw new CommandError('missing operand')
}

const mkdir: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'pm:v', { parents: 'p', mode: 'm', verbose: 'v' })
  needed(options.operands)
  const { world, cwd } = context
  const mode = options.value('m')
  const facts = mode === undefined ? {} : { mode: changedMode(mode, 0o777, true) }
  return eachFile(context, options.operands, "can't create directory", (path) =>
    world.files.makeDirectory(inside(cwd, path), { parents: options.has('p'), ...facts }),
  )
}

const rmdir: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'p')
  needed(options.operands)
  const { world, cwd } = context
  return eachFile(context, options.operands, '', (path) => {
    const names = path.split('/')
    for (let end = names.length; end > (options.has('p') ? 0 : names.length - 1); end--) {
      const full = inside(cwd, names.slice(0, end).join('/'))
      if (world.files.stat(full, { follow: false })?.kind === 'file') throw new FileError('ENOTDIR', path)
      world.files.remove(full)
    }
  })
}

const rm: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'rRfiv', { recursive: 'r', force: 'f' })
  if (!options.has('f')) needed(options.operands)
  const { world, cwd } = context
  const recursive = options.has('r') || options.has('R')
  return eachFile(context, options.operands, "can't remove", async (path) => {
    const full = inside(cwd, path)
    const stat = world.files.stat(full, { follow: false })
    if (stat === undefined && options.has('f')) return
    if (stat?.kind !== 'directory') return world.files.remove(full)
    if (!recursive) throw new FileError('EISDIR', path)
    await removeTree(context, full)
  })
}

/** Removes what is inside of mount points as well, which stay themselves. */
async function removeTree(context: CommandContext, path: string): Promise<void> {
  for await (const one of walk(context, path, { holdersLast: true })) context.world.files.remove(one.path)
}

const touch: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'camt:d:r:', { 'no-create': 'c', date: 'd', reference: 'r' })
  needed(options.operands)
  for (const letter of 'tdr') if (options.has(letter)) throw new CommandError(`not modelled: -${letter}`, 2)
  const { world, cwd } = context
  return eachFile(context, options.operands, '', (path) => {
    const full = inside(cwd, path)
    const stat = world.files.stat(full)
    if (stat?.kind === 'directory' || (stat === undefined && options.has('c'))) return
    world.files.write(full, '', { append: true })
  })
}

const chmod: CommandFunction = (context) => {
  // A mode may begin with a dash.
  const options = parseOptions(
    context.args.filter((text) => !/^-[rwxXst]+$/.test(text)),
    'Rvcf',
  )
  const dashed = context.args.find((text) => /^-[rwxXst]+$/.test(text))
  const [mode = '', ...paths] = dashed === undefined ? options.operands : [dashed, ...options.operands]
  needed(paths)
  const { world, cwd } = context
  const change = (path: string) => {
    const stat = world.files.stat(path)
    if (stat === undefined) throw new FileError('ENOENT', path)
    world.files.changeMode(path, changedMode(mode, stat.mode, stat.kind === 'directory'))
  }
  return eachFile(context, paths, '', async (path) => {
    const full = inside(cwd, path)
    if (!options.has('R')) return change(full)
    for await (const one of walk(context, full)) if (one.stat.kind !== 'link') change(one.path)
  })
}

/** Owners are not kept: only whether the file is there is minded. */
const chown: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'Rvcfh')
  const [, ...paths] = options.operands
  needed(paths)
  return eachFile(context, paths, '', (path) => {
    if (!context.world.files.exists(inside(context.cwd, path))) throw new FileError('ENOENT', path)
  })
}

const ln: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'sfnT')
  needed(options.operands)
  const { world, cwd } = context
  if (!options.has('s')) throw new CommandError('not modelled: hard links', 2)
  const targets = options.operands.length === 1 ? options.operands : options.operands.slice(0, -1)
  const last = options.operands.length === 1 ? '.' : (options.operands.at(-1) ?? '')
  const into = inside(cwd, last)
  const isDirectory = world.files.stat(into, { follow: !options.has('n') })?.kind === 'directory' && !options.has('T')
  return eachFile(context, targets, '', (target) => {
    const path = isDirectory ? `${into}/${target.replace(/\/+$/, '').split('/').pop()}` : into
    if (options.has('f') && world.files.stat(path, { follow: false }) !== undefined) world.files.remove(path)
    world.files.link(target, path)
  })
}

const readlink: CommandFunction = async ({ args, cwd, world, stdout }) => {
  const options = parseOptions(args, 'fnemqs')
  needed(options.operands)
  const [path = ''] = options.operands
  const full = inside(cwd, path)
  if (options.has('f') || options.has('e') || options.has('m')) {
    await stdout.write(`${resolved(full, world.files)}\n`)
    return 0
  }
  const target = world.files.stat(full, { follow: false })?.target
  if (target === undefined) return 1
  await stdout.write(`${target}${options.has('n') ? '' : '\n'}`)
  return 0
}

/** A path without links, `.` and `..`; what is missing stays as it is. */
function resolved(path: string, files: CommandContext['world']['files']): string {
  let done = ''
  const names = path.split('/')
  for (let links = 0; names.length > 0; ) {
    const name = names.shift() ?? ''
    if (name === '' || name === '.') continue
    if (name === '..') {
      done = done.slice(0, Math.max(0, done.lastIndexOf('/')))
      continue
    }
    const target = files.stat(`${done}/${name}`, { follow: false })?.target
    if (target === undefined) done = `${done}/${name}`
    else {
      if (++links > 40) throw new FileError('ELOOP', path)
      if (target.startsWith('/')) done = ''
      names.unshift(...target.split('/'))
    }
  }
  return done === '' ? '/' : done
}

const realpath: CommandFunction = async (context) =>
  eachFile(context, parseOptions(context.args, 'ems').operands, '', async (path) => {
    const { cwd, world, stdout } = context
    const full = resolved(inside(cwd, path), world.files)
    if (!world.files.exists(full)) throw new FileError('ENOENT', path)
    await stdout.write(`${full}\n`)
  })

/** Commands that make, change and remove files. */
export const fileCommands: Readonly<Record<string, CommandFunction>> = {
  mkdir,
  rmdir,
  rm,
  unlink: rm,
  touch,
  chmod,
  chown,
  chgrp: chown,
  ln,
  readlink,
  realpath,
}
