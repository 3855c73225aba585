import { CommandError, NotModelled } from '../../shell/shell-error.ts'
import { Regex } from '../regex/regex.ts'

/** Which lines a command is for. */
export type Address =
  | { readonly kind: 'line'; readonly number: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'pattern'; readonly regex: Regex }

/** How `s` changes a line. */
export interface Substitution {
  readonly regex: Regex
  /** Texts, and the numbers of groups. */
  readonly replacement: readonly (string | number)[]
  readonly everywhere: boolean
  /** Only from this match on. */
  readonly nth: number
  readonly prints: boolean
}

/** One command of a script. */
export interface SedCommand {
  readonly addresses: readonly Address[]
  readonly negated: boolean
  readonly name: string
  /** Of `a`, `i`, `c`. */
  readonly text: string
  readonly exitCode: number
  readonly substitution: Substitution | undefined
  readonly mapping: ReadonlyMap<string, string> | undefined
  readonly body: readonly SedCommand[]
}

const maxDepth = 50

/** Reads a script. Throws a CommandError for what is none. */
export function parseSed(source: string, extended: boolean): readonly SedCommand[] {
  return new Reader(source, extended).commands(0)
}

class Reader {
  readonly #source: string
  readonly #extended: boolean
  #at = 0
  #last: Regex | undefined

  constructor(source: string, extended: boolean) {
    this.#source = source
    this.#extended = extended
  }

