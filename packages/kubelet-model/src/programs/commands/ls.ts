import { FileError } from '../../files/file-error.ts'
import type { FileStat } from '../../files/file-system.ts'
import { inside } from '../shell/glob-files.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { humanSize } from './human-size.ts'
import { tellOf } from './inputs.ts'
import { modeText } from './modes.ts'
import { type ParsedOptions, parseOptions } from './options.ts'

interface Entry {
  readonly name: string
  readonly path: string
  readonly stat: FileStat
}

/** `ls`. */
export const ls: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'laA1RdhtrSFpinC', { all: 'a', color: '1', recursive: 'R' })
  const { cwd, world, stdout } = context
  const paths = options.operands.length === 0 ? ['.'] : options.operands
  const [files, directories]: [Entry[], Entry[]] = [[], []]
  let code = 0
  for (const name of paths) {
    const path = inside(cwd, name)
    const stat = world.files.stat(path) ?? world.files.stat(path, { follow: false })
    if (stat === undefined) {
      await tellOf(context, '', name, new FileError('ENOENT', name))
      code = 1
    } else (stat.kind === 'directory' && !options.has('d') ? directories : files).push({ name, path, stat })
  }
  await show(context, ordered(files, options), options)
  const isOne = directories.length === 1 && files.length === 0 && !options.has('R') && code === 0
  let isFirst = files.length === 0
  const waiting = ordered(directories, options)
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    await context.task.step()
    if (!isOne || options.has('R')) await stdout.write(`${isFirst ? '' : '\n'}${next.name}:\n`)
    isFirst = false
    const entries = entriesOf(next, context, options)
    if (options.has('l')) await stdout.write(`total ${entries.reduce((sum, { stat }) => sum + blocks(stat), 0)}\n`)
    await show(context, entries, options)
    const deeper = entries.filter(({ name, stat }) => stat.kind === 'directory' && name !== '.' && name !== '..')
    const base = next.name.replace(/\/$/, '')
    if (options.has('R')) waiting.unshift(...deeper.map((entry) => ({ ...entry, name: `${base}/${entry.name}` })))
  }
  return code
}

const blocks = ({ kind, size }: FileStat): number => (kind === 'link' ? 0 : Math.ceil(size / 4096) * 4)

function entriesOf({ path }: Entry, { world }: CommandContext, options: ParsedOptions): readonly Entry[] {
  const names = world.files.list(path).filter((name) => !name.startsWith('.') || options.has('a') || options.has('A'))
  const dots = options.has('a') ? ['.', '..'] : []
  const entries = [...dots, ...names].flatMap((name) => {
    const at = `${path === '/' ? '' : path}/${name}`
    const stat = world.files.stat(at, { follow: false })
    return stat ? [{ name, path: at, stat }] : []
  })
  return ordered(entries, options)
}

function ordered(entries: readonly Entry[], options: ParsedOptions): Entry[] {
  const sorted = [...entries]
  if (options.has('t')) sorted.sort((left, right) => right.stat.modifiedAt - left.stat.modifiedAt)
  if (options.has('S')) sorted.sort((left, right) => right.stat.size - left.stat.size)
  return options.has('r') ? sorted.reverse() : sorted
}

async function show({ stdout, tty }: CommandContext, entries: readonly Entry[], options: ParsedOptions): Promise<void> {
  if (entries.length === 0) return
  const names = entries.map((entry) => `${entry.name}${markOf(entry, options)}`)
  if (options.has('l')) {
    const lines = entries.map((entry, index) => longLine(entry, names[index] ?? '', options))
    await stdout.write(lines.join(''))
  } else if (tty && !options.has('1')) await stdout.write(inColumns(names))
  else await stdout.write(names.map((name) => `${name}\n`).join(''))
}

function markOf({ stat }: Entry, options: ParsedOptions): string {
  if (stat.kind === 'directory' && (options.has('F') || options.has('p'))) return '/'
  if (!options.has('F')) return ''
  return stat.kind === 'link' ? '@' : (stat.mode & 0o111) === 0 ? '' : '*'
}

function longLine({ stat }: Entry, name: string, options: ParsedOptions): string {
  const owner = (id: number) => (id === 0 && !options.has('n') ? 'root' : String(id)).padEnd(8)
  const size = options.has('h') ? humanSize(stat.size) : String(stat.size)
  const links = stat.kind === 'directory' ? 2 : 1
  const target = stat.kind === 'link' ? ` -> ${stat.target ?? ''}` : ''
  return `${modeText(stat)} ${String(links).padStart(4)} ${owner(stat.uid)} ${owner(stat.gid)} ${size.padStart(9)} ${whenText(stat.modifiedAt)} ${name}${target}\n`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function whenText(time: number): string {
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
}

/** Columns from above to below, for a terminal of 80 characters. */
function inColumns(names: readonly string[]): string {
  const width = Math.max(...names.map((name) => name.length)) + 2
  const columns = Math.max(1, Math.floor(80 / width))
  const rows = Math.ceil(names.length / columns)
  let text = ''
  for (let row = 0; row < rows; row++) {
    const line = names.filter((_, index) => index % rows === row)
    text += `${line
      .map((name) => name.padEnd(width))
      .join('')
      .trimEnd()}\n`
  }
  return text
}
