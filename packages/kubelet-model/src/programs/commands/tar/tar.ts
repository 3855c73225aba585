import { FileError } from '../../../files/file-error.ts'
import { openOutput } from '../../shell/devices.ts'
import { matchesGlob } from '../../shell/glob.ts'
import { inside } from '../../shell/glob-files.ts'
import { CommandError } from '../../shell/shell-error.ts'
import type { Output } from '../../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../../shell/world.ts'
import { formatted } from '../date.ts'
import { inputFrom } from '../inputs.ts'
import { modeText } from '../modes.ts'
import { walk } from '../tree-walk.ts'
import { blockSize, padded, writeHeader } from './header.ts'
import { type TarEntry, TarReader } from './reader.ts'

/** What a call of `tar` asks for. */
interface TarCall {
  readonly mode: 'c' | 'x' | 't'
  readonly letters: ReadonlySet<string>
  readonly file: string
  readonly directory: string
  readonly names: readonly string[]
  readonly excluded: readonly string[]
  readonly strip: number
}

const withValue = new Set(['f', 'C', 'X', 'T'])
const harmless = new Set(
  [
    'no-same-owner',
    'no-same-permissions',
    'same-permissions',
    'preserve-permissions',
    'overwrite',
    'numeric-owner',
  ].concat([
    'no-recursion',
    'warning',
    'touch',
    'keep-directory-symlink',
    'no-overwrite-dir',
    'no-xattrs',
    'delay-directory-restore',
  ]),
)
const longLetters: Readonly<Record<string, string>> = {
  create: 'c',
  extract: 'x',
  get: 'x',
  list: 't',
  file: 'f',
  directory: 'C',
  verbose: 'v',
  gzip: 'z',
  dereference: 'h',
  'to-stdout': 'O',
}

function callOf(args: readonly string[]): TarCall {
  const letters = new Set<string>()
  const names: string[] = []
  const excluded: string[] = []
  let [file, directory, strip] = ['-', '.', 0]
  const queue = [...args]
  const value = (name: string): string => {
    const next = queue.shift()
    if (next === undefined) throw new CommandError(`option requires an argument -- '${name}'`)
    return next
  }
  const set = (letter: string, inline?: string) => {
    if (!'cxtfCvzjJmpokhOPUZ'.includes(letter)) throw new CommandError(`invalid option -- '${letter}'`)
    if (letter === 'f') file = inline ?? value('f')
    else if (letter === 'C') directory = inside(directory, inline ?? value('C'))
    else letters.add(letter)
  }
  for (let isFirst = true; queue.length > 0; isFirst = false) {
    const text = queue.shift() ?? ''
    if (text === '--') {
      names.push(...queue.splice(0))
    } else if (text.startsWith('--')) {
      const [, name = '', inline] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? []
      if (name === 'exclude') excluded.push(inline ?? value(name))
      else if (name === 'strip-components') strip = Number(inline ?? value(name)) || 0
      else if (Object.hasOwn(longLetters, name)) set(longLetters[name] ?? '', inline)
      else if (!harmless.has(name)) throw new CommandError(`unrecognized option: ${name}`)
    } else if (/^-./.test(text) || (isFirst && /^[a-zA-Z]+$/.test(text))) {
      const bundle = text.replace(/^-/, '')
      for (const [index, letter] of [...bundle].entries()) {
        const rest = bundle.slice(index + 1)
        const takesRest = withValue.has(letter) && text.startsWith('-') && rest !== ''
        set(letter, takesRest ? rest : undefined)
        if (takesRest) break
      }
    } else names.push(text)
  }
  const modes = (['c', 'x', 't'] as const).filter((letter) => letters.has(letter))
  const [mode] = modes
  if (mode === undefined || modes.length > 1) throw new CommandError('you must specify exactly one of c, x and t')
  for (const letter of 'zjJZ')
    if (letters.has(letter)) throw new CommandError(`not modelled: compression (-${letter})`, 2)
  return { mode, letters, file, directory, names, excluded, strip }
}

/** `tar`: makes, lists and unpacks archives, from and to files, standard input and output. */
export const tar: CommandFunction = async (context) => {
  const call = callOf(context.args)
  const at = { ...context, cwd: inside(context.cwd, call.directory).replace(/\/\.$/, '') || '/' }
  if (context.world.files.stat(at.cwd)?.kind !== 'directory')
    throw new CommandError(`can't change directory to '${call.directory}': No such file or directory`)
  return call.mode === 'c' ? create(context, at, call) : read(context, at, call)
}

const isExcluded = ({ excluded }: TarCall, name: string): boolean =>
  excluded.some((pattern) => matchesGlob(pattern, name) || matchesGlob(pattern, name.split('/').pop() ?? ''))