  #peek(): string {
    return this.#source[this.#at] ?? ''
  }

  commands(depth: number): readonly SedCommand[] {
    if (depth > maxDepth) throw new CommandError('too many {')
    const all: SedCommand[] = []
    for (;;) {
      while (/[\s;]/.test(this.#peek())) this.#at++
      if (this.#peek() === '') {
        if (depth > 0) throw new CommandError('unmatched {')
        return all
      }
      if (this.#peek() === '#') {
        while (this.#peek() !== '' && this.#peek() !== '\n') this.#at++
        continue
      }
      if (this.#peek() === '}') {
        if (depth === 0) throw new CommandError('unexpected }')
        this.#at++
        return all
      }
      all.push(this.#command(depth))
    }
  }

  #command(depth: number): SedCommand {
    const addresses: Address[] = []
    const first = this.#address()
    if (first) addresses.push(first)
    if (first && this.#peek() === ',') {
      this.#at++
      this.#blanks()
      const second = this.#address()
      if (second === undefined) throw new CommandError('no address after comma')
      addresses.push(second)
    }
    this.#blanks()
    let negated = false
    while (this.#peek() === '!') {
      negated = true
      this.#at++
      this.#blanks()
    }
    const name = this.#peek()
    this.#at++
    const head = {
      addresses,
      negated,
      name,
      text: '',
      exitCode: 0,
      substitution: undefined,
      mapping: undefined,
      body: [],
    }
    switch (name) {
      case '{':
        return { ...head, body: this.commands(depth + 1) }
      case 's':
        return { ...head, substitution: this.#substitution() }
      case 'y':
        return { ...head, mapping: this.#mapping() }
      case 'a':
      case 'i':
      case 'c':
        return { ...head, text: this.#text() }
      case 'q':
      case 'Q': {
        this.#blanks()
        const digits = /^\d{0,3}/.exec(this.#source.slice(this.#at))?.[0] ?? ''
        this.#at += digits.length
        return { ...head, exitCode: Number(digits) }
      }
      case 'd':
      case 'p':
      case 'P':
      case 'n':
      case 'N':
      case '=':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'x':
        return head
      case '':
        throw new CommandError('missing command')
    }
    if (/[DbtTrwlRWeFz:]/.test(name)) throw new NotModelled(`sed's ${name}`)
    throw new CommandError(`unsupported command ${name}`)
  }

  #blanks(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#at++
  }

  #address(): Address | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 24)
    const [all, first, , step] = /^(\d{1,9})(~(\d{1,9}))?/.exec(rest) ?? []
    if (all !== undefined) {
      this.#at += all.length
      return step === undefined
        ? { kind: 'line', number: Number(first) }
        : { kind: 'step', first: Number(first), step: Number(step) }
    }
    if (this.#peek() === '$') {
      this.#at++
      return { kind: 'last' }
    }
    if (this.#peek() !== '/' && this.#peek() !== '\\') return undefined
    if (this.#peek() === '\\') this.#at++
    const pattern = this.#until(this.#peek())
    const ignoreCase = this.#peek() === 'I'
    if (ignoreCase) this.#at++
    return { kind: 'pattern', regex: this.#regex(pattern, ignoreCase) }
  }

  /** Reads to the next delimiter, behind which it goes on. */
  #until(delimiter: string): string {
    if (delimiter === '' || delimiter === '\n') throw new CommandError('bad format in substitution expression')
    let text = ''
    let inBracket = false
    for (this.#at++; this.#peek() !== delimiter || inBracket; this.#at++) {
      const one = this.#peek()
      if (one === '') throw new CommandError(`unmatched '${delimiter}'`)
      if (one === '\\') {
        const next = this.#source[++this.#at] ?? ''
        text += next === delimiter ? (/[.*[\]^$+?(){}|]/.test(next) ? `\\${next}` : next) : `\\${next}`
        continue
      }
      if (one === '[' && !inBracket) {
        // Inside of brackets a delimiter stands for itself when they are closed.
        const rest = /^\[\^?\]?[^\]\n]*\]/.exec(this.#source.slice(this.#at, this.#at + 200))?.[0]
        inBracket = rest?.includes(delimiter) === true
      } else if (one === ']') inBracket = false
      text += one
    }
    this.#at++
    return text
  }

  #regex(pattern: string, ignoreCase: boolean): Regex {
    if (pattern === '') {
      if (this.#last === undefined) throw new CommandError('no previous regexp')
      return this.#last
    }
    this.#last = new Regex(pattern, { extended: this.#extended, ignoreCase })
    return this.#last
  }

  #substitution(): Substitution {
    const delimiter = this.#peek()
    const pattern = this.#until(delimiter)
    this.#at--
    const replacement = replacementOf(this.#until(delimiter))
    let [everywhere, prints, ignoreCase, nth] = [false, false, false, 1]
    for (; /[gpiI\dw]/.test(this.#peek()); this.#at++) {
      if (this.#peek() === 'g') everywhere = true
      else if (this.#peek() === 'p') prints = true
      else if (this.#peek() === 'w') throw new NotModelled("the flag w of sed's s")
      else if (/\d/.test(this.#peek())) {
        const digits = /^\d{1,6}/.exec(this.#source.slice(this.#at))?.[0] ?? '1'
        nth = Number(digits)
        this.#at += digits.length - 1
      } else ignoreCase = true
    }
    if (!/^([\s;}#]|$)/.test(this.#peek())) throw new CommandError(`unknown option to s: ${this.#peek()}`)
    const regex = this.#regex(pattern, ignoreCase)
    const highest = Math.max(0, ...replacement.filter((part) => typeof part === 'number'))
    if (highest > regex.groups) throw new CommandError(`invalid reference \\${highest} on s command's RHS`)
    return { regex, replacement, everywhere, nth, prints }
  }

  #mapping(): ReadonlyMap<string, string> {
    const delimiter = this.#peek()
    const from = [...plain(this.#until(delimiter))]
    this.#at--
    const to = [...plain(this.#until(delimiter))]
    if (from.length !== to.length) throw new CommandError('y command strings have different lengths')
    return new Map(from.map((one, index) => [one, to[index] ?? '']))
  }

  /** To the end of the line; a backslash in front of it joins the next one. */
  #text(): string {
    this.#blanks()
    if (this.#peek() === '\\') {
      this.#at++
      this.#blanks()
      if (this.#peek() === '\n') this.#at++
    }
    let text = ''
    for (; this.#peek() !== '' && this.#peek() !== '\n'; this.#at++) {
      const isEscaped = this.#peek() === '\\'
      if (isEscaped) this.#at++
      const one = this.#peek()
      text += isEscaped && one === 'n' ? '\n' : isEscaped && one === 't' ? '\t' : one
    }
    return text
  }
}

const plain = (text: string): string => text.replace(/\\([\s\S])/g, (_all, one: string) => (one === 'n' ? '\n' : one))

function replacementOf(text: string): readonly (string | number)[] {
  const parts: (string | number)[] = []
  let run = ''
  const add = (group: number) => {
    if (run !== '') parts.push(run)
    run = ''
    parts.push(group)
  }
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? ''
    if (one === '&') add(0)
    else if (one !== '\\') run += one
    else {
      const next = text[++at] ?? ''
      if (/\d/.test(next)) add(Number(next))
      else if (next === 'n' || next === 't') run += next === 'n' ? '\n' : '\t'
      else if (/[ULulE]/.test(next)) throw new NotModelled(`\\${next} in sed's s`)
      else run += next
    }
  }
  if (run !== '') parts.push(run)
  return parts
}
