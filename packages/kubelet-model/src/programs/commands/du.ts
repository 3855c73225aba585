import { FileError } from '../../files/file-error.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { humanSize } from './human-size.ts'
import { tellOf } from './inputs.ts'
import { modeText } from './modes.ts'
import { parseOptions } from './options.ts'
import { walk } from './tree-walk.ts'

/** `du`: how much is in directories, in blocks of 4 KiB as disks give them. */
export const du: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'skhmacd:x', { 'max-depth': 'd' })
  const depth = options.has('s') ? 0 : Number(options.value('d') ?? Number.POSITIVE_INFINITY)
  const shown = (blocks: number) =>
    options.has('h') ? humanSize(blocks * 1024) : String(options.has('m') ? Math.ceil(blocks / 1024) : blocks)
  let [code, all] = [0, 0]
  for (const path of options.operands.length === 0 ? ['.'] : options.operands) {
    const top = inside(context.cwd, path).replace(/(?<=.)\/+$/, '')
    if (context.world.files.stat(top) === undefined) {
      await tellOf(context, '', path, new FileError('ENOENT', path))
      code = 1
      continue
    }
    const sums: number[] = []
    for await (const one of walk(context, top, { holdersLast: true })) {
      const own = one.stat.kind === 'link' ? 0 : Math.ceil(one.stat.size / 4096) * 4
      const inner = sums[one.depth + 1] ?? 0
      sums[one.depth + 1] = 0
      const total = own + inner
      sums[one.depth] = (sums[one.depth] ?? 0) + total
      const isWanted = one.stat.kind === 'directory' || options.has('a') || one.depth === 0
      const below = one.path.slice(top.length)
      if (isWanted && one.depth <= depth)
        await context.stdout.write(`${shown(total)}\t${path.replace(/(?<=.)\/$/, '')}${below}\n`)
    }
    all += sums[0] ?? 0
  }
  if (options.has('c')) await context.stdout.write(`${shown(all)}\ttotal\n`)
  return code
}

/** `stat`, with `-c` and the letters that people use. */
export const stat: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'c:Lt', { format: 'c' })
  if (options.operands.length === 0) throw new CommandError('missing operand')
  let code = 0
  for (const path of options.operands) {
    const found = context.world.files.stat(inside(context.cwd, path), { follow: options.has('L') })
    if (found === undefined) {
      await tellOf(context, "can't stat", path, new FileError('ENOENT', path))
      code = 1
      continue
    }
    const facts: Readonly<Record<string, string>> = {
      n: path,
      s: String(found.size),
      a: (found.mode & 0o7777).toString(8),
      A: modeText(found),
      u: String(found.uid),
      g: String(found.gid),
      U: found.uid === 0 ? 'root' : String(found.uid),
      G: found.gid === 0 ? 'root' : String(found.gid),
      Y: String(Math.floor(found.modifiedAt / 1000)),
      F: { file: 'regular file', directory: 'directory', link: 'symbolic link' }[found.kind],
      h: '1',
      N: found.target === undefined ? `'${path}'` : `'${path}' -> '${found.target}'`,
      '%': '%',
    }
    const format =
      options.value('c') ?? '  File: %n\n  Size: %s\nAccess: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)\nModify: %Y'
    await context.stdout.write(`${filled(format, facts)}\n`)
  }
  return code
}

function filled(format: string, facts: Readonly<Record<string, string>>): string {
  return format.replace(/%(\w|%)/g, (all, letter: string) => {
    const fact = Object.hasOwn(facts, letter) ? facts[letter] : undefined
    if (fact === undefined) throw new CommandError(`not modelled: ${all} in a format`, 2)
    return fact
  })
}

/** `mktemp`: an empty file or directory of its own, with the same name in every life of a container. */
export const mktemp: CommandFunction = async ({ args, world: { files }, cwd, env, stdout }: CommandContext) => {
  const options = parseOptions(args, 'dtup:q', { directory: 'd' })
  const [template = 'tmp.XXXXXX'] = options.operands
  const base =
    options.value('p') ?? (options.operands.length === 0 || options.has('t') ? (env['TMPDIR'] ?? '/tmp') : undefined)
  const marks = /X{3,}(?=[^X/]*$)/.exec(template)?.[0]
  if (marks === undefined) throw new CommandError('Invalid argument')
  for (let number = 0; ; number++) {
    const letters = number.toString(36).padStart(marks.length, 'a')
    const name = template.replace(/X{3,}(?=[^X/]*$)/, letters)
    const path = base === undefined ? name : `${base}/${name}`
    const full = inside(cwd, path)
    if (files.stat(full, { follow: false })) continue
    if (options.has('d')) files.makeDirectory(full, { mode: 0o700 })
    else if (!options.has('u')) files.write(full, '', { mode: 0o600 })
    await stdout.write(`${path}\n`)
    return 0
  }
}
