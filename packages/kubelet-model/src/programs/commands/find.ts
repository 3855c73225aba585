import { FileError } from '../../files/file-error.ts'
import { matchesGlob } from '../shell/glob.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError, NotModelled } from '../shell/shell-error.ts'
import { inputOf } from '../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { runFrom } from './environment.ts'
import { tellOf } from './inputs.ts'
import { type Walked, walk } from './tree-walk.ts'

/** What is found, as it is named. */
interface Found extends Walked {
  readonly shown: string
}

type Test = (found: Found) => Promise<boolean> | boolean

interface Plan {
  readonly test: Test
  least: number
  most: number
  holdersLast: boolean
}

/** `find`: names, types, depths, ages; it prints, deletes or runs commands. */
export const find: CommandFunction = async (context) => {
  const begins = context.args.findIndex((text) => /^[-(!]/.test(text))
  const paths = begins < 0 ? context.args : context.args.slice(0, begins)
  const batches: { readonly words: readonly string[]; readonly paths: string[] }[] = []
  const plan = new Reader(begins < 0 ? [] : context.args.slice(begins), context, batches).plan()
  let code = 0
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const top = inside(context.cwd, path).replace(/(?<=.)\/+$/, '')
    if (context.world.files.stat(top, { follow: false }) === undefined) {
      await tellOf(context, '', path, new FileError('ENOENT', path))
      code = 1
    }
    for await (const one of walk(context, top, { depth: plan.most, holdersLast: plan.holdersLast })) {
      const below = one.path.slice(top.length).replace(/^\//, '')
      const shown = below === '' ? path : `${path.replace(/(?<=.)\/+$/, '').replace(/^\/$/, '')}/${below}`
      if (one.depth >= plan.least) await plan.test({ ...one, shown })
    }
  }
  for (const { words, paths: all } of batches) {
    if (all.length > 0 && (await runFrom(context, [...words, ...all], { stdin: inputOf('') })) !== 0) code = 1
  }
  return code
}

class Reader {
  readonly #words: readonly string[]
  readonly #context: CommandContext
  readonly #batches: { readonly words: readonly string[]; readonly paths: string[] }[]
  #at = 0
  #depth = 0
  #acts = false
  readonly #bounds = { least: 0, most: Number.POSITIVE_INFINITY, holdersLast: false }

  constructor(
    words: readonly string[],
    context: CommandContext,
    batches: { readonly words: readonly string[]; readonly paths: string[] }[],
  ) {
    this.#words = words
    this.#context = context
    this.#batches = batches
  }

  plan(): Plan {
    const test = this.#words.length === 0 ? () => true : this.#or()
    const left = this.#words[this.#at]
    if (left !== undefined) throw new CommandError(`unexpected ${left}`)
    const print = this.#print('\n')
    return { test: this.#acts ? test : async (found) => (await test(found)) && print(found), ...this.#bounds }
  }

  #print(end: string): Test {
    return async ({ shown }) => {
      await this.#context.stdout.write(`${shown}${end}`)
      return true
    }
  }

  #or(): Test {
    if (++this.#depth > 50) throw new CommandError('nested too deeply')
    let left = this.#and()
    while (this.#words[this.#at] === '-o' || this.#words[this.#at] === '-or') {
      this.#at++
      const [before, after] = [left, this.#and()]
      left = async (found) => (await before(found)) || after(found)
    }
    this.#depth--
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (
      let word = this.#words[this.#at];
      word !== undefined && !['-o', '-or', ')'].includes(word);
      word = this.#words[this.#at]
    ) {
      if (word === '-a' || word === '-and') this.#at++
      const [before, after] = [left, this.#not()]
      left = async (found) => (await before(found)) && after(found)
    }
    return left
  }

  #not(): Test {
    const word = this.#words[this.#at++]
    if (word === '!' || word === '-not') {
      const test = this.#not()
      return async (found) => !(await test(found))
    }
    if (word !== '(') return this.#primary(word ?? '')
    const test = this.#or()
    if (this.#words[this.#at++] !== ')') throw new CommandError('missing )')
    return test
  }

  #value(name: string): string {
    const value = this.#words[this.#at++]
    if (value === undefined) throw new CommandError(`${name}: requires an argument`)
    return value
  }

  #number(name: string): { readonly sign: string; readonly count: number; readonly unit: string } {
    const [, sign = '', digits, unit = ''] = /^([-+]?)(\d{1,12})([ckMG]?)$/.exec(this.#value(name)) ?? []
    if (digits === undefined) throw new CommandError(`${name}: invalid number`)
    return { sign, count: Number(digits), unit }
  }

  #primary(word: string): Test {
    const { world } = this.#context
    const compared = ({ sign, count }: { readonly sign: string; readonly count: number }, value: number) =>
      sign === '+' ? value > count : sign === '-' ? value < count : value === count
    switch (word) {
      case '-name':
      case '-iname': {
        const fold = (text: string) => (word === '-iname' ? text.toLowerCase() : text)
        const pattern = fold(this.#value(word))
        return ({ shown }) =>
          matchesGlob(
            pattern,
            fold(
              shown
                .replace(/(?<=.)\/+$/, '')
                .split('/')
                .pop() || '/',
            ),
          )
      }
      case '-path':
      case '-wholename': {
        const pattern = this.#value(word)
        return ({ shown }) => matchesGlob(pattern, shown)
      }
      case '-type': {
        const wanted = this.#value(word).split(',')
        const letters = { file: 'f', directory: 'd', link: 'l' }
        return ({ stat }) => wanted.includes(letters[stat.kind])
      }
      case '-maxdepth':
        this.#bounds.most = this.#number(word).count
        return () => true
      case '-mindepth':
        this.#bounds.least = this.#number(word).count
        return () => true
      case '-depth':
        this.#bounds.holdersLast = true
        return () => true
      case '-xdev':
      case '-mount':
        return () => true
      case '-empty':
        return ({ stat, path }) =>
          stat.kind === 'directory' ? world.files.list(path).length === 0 : stat.kind === 'file' && stat.size === 0
      case '-size': {
        const wanted = this.#number(word)
        const unit = { c: 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[wanted.unit] ?? 512
        return ({ stat }) => compared(wanted, Math.ceil(stat.size / unit))
      }
      case '-mtime':
      case '-mmin': {
        const wanted = this.#number(word)
        const unit = word === '-mmin' ? 60_000 : 86_400_000
        return ({ stat }) => compared(wanted, Math.floor((world.clock.now() - stat.modifiedAt) / unit))
      }
      case '-newer': {
        const path = this.#value(word)
        const than = world.files.stat(inside(this.#context.cwd, path))
        if (than === undefined) throw new FileError('ENOENT', path)
        return ({ stat }) => stat.modifiedAt > than.modifiedAt
      }
      case '-true':
        return () => true
      case '-false':
        return () => false
      case '-print':
      case '-print0':
        this.#acts = true
        return this.#print(word === '-print' ? '\n' : '\0')
      case '-delete':
        this.#acts = true
        this.#bounds.holdersLast = true
        return ({ path, shown }) => {
          if (shown !== '.') world.files.remove(path)
          return true
        }
      case '-exec':
        this.#acts = true
        return this.#exec()
    }
    if (/^-(perm|user|group|links|inum|prune|quit|regex|ctime|atime|ok|ls)$/.test(word))
      throw new NotModelled(`find ${word}`)
    throw new CommandError(`unrecognized: ${word}`)
  }

  #exec(): Test {
    const from = this.#at
    while (this.#at < this.#words.length && this.#words[this.#at] !== ';' && !this.#endsBatch()) this.#at++
    const end = this.#words[this.#at]
    if (end === undefined) throw new CommandError('-exec CMD must end by ;')
    const words = this.#words.slice(from, this.#at++)
    if (end === '+') {
      const paths: string[] = []
      this.#batches.push({ words: words.filter((word) => word !== '{}'), paths })
      return ({ shown }) => paths.push(shown) > 0
    }
    return async ({ shown }) => {
      const filled = words.map((word) => word.replaceAll('{}', shown))
      return (await runFrom(this.#context, filled, { stdin: inputOf('') })) === 0
    }
  }

  #endsBatch(): boolean {
    return this.#words[this.#at] === '+' && this.#words[this.#at - 1] === '{}'
  }
}
