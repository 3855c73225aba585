import { FileError } from '../../files/file-error.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { Input } from '../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { inputFrom, linesOf } from './inputs.ts'
import { type ParsedOptions, parseOptions } from './options.ts'
import { Regex } from './regex/regex.ts'
import { isWordCharacter } from './regex/syntax.ts'
import { walk } from './tree-walk.ts'

/** Finds a part of a line, from a character on; undefined where there is none. */
type Find = (characters: readonly string[], from: number) => readonly [number, number] | undefined

const long = {
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'ignore-case': 'i',
  'invert-match': 'v',
  count: 'c',
  quiet: 'q',
  silent: 'q',
  'line-number': 'n',
  'only-matching': 'o',
  recursive: 'r',
  'files-with-matches': 'l',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'no-messages': 's',
  'max-count': 'm',
  regexp: 'e',
  'after-context': 'A',
  'before-context': 'B',
  context: 'C',
  color: 'a',
  'with-filename': 'H',
  'no-filename': 'h',
}

const grep =
  (implied: string): CommandFunction =>
  async (context) => {
    const options = parseOptions(context.args, 'EFGPivcqnolLrRwxsm:e:f:hHA:B:C:az', long)
    if (options.has('P') || options.has('z')) throw new CommandError('not modelled: -P and -z', 2)
    const { cwd, world } = context
    const given = options
      .values('e')
      .concat(options.values('f').flatMap((path) => patternsOf(world.files.read(inside(cwd, path)))))
    const operands = [...options.operands]
    if (given.length === 0 && !options.has('f')) given.push(operands.shift() ?? missing())
    const find = finder(
      given.flatMap((text) => text.split('\n')),
      options,
      implied,
    )
    const recursive = options.has('r') || options.has('R')
    if (recursive && operands.length === 0) operands.push('.')
    let [found, failed] = [false, false]
    const several = options.has('H') || ((operands.length > 1 || recursive) && !options.has('h'))
    for await (const { path, input } of sources(context, operands, recursive)) {
      if (input === undefined) failed = true
      else if (await search(context, input, path === '-' ? '(standard input)' : path, { find, options, several }))
        found = true
      if (found && options.has('q')) return 0
    }
    return failed ? 2 : found ? 0 : 1
  }

const patternsOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')

function missing(): never {
  throw new CommandError(
    'usage: grep [-HhnlLoqvsriwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...',
    2,
  )
}

async function* sources(
  context: CommandContext,
  paths: readonly string[],
  recursive: boolean,
): AsyncGenerator<{ readonly path: string; readonly input: Input | undefined }> {
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const isDirectory = path !== '-' && context.world.files.stat(inside(context.cwd, path))?.kind === 'directory'
    if (isDirectory && recursive) {
      const top = inside(context.cwd, path).replace(/(?<=.)\/$/, '')
      for await (const one of walk(context, top)) {
        const name = `${path}${one.path.slice(top.length)}`
        if (one.stat.kind === 'file') yield { path: name, input: inputFrom(one.path, context) }
      }
      continue
    }
    yield { path, input: await opened(context, path) }
  }
}

async function opened(context: CommandContext, path: string): Promise<Input | undefined> {
  try {
    return inputFrom(path, context)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const quiet = parseOptions(context.args, 'EFGPivcqnolLrRwxsm:e:f:hHA:B:C:az', long).has('s')
    if (!quiet) await context.stderr.write(`${context.name}: ${path}: ${error.words}\n`)
    return undefined
  }
}

