import type { FileSystem } from '../../files/file-system.ts'
import type { ExpansionHost } from './expand.ts'
import { ShellError } from './shell-error.ts'
import { signalNamed, signalNumbers } from './signals.ts'
import { type Input, type Output, readBy } from './streams.ts'
import type { Command, ListItem, Script } from './syntax.ts'
import type { Task } from './task.ts'
import { ShellVariables } from './variables.ts'
import type { World } from './world.ts'

/** An open file: for reading, for writing, or both. */
export interface Descriptor {
  readonly input?: Input
  readonly output?: Output
}

/** `set -e` and the like. */
export interface ShellOptions {
  readonly exitOnError: boolean
  readonly noUnset: boolean
  readonly trace: boolean
  readonly noGlob: boolean
  readonly pipeFail: boolean
}

/** What a shell begins with. */
export interface ShellStart {
  readonly world: World
  readonly task: Task
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** `$0`. */
  readonly name: string
  readonly args: readonly string[]
  readonly descriptors: ReadonlyMap<number, Descriptor>
  readonly options?: Partial<ShellOptions>
  readonly tty: boolean
  /** True for one that reads what somebody types: ^C ends what it does, not the shell. */
  readonly interactive?: boolean
}

const noOptions: ShellOptions = { exitOnError: false, noUnset: false, trace: false, noGlob: false, pipeFail: false }

/** What a shell knows while it runs. */
export class ShellState implements ExpansionHost {
  readonly world: World
  readonly task: Task
  readonly tty: boolean
  readonly interactive: boolean
  readonly name: string
  /** `$$`: that of the shell, in its subshells too. */
  pid: number
  readonly #evaluateOutput: (state: ShellState, script: Script) => Promise<string>
  variables: ShellVariables
  functions: Map<string, Command> = new Map()
  args: readonly string[]
  cwd: string
  descriptors: ReadonlyMap<number, Descriptor>
  options: ShellOptions
  traps: Map<string, string> = new Map()
  lastCode: number = 0
  /** The code of the last `$(…)`, which an assignment alone ends with. */
  substitutionCode: number = 0
  lastBackground: number | undefined
  jobs: Map<number, Promise<number>> = new Map()
  functionDepth: number = 0
  loopDepth: number = 0
  /** Above 0 where a failure only decides how to go on. */
  tested: number = 0
  /** The last command of `sh -c`: it takes the place of the shell, as it does in busybox. */
  lastItem: ListItem | undefined
  /** True while another command has taken its place: signals are for that. */
  isReplaced: boolean = false
  /** What `local` put aside, to be put back at the end of the function. */
  locals: (readonly [string, ReturnType<ShellVariables['entry']>])[] | undefined
  #seed: number | undefined
  readonly #pendingTraps: string[] = []

  constructor(start: ShellStart, evaluateOutput: (state: ShellState, script: Script) => Promise<string>) {
    const { world, task, env, cwd, name, args, descriptors, options, tty, interactive = false } = start
    this.world = world
    this.task = task
    this.pid = task.pid
    this.tty = tty
    this.interactive = interactive
    this.variables = ShellVariables.of(env)
    this.variables.set('IFS', ' \t\n', { exported: false })
    if (this.variables.get('PWD') === undefined) this.variables.set('PWD', cwd)
    this.cwd = cwd
    this.name = name
    this.args = args
    this.descriptors = descriptors
    this.options = { ...noOptions, ...options }
    this.#evaluateOutput = evaluateOutput
    task.onSignal = (signal) => this.#signalled(signal)
  }

  /** A shell that begins where this one is; what it changes is its own. */
  fork(task: Task): ShellState {
    const { world, cwd, name, args, descriptors, options, tty } = this
    const copy = new ShellState(
      { world, task, env: {}, cwd, name, args, descriptors, options, tty },
      this.#evaluateOutput,
    )
    copy.pid = this.pid
    copy.variables = this.variables.copy()
    copy.functions = new Map(this.functions)
    copy.lastCode = this.lastCode
    copy.lastBackground = this.lastBackground
    copy.functionDepth = this.functionDepth
    copy.tested = this.tested
    // Only what is ignored stays so in a child.
    copy.traps = new Map([...this.traps].filter(([, action]) => action === ''))
    return copy
  }