async function create(context: CommandContext, at: CommandContext, call: TarCall): Promise<number> {
  const { stdout, stderr, cwd, world } = context
  if (call.names.length === 0) throw new CommandError('empty archive')
  const output = call.file === '-' ? stdout : openOutput(call.file, false, cwd, world, context)
  let [failed, told] = [false, false]
  for (const name of call.names) {
    const path = inside(at.cwd, name)
    if (world.files.stat(path, { follow: false }) === undefined) {
      await stderr.write(`tar: ${name}: No such file or directory\n`)
      failed = true
      continue
    }
    const kept = name.replace(/^(\.?\.?\/)*\/+|^(\.\.\/)+/, '')
    if (kept !== name && !told) {
      await stderr.write(`tar: removing leading '${name.slice(0, name.length - kept.length)}' from member names\n`)
      told = true
    }
    await add(at, call, { path: path.replace(/(?<=.)\/+$/, ''), name: kept.replace(/(?<=.)\/+$/, '') || '.' }, output)
  }
  await output.write(new Uint8Array(2 * blockSize))
  if (failed) await stderr.write('tar: error exit delayed from previous errors\n')
  return failed ? 1 : 0
}

async function add(
  context: CommandContext,
  call: TarCall,
  { path, name }: { readonly path: string; readonly name: string },
  output: Output,
): Promise<void> {
  const { files } = context.world
  const follow = call.letters.has('h')
  for await (const found of walk(context, path)) {
    const below = found.path.slice(path.length).replace(/^\//, '')
    const own = below === '' ? name : `${name === '.' ? './' : `${name}/`}${below}`
    if (isExcluded(call, own)) continue
    const stat = follow ? (files.stat(found.path) ?? found.stat) : found.stat
    const content = stat.kind === 'file' ? files.readBytes(found.path) : new Uint8Array()
    const { kind, mode, modifiedAt, target = '' } = stat
    await output.write(writeHeader({ name: own, kind, mode, modifiedAt, target, size: content.length }))
    if (content.length > 0) await output.write(padded(content))
    if (call.letters.has('v')) await (call.file === '-' ? context.stderr : context.stdout).write(`${own}\n`)
  }
}

async function read(context: CommandContext, at: CommandContext, call: TarCall): Promise<number> {
  const { stdout, stderr, task } = context
  const reader = new TarReader(inputFrom(call.file, context), task)
  const wanted = (name: string) =>
    call.names.length === 0 ||
    call.names.some((one) => `${name}/`.startsWith(`${one.replace(/\/+$/, '')}/`) || matchesGlob(one, name))
  let failed = false
  for await (const entry of reader.entries()) {
    if (!wanted(entry.name) || isExcluded(call, entry.name)) continue
    const shown = `${entry.name}${entry.kind === 'directory' ? '/' : ''}`
    if (call.mode === 't') {
      const kind = entry.kind === 'hardLink' ? 'file' : entry.kind
      const when = formatted('%Y-%m-%d %H:%M:%S', entry.modifiedAt)
      const facts = `${modeText({ kind, mode: entry.mode })} root/root ${String(entry.size).padStart(9)} ${when} `
      const target = entry.kind === 'link' ? ` -> ${entry.target}` : ''
      await stdout.write(call.letters.has('v') ? `${facts}${shown}${target}\n` : `${shown}\n`)
      continue
    }
    if (call.letters.has('v')) await (call.letters.has('O') ? stderr : stdout).write(`${shown}\n`)
    try {
      await unpack(at, call, entry)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      await stderr.write(`tar: can't open '${entry.name}': ${error.words}\n`)
      failed = true
    }
  }
  return failed ? 1 : 0
}

async function unpack(context: CommandContext, call: TarCall, entry: TarEntry): Promise<void> {
  const names = entry.name.split('/').filter((part) => part !== '' && part !== '.')
  // What an archive holds stays below the directory that it is unpacked in.
  if (names.includes('..')) throw new CommandError(`name with '..' encountered: '${entry.name}'`)
  const kept = names.slice(call.strip)
  if (kept.length === 0) return
  const path = `${context.cwd === '/' ? '' : context.cwd}/${kept.join('/')}`
  const { files } = context.world
  const above = path.slice(0, path.lastIndexOf('/'))
  if (call.letters.has('O')) {
    if (entry.kind === 'file') await context.stdout.write(await entry.content())
    return
  }
  if (above !== '') files.makeDirectory(above, { parents: true })
  if (entry.kind === 'directory') {
    files.makeDirectory(path, { parents: true })
    return
  }
  const there = files.stat(path, { follow: false })
  if (there !== undefined && call.letters.has('k')) return
  if (there?.kind === 'link' || (there !== undefined && entry.kind === 'link')) files.remove(path)
  await unpackFile(context, path, entry)
}

async function unpackFile({ world: { files }, cwd }: CommandContext, path: string, entry: TarEntry): Promise<void> {
  if (entry.kind === 'link') files.link(entry.target, path)
  // There are no hard links here: the other name gets the same content.
  else if (entry.kind === 'hardLink')
    files.write(path, files.readBytes(inside(cwd, entry.target)), { mode: entry.mode })
  else files.write(path, await entry.content(), { mode: entry.mode })
}