function finder(patterns: readonly string[], options: ParsedOptions, implied: string): Find {
  const ignoreCase = options.has('i')
  const fixed = options.has('F') || implied === 'F'
  const extended = options.has('E') || implied === 'E'
  const finds = patterns.map((pattern): Find => {
    if (fixed || /^[\w \-/:=,@#%&;"'<>!~]*$/.test(pattern)) return textFinder(pattern, ignoreCase)
    const regex = new Regex(pattern, { extended, ignoreCase })
    return (characters, from) => {
      const match = regex.match(characters, from)
      return match === undefined ? undefined : [match[0] ?? 0, match[1] ?? 0]
    }
  })
  const first: Find = (characters, from) => {
    let best: readonly [number, number] | undefined
    for (const find of finds) {
      const one = find(characters, from)
      if (one && (best === undefined || one[0] < best[0] || (one[0] === best[0] && one[1] > best[1]))) best = one
    }
    return best
  }
  if (options.has('x'))
    return (characters) => {
      const one = first(characters, 0)
      return one?.[0] === 0 && one[1] === characters.length ? one : undefined
    }
  if (!options.has('w')) return first
  return (characters, from) => {
    for (let at = from; at <= characters.length; ) {
      const one = first(characters, at)
      if (one === undefined) return undefined
      if (!isWordCharacter(characters[one[0] - 1]) && !isWordCharacter(characters[one[1]])) return one
      at = one[0] + 1
    }
    return undefined
  }
}

function textFinder(pattern: string, ignoreCase: boolean): Find {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text)
  const wanted = fold(pattern)
  const size = [...pattern].length
  return (characters, from) => {
    const text = fold(characters.slice(from).join(''))
    const at = text.indexOf(wanted)
    if (at < 0) return undefined
    const start = from + [...text.slice(0, at)].length
    return [start, start + size]
  }
}

interface Search {
  readonly find: Find
  readonly options: ParsedOptions
  readonly several: boolean
}

async function search(
  context: CommandContext,
  input: Input,
  path: string,
  { find, options, several }: Search,
): Promise<boolean> {
  const { stdout } = context
  const count = (letter: string) => Math.min(Number(options.value(letter) ?? options.value('C') ?? 0) || 0, 100_000)
  const [before, after] = [count('B'), count('A')]
  const most = Number(options.value('m') ?? Number.POSITIVE_INFINITY)
  const quiet = ['q', 'c', 'l', 'L'].some((letter) => options.has(letter))
  const earlier: string[] = []
  let [number, hits, left, last] = [0, 0, 0, 0]
  const shown = (sign: string, at: number, text: string) =>
    `${several ? `${path}${sign}` : ''}${options.has('n') ? `${at}${sign}` : ''}${text}\n`
  if (most > 0) {
    for await (const { text } of linesOf(context, input)) {
      number++
      const characters = [...text]
      const one = find(characters, 0)
      const isHit = (one !== undefined) !== options.has('v')
      if (isHit) {
        hits++
        if (!quiet && options.has('o')) {
          if (!options.has('v'))
            for (const part of parts(characters, find)) await stdout.write(shown(':', number, part))
        } else if (!quiet) {
          if ((before > 0 || after > 0) && last > 0 && number - earlier.length > last + 1) await stdout.write('--\n')
          for (const [index, line] of earlier.entries())
            await stdout.write(shown('-', number - earlier.length + index, line))
          earlier.length = 0
          await stdout.write(shown(':', number, text))
          last = number
        }
        left = after
        if (options.has('q') || options.has('l') || (hits >= most && left === 0)) break
      } else if (left > 0 && !quiet && !options.has('o')) {
        await stdout.write(shown('-', number, text))
        last = number
        left--
        if (left === 0 && hits >= most) break
      } else if (before > 0) {
        earlier.push(text)
        if (earlier.length > before) earlier.shift()
      }
    }
  }
  if (options.has('c')) await stdout.write(`${several ? `${path}:` : ''}${hits}\n`)
  if (options.has('l') && hits > 0) await stdout.write(`${path}\n`)
  if (options.has('L') && hits === 0) await stdout.write(`${path}\n`)
  return options.has('L') ? hits === 0 : hits > 0
}

/** Every part of a line that matches; empty ones aside. */
function parts(characters: readonly string[], find: Find): readonly string[] {
  const all: string[] = []
  for (let at = 0; at < characters.length; ) {
    const one = find(characters, at)
    if (one === undefined) break
    if (one[1] > one[0]) all.push(characters.slice(one[0], one[1]).join(''))
    at = Math.max(one[1], one[0] + 1)
  }
  return all
}

/** `grep` and its other names. */
export const grepCommands: Readonly<Record<string, CommandFunction>> = {
  grep: grep(''),
  egrep: grep('E'),
  fgrep: grep('F'),
}