  get files(): FileSystem {
    return this.world.files
  }

  get noGlob(): boolean {
    return this.options.noGlob
  }

  get stdin(): Input {
    const input = this.descriptors.get(0)?.input
    if (input === undefined) throw new ShellError('0: Bad file descriptor', 1)
    return readBy(this.task, input)
  }

  get stdout(): Output {
    return this.output(1)
  }

  get stderr(): Output {
    return this.descriptors.get(2)?.output ?? { write: () => {} }
  }

  output(descriptor: number): Output {
    const output = this.descriptors.get(descriptor)?.output
    if (output === undefined) throw new ShellError('write error: Bad file descriptor', 1)
    return output
  }

  valueOf(name: string): string | undefined {
    const value = this.#special(name) ?? this.variables.get(name)
    if (value === undefined && this.options.noUnset && !/^(IFS|HOME|\d|[@*!])$/.test(name))
      throw new ShellError(`${name}: parameter not set`)
    return value
  }

  #special(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.lastCode)
      case '$':
        return String(this.pid)
      case '#':
        return String(this.args.length)
      case '!':
        return this.lastBackground === undefined ? '' : String(this.lastBackground)
      case '0':
        return this.name
      case '-':
        return `${this.options.exitOnError ? 'e' : ''}${this.options.noUnset ? 'u' : ''}${this.options.trace ? 'x' : ''}`
      case 'PPID':
        return '0'
      case 'RANDOM':
        return this.variables.get(name) ?? String(this.#random())
    }
    return /^\d+$/.test(name) ? this.args[Number(name) - 1] : undefined
  }

  /** The same numbers in every life of a container: nothing in a simulation is left to chance. */
  #random(): number {
    this.#seed ??= [...this.world.pod.uid].reduce((seed, one) => (seed * 31 + one.charCodeAt(0)) | 0, this.task.pid)
    this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) | 0
    return (this.#seed >>> 16) & 0x7fff
  }

  assign(name: string, value: string): void {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellError(`${name}: bad variable name`)
    this.variables.set(name, value)
  }

  outputOf(script: Script): Promise<string> {
    return this.#evaluateOutput(this, script)
  }

  /** Sets or clears what a signal, or `EXIT`, does. */
  trap(name: string, action: string | undefined): void {
    if (action === undefined) this.traps.delete(name)
    else this.traps.set(name, action)
  }

  #signalled(name: string): 'handled' | 'ignored' | 'default' {
    const action = this.traps.get(name)
    if (action === '') return 'ignored'
    if (action === undefined && this.interactive) {
      if (name === 'INT') this.task.interrupt()
      return name === 'INT' ? 'handled' : name === 'TERM' || name === 'QUIT' ? 'ignored' : 'default'
    }
    if (action === undefined) {
      if (!this.isReplaced) return 'default'
      this.task.offer(name)
      return 'ignored'
    }
    this.#pendingTraps.push(name)
    return 'handled'
  }

  /** The next signal whose trap has not run yet. */
  nextTrap(): { readonly action: string; readonly code: number } | undefined {
    const name = this.#pendingTraps.shift()
    if (name === undefined) return undefined
    return { action: this.traps.get(name) ?? '', code: 128 + (signalNumbers[name] ?? 0) }
  }

  /** What `wait` ends with when a signal interrupts it. */
  get trappedCode(): number {
    return 128 + (signalNumbers[this.#pendingTraps[0] ?? ''] ?? 0)
  }
}

/** What `trap` may be set for: a signal, or the end of the shell. */
export function trapNamed(text: string): string | undefined {
  return text === '0' || text.toUpperCase() === 'EXIT' ? 'EXIT' : signalNamed(text)
}
