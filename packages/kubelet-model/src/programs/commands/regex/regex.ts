import { CommandError } from '../../shell/shell-error.ts'
import { parseRegex } from './parse.ts'
import type { Node } from './syntax.ts'

type Instruction =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'place'; readonly holds: (before: string | undefined, after: string | undefined) => boolean }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'end' }

/** Where a match begins and ends, then where its groups do; undefined for groups that took no part. Counted in characters. */
export type Match = readonly (number | undefined)[]

const maxInstructions = 5000
const maxWork = 30_000_000

/**
 * A regular expression as POSIX knows it: the leftmost match counts, and of those the longest. It takes no more than the product of
 * the lengths of expression and text. Throws a CommandError for an expression that is none.
 */
export class Regex {
  readonly #program: Instruction[] = []
  readonly #slots: number
  readonly groups: number

  constructor(pattern: string, options: { readonly extended?: boolean; readonly ignoreCase?: boolean } = {}) {
    const { extended = false, ignoreCase = false } = options
    const { node, groups } = parseRegex(pattern, { extended, ignoreCase })
    this.groups = groups
    this.#slots = 2 * (groups + 1)
    this.#compile(node)
    this.#add({ kind: 'end' })
  }

  /** The first match from a position on. */
  match(characters: readonly string[], from: number = 0): Match | undefined {
    if (characters.length * this.#program.length > maxWork)
      throw new CommandError('the line is too long for this expression', 2)
    let best: (number | undefined)[] | undefined
    let threads: Thread[] = []
    for (let at = from; ; at++) {
      if (best === undefined) threads.push({ at: 0, saved: startingAt(at, this.#slots) })
      const ready = this.#closure(threads, characters, at)
      const next: Thread[] = []
      for (const { at: place, saved } of ready) {
        if (best !== undefined && (saved[0] ?? 0) > (best[0] ?? 0)) continue
        const instruction = this.#program[place]
        if (instruction?.kind === 'end') {
          if (best === undefined || beats(saved[0], at, best)) best = ended(saved, at)
        } else if (instruction?.kind === 'character') {
          const one = characters[at]
          if (one !== undefined && instruction.matches(one)) next.push({ at: place + 1, saved })
        }
      }
      threads = next
      if (at >= characters.length || (best !== undefined && threads.length === 0)) return best
    }
  }

  /** Follows what reads no character. */
  #closure(threads: readonly Thread[], characters: readonly string[], at: number): readonly Thread[] {
    const seen = new Set<number>()
    const ready: Thread[] = []
    const waiting = [...threads].reverse()
    for (let thread = waiting.pop(); thread; thread = waiting.pop()) {
      if (seen.has(thread.at)) continue
      seen.add(thread.at)
      const instruction = this.#program[thread.at]
      if (instruction?.kind === 'split') {
        for (const to of [...instruction.to].reverse()) waiting.push({ at: to, saved: thread.saved })
      } else if (instruction?.kind === 'save') {
        const saved = [...thread.saved]
        saved[instruction.slot] = at
        waiting.push({ at: thread.at + 1, saved })
      } else if (instruction?.kind === 'place') {
        if (instruction.holds(at === 0 ? undefined : characters[at - 1], characters[at]))
          waiting.push({ at: thread.at + 1, saved: thread.saved })
      } else ready.push(thread)
    }
    return ready
  }

  #add(instruction: Instruction): number {
    if (this.#program.length >= maxInstructions) throw new CommandError('bad regex: Regular expression too big', 2)
    return this.#program.push(instruction) - 1
  }

  #compile(node: Node): void {
    switch (node.kind) {
      case 'character':
      case 'place':
        this.#add(node)
        return
      case 'sequence':
        for (const one of node.nodes) this.#compile(one)
        return
      case 'group':
        this.#add({ kind: 'save', slot: 2 * node.index })
        this.#compile(node.node)
        this.#add({ kind: 'save', slot: 2 * node.index + 1 })
        return
      case 'choice':
        this.#compileChoice(node.nodes)
        return
      case 'repeat':
        this.#compileRepeat(node)
    }
  }

  #compileChoice(nodes: readonly Node[]): void {
    const begins: number[] = []
    const ends: number[][] = []
    const split = this.#add({ kind: 'split', to: begins })
    begins.length = 0
    for (const one of nodes) {
      begins.push(this.#program.length)
      this.#compile(one)
      const to: number[] = []
      ends.push(to)
      this.#add({ kind: 'split', to })
    }
    this.#program[split] = { kind: 'split', to: begins }
    for (const to of ends) to.push(this.#program.length)
  }

  #compileRepeat({ node, least, most }: Node & { readonly kind: 'repeat' }): void {
    for (let count = 0; count < least; count++) this.#compile(node)
    if (most === Number.POSITIVE_INFINITY) {
      const to: number[] = []
      const split = this.#add({ kind: 'split', to })
      to.push(split + 1)
      this.#compile(node)
      this.#add({ kind: 'split', to: [split] })
      to.push(this.#program.length)
      return
    }
    const skips: number[][] = []
    for (let count = least; count < most; count++) {
      const to: number[] = []
      const split = this.#add({ kind: 'split', to })
      to.push(split + 1)
      skips.push(to)
      this.#compile(node)
    }
    for (const to of skips) to.push(this.#program.length)
  }
}

interface Thread {
  readonly at: number
  readonly saved: readonly (number | undefined)[]
}

function startingAt(at: number, slots: number): (number | undefined)[] {
  const saved = new Array<number | undefined>(slots).fill(undefined)
  saved[0] = at
  return saved
}

/** Whether a match that begins and ends there is further left than another, or as far left and longer. */
function beats(begin: number | undefined, end: number, [otherBegin = 0, otherEnd = 0]: Match): boolean {
  return begin !== otherBegin ? (begin ?? 0) < otherBegin : end > otherEnd
}

function ended(saved: readonly (number | undefined)[], at: number): (number | undefined)[] {
  const match = [...saved]
  match[1] = at
  return match
}
