import { CommandError, NotModelled } from '../../shell/shell-error.ts'
import { readBracket } from './bracket.ts'
import { isWordCharacter, type Node } from './syntax.ts'

const maxDepth = 50
const maxRepeat = 1000

/** Reads a regular expression, basic or extended. Throws a CommandError for what is none. */
export function parseRegex(
  pattern: string,
  { extended, ignoreCase }: { readonly extended: boolean; readonly ignoreCase: boolean },
): {
  readonly node: Node
  readonly groups: number
} {
  const reader = new Reader(pattern, extended, ignoreCase)
  return { node: reader.whole(), groups: reader.groups }
}

type Sign = '(' | ')' | '|' | '*' | '+' | '?' | '{' | '.' | '[' | '^' | '$' | undefined

class Reader {
  readonly #characters: readonly string[]
  readonly #extended: boolean
  readonly #ignoreCase: boolean
  #at = 0
  #depth = 0
  groups = 0

  constructor(pattern: string, extended: boolean, ignoreCase: boolean) {
    this.#characters = [...pattern]
    this.#extended = extended
    this.#ignoreCase = ignoreCase
  }

  whole(): Node {
    const node = this.#choice()
    if (this.#at < this.#characters.length) throw new CommandError('bad regex: Unmatched ) or \\)', 2)
    return node
  }

  /** The sign at the position, and how long it is; basic expressions write some of them with a backslash. */
  #sign(): { readonly sign: Sign; readonly length: number } {
    const one = this.#characters[this.#at]
    const escaped = one === '\\'
    const letter = escaped ? this.#characters[this.#at + 1] : one
    if (letter === undefined) return { sign: undefined, length: 0 }
    if ('.[^$*'.includes(letter)) return { sign: escaped ? undefined : (letter as Sign), length: 1 }
    if ('(){|+?'.includes(letter) && escaped !== this.#extended)
      return { sign: letter as Sign, length: escaped ? 2 : 1 }
    return { sign: undefined, length: 0 }
  }

  #choice(): Node {
    if (++this.#depth > maxDepth) throw new CommandError('bad regex: nested too deeply', 2)
    const nodes = [this.#sequence()]
    for (let { sign, length } = this.#sign(); sign === '|'; { sign, length } = this.#sign()) {
      this.#at += length
      nodes.push(this.#sequence())
    }
    this.#depth--
    const [only] = nodes
    return nodes.length === 1 && only ? only : { kind: 'choice', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#at < this.#characters.length) {
      const { sign } = this.#sign()
      if (sign === '|' || (sign === ')' && this.#depth > 1)) break
      nodes.push(this.#repeated(this.#atom(nodes.length === 0), nodes.length === 0))
    }
    return { kind: 'sequence', nodes }
  }

  #repeated(atom: Node, isFirst: boolean): Node {
    let node = atom
    for (;;) {
      const { sign, length } = this.#sign()
      if (atom.kind === 'place' && !this.#extended && isFirst) return node
      if (sign === '*') node = { kind: 'repeat', node, least: 0, most: Number.POSITIVE_INFINITY }
      else if (sign === '+') node = { kind: 'repeat', node, least: 1, most: Number.POSITIVE_INFINITY }
      else if (sign === '?') node = { kind: 'repeat', node, least: 0, most: 1 }
      else if (sign === '{') {
        const counted = this.#counts(length)
        if (counted === undefined) return node
        node = { kind: 'repeat', node, ...counted.range }
        this.#at = counted.end
        continue
      } else return node
      this.#at += length
    }
  }

  #counts(
    length: number,
  ): { readonly range: { readonly least: number; readonly most: number }; readonly end: number } | undefined {
    const text = this.#characters.slice(this.#at + length, this.#at + length + 24).join('')
    const pattern = this.#extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/
    const [all, low = '', comma, high] = pattern.exec(text) ?? []
    if (all === undefined || (low === '' && comma === '')) {
      if (this.#extended) return undefined
      throw new CommandError('bad regex: Invalid content of \\{\\}', 2)
    }
    const least = Number(low)
    const most = comma === '' ? least : high === '' ? Number.POSITIVE_INFINITY : Number(high)
    if (most < least || least > maxRepeat || (Number.isFinite(most) && most > maxRepeat))
      throw new CommandError('bad regex: Invalid content of \\{\\}', 2)
    return { range: { least, most }, end: this.#at + length + all.length }
  }

  #atom(isFirst: boolean): Node {
    const { sign, length } = this.#sign()
    const one = this.#characters[this.#at] ?? ''
    switch (sign) {
      case '(': {
        this.#at += length
        const index = ++this.groups
        const node = this.#choice()
        const { sign: closing, length: end } = this.#sign()
        if (closing !== ')') throw new CommandError('bad regex: Unmatched ( or \\(', 2)
        this.#at += end
        return { kind: 'group', index, node }
      }
      case '.':
        this.#at++
        return { kind: 'character', matches: () => true }
      case '[': {
        const { matches, end } = readBracket(this.#characters, this.#at)
        this.#at = end
        return this.#folded(matches)
      }
      case '^':
        if (!this.#extended && !isFirst) break
        this.#at++
        return { kind: 'place', holds: (before) => before === undefined }
      case '$':
        if (!this.#extended && !this.#isAtEnd()) break
        this.#at++
        return { kind: 'place', holds: (_before, after) => after === undefined }
    }
    if (one === '\\') return this.#escaped()
    // A sign where nothing can be repeated stands for itself.
    this.#at += sign === undefined ? 1 : length
    return this.#folded((character) => character === one)
  }

  #isAtEnd(): boolean {
    const next = this.#characters.slice(this.#at + 1, this.#at + 3).join('')
    return next === '' || next === '\\)' || next === '\\|'
  }

  #escaped(): Node {
    const letter = this.#characters[this.#at + 1]
    if (letter === undefined) throw new CommandError('bad regex: Trailing backslash', 2)
    this.#at += 2
    const wordly = (wanted: boolean): Node => ({ kind: 'character', matches: (one) => isWordCharacter(one) === wanted })
    const between = (holds: (before: boolean, after: boolean) => boolean): Node => ({
      kind: 'place',
      holds: (before, after) => holds(isWordCharacter(before), isWordCharacter(after)),
    })
    switch (letter) {
      case 'w':
      case 'W':
        return wordly(letter === 'w')
      case 's':
      case 'S':
        return { kind: 'character', matches: (one) => /\s/.test(one) === (letter === 's') }
      case 'b':
        return between((before, after) => before !== after)
      case 'B':
        return between((before, after) => before === after)
      case '<':
        return between((before, after) => !before && after)
      case '>':
        return between((before, after) => before && !after)
      case 'n':
      case 't':
        return { kind: 'character', matches: (one) => one === (letter === 'n' ? '\n' : '\t') }
    }
    if (/[1-9]/.test(letter)) throw new NotModelled(`\\${letter} in a regular expression`)
    return this.#folded((character) => character === letter)
  }

  #folded(matches: (character: string) => boolean): Node {
    if (!this.#ignoreCase) return { kind: 'character', matches }
    return {
      kind: 'character',
      matches: (one) => matches(one) || matches(one.toLowerCase()) || matches(one.toUpperCase()),
    }
  }
}
