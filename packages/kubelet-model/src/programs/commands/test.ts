import type { FileSystem } from '../../files/file-system.ts'
import { inside } from '../shell/glob-files.ts'
import { ShellError } from '../shell/shell-error.ts'

/** What a condition is asked of. */
export interface TestHost {
  readonly files: FileSystem
  readonly cwd: string
  readonly tty: boolean
}

const maxDepth = 100

/** What `test` and `[` answer. Throws a ShellError for what is no condition. */
export function holds(args: readonly string[], host: TestHost): boolean {
  return args.length > 0 && new Expression(args, host).result()
}

class Expression {
  readonly #args: readonly string[]
  readonly #host: TestHost
  #at = 0
  #depth = 0

  constructor(args: readonly string[], host: TestHost) {
    this.#args = args
    this.#host = host
  }

  result(): boolean {
    const value = this.#or()
    const left = this.#args[this.#at]
    if (left !== undefined) throw new ShellError(`${left}: unknown operand`, 2)
    return value
  }

  get #left(): number {
    return this.#args.length - this.#at
  }

  #take(text: string): boolean {
    if (this.#args[this.#at] !== text) return false
    this.#at++
    return true
  }

  #or(): boolean {
    let value = this.#and()
    while (this.#left > 1 && this.#take('-o')) value = this.#and() || value
    return value
  }

  #and(): boolean {
    let value = this.#not()
    while (this.#left > 1 && this.#take('-a')) value = this.#not() && value
    return value
  }

  #not(): boolean {
    if (++this.#depth > maxDepth) throw new ShellError('the condition is nested too deeply', 2)
    if (this.#left > 1 && this.#args[this.#at] === '!' && !this.#isBinary()) {
      this.#at++
      return !this.#not()
    }
    return this.#primary()
  }

  /** True where the next three arguments compare something. */
  #isBinary(): boolean {
    return this.#left > 2 && Object.hasOwn(comparisons, this.#args[this.#at + 1] ?? '')
  }

  #primary(): boolean {
    const [first, second, third] = this.#args.slice(this.#at, this.#at + 3)
    if (first === undefined) throw new ShellError('argument expected', 2)
    if (this.#isBinary() && second !== undefined && third !== undefined) {
      this.#at += 3
      return comparisons[second]?.(first, third, this.#host) ?? false
    }
    if (first === '(' && this.#left > 2) {
      this.#at++
      const value = this.#or()
      if (!this.#take(')')) throw new ShellError('closing paren expected', 2)
      return value
    }
    if (second !== undefined && Object.hasOwn(questions, first)) {
      this.#at += 2
      return questions[first]?.(second, this.#host) ?? false
    }
    this.#at++
    return first !== ''
  }
}

type Comparison = (left: string, right: string, host: TestHost) => boolean

const numbers =
  (compare: (left: bigint, right: bigint) => boolean): Comparison =>
  (left, right) =>
    compare(integer(left), integer(right))

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': (left, right) => left === right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
  '-eq': numbers((left, right) => left === right),
  '-ne': numbers((left, right) => left !== right),
  '-lt': numbers((left, right) => left < right),
  '-le': numbers((left, right) => left <= right),
  '-gt': numbers((left, right) => left > right),
  '-ge': numbers((left, right) => left >= right),
  '-nt': (left, right, host) => changed(left, host) > changed(right, host),
  '-ot': (left, right, host) => changed(left, host) < changed(right, host),
  '-ef': (left, right, { files, cwd }) => left === right && files.exists(inside(cwd, left)),
}

type Question = (operand: string, host: TestHost) => boolean

const stat = (path: string, { files, cwd }: TestHost, follow = true) =>
  path === '' ? undefined : files.stat(inside(cwd, path), { follow })
const exists: Question = (path, host) => stat(path, host) !== undefined || isDevice(path)
const never: Question = () => false
const isLink: Question = (path, host) => stat(path, host, false)?.kind === 'link'

const questions: Readonly<Record<string, Question>> = {
  '-n': (text) => text !== '',
  '-z': (text) => text === '',
  '-e': exists,
  '-a': exists,
  '-r': exists,
  '-w': exists,
  '-x': (path, host) => {
    const found = stat(path, host)
    return found !== undefined && (found.kind === 'directory' || (found.mode & 0o111) !== 0)
  },
  '-f': (path, host) => stat(path, host)?.kind === 'file',
  '-d': (path, host) => stat(path, host)?.kind === 'directory',
  '-s': (path, host) => (stat(path, host)?.size ?? 0) > 0,
  '-h': isLink,
  '-L': isLink,
  '-t': (descriptor, { tty }) => tty && /^[012]$/.test(descriptor),
  '-c': (path) => isDevice(path),
  '-O': exists,
  '-G': exists,
  '-b': never,
  '-p': never,
  '-S': never,
  '-u': never,
  '-g': never,
  '-k': never,
}

function isDevice(path: string): boolean {
  return /^\/dev\/(null|zero|full|u?random|tty|stdin|stdout|stderr)$/.test(path)
}

function changed(path: string, host: TestHost): number {
  return stat(path, host)?.modifiedAt ?? -1
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new ShellError(`${text}: bad number`, 2)
  return BigInt(text.trim().replace(/^\+/, ''))
}
