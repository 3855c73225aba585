import { formatFieldErrors } from '../field/format.ts'
import type { FieldPath } from '../field/path.ts'
import { compareUtf8 } from '../text/utf8.ts'
import { type Token, type TokenKind, tokens } from './lexer.ts'
import { binaryOperators, keyErrors, newRequirement, type Requirement, type SelectorOperator } from './requirement.ts'
import { Selector } from './selector.ts'
import { SelectorError } from './selector-error.ts'

/** How `parseSelector` reports. */
export interface ParseSelectorOptions {
  /** Where the selector stands, for messages about keys and values; absent prints as upstream's nil path. */
  readonly path?: FieldPath
}

/**
 * Reads a label selector as `kubectl -l` and `labelSelector=` have it: `a=b,c in (d,e),!f,g>5`.
 *
 * @throws SelectorError with upstream's message
 * @see staging/src/k8s.io/apimachinery/pkg/labels/selector.go
 */
export function parseSelector(selector: string, options: ParseSelectorOptions = {}): Selector {
  return Selector.of(parseRequirements(selector, options))
}

/** Reads a label selector into its requirements, in the order of the text. */
export function parseRequirements(selector: string, options: ParseSelectorOptions = {}): readonly Requirement[] {
  return new Parser(tokens(selector), options.path).parse()
}

const operators: ReadonlyMap<TokenKind, SelectorOperator> = new Map<TokenKind, SelectorOperator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
])

const end: Token = { kind: 'end', text: '' }

class Parser {
  readonly #tokens: readonly Token[]
  readonly #path: FieldPath | undefined
  #at = 0

  constructor(list: readonly Token[], path: FieldPath | undefined) {
    this.#tokens = list
    this.#path = path
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = []
    while (true) {
      const { kind, text } = this.#peek()
      if (kind === 'end') return requirements
      if (kind !== 'identifier' && kind !== '!') {
        throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.#requirementOrThrow())
      const next = this.#take()
      if (next.kind === 'end') return requirements
      if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`)
      const after = this.#peek()
      if (after.kind !== 'identifier' && after.kind !== '!') {
        throw new SelectorError(`found '${after.text}', expected: identifier after ','`)
      }
    }
  }

  #requirementOrThrow(): Requirement {
    try {
      return this.#requirement()
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      throw new SelectorError(`unable to parse requirement: ${error.message}`, error.errors)
    }
  }

  #requirement(): Requirement {
    let token = this.#take()
    const negated = token.kind === '!'
    if (negated) token = this.#take()
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`)
    const errors = keyErrors(token.text, this.#path ?? '<nil>')
    if (errors.length > 0) throw new SelectorError(formatFieldErrors(errors), errors)
    const next = this.#peek().kind
    if (negated || next === 'end' || next === ',') {
      return newRequirement(token.text, negated ? '!' : 'exists', [], this.#path)
    }
    const operator = this.#operator()
    const values = operator === 'in' || operator === 'notin' ? this.#valueList() : this.#value()
    return newRequirement(token.text, operator, [...new Set(values)].sort(compareUtf8), this.#path)
  }

  #operator(): SelectorOperator {
    const token = this.#tokens[this.#at++] ?? end
    const operator = operators.get(token.kind)
    if (operator === undefined) {
      throw new SelectorError(`found '${token.text}', expected: ${binaryOperators.join(', ')}`)
    }
    return operator
  }

  #valueList(): readonly string[] {
    const open = this.#take()
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`)
    const first = this.#peek()
    if (first.kind === ')') {
      this.#take()
      return ['']
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`)
    }
    const values = this.#identifiers()
    this.#take()
    return values
  }

  /** Reads up to the closing parenthesis; commas without a name between them stand for the empty value. */
  #identifiers(): readonly string[] {
    const values: string[] = []
    while (true) {
      const token = this.#take()
      const next = this.#peek()
      if (token.kind === 'identifier') {
        values.push(token.text)
        if (next.kind === ')') return values
        if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or ')'`)
      } else if (token.kind === ',') {
        if (values.length === 0 || next.kind === ')' || next.kind === ',') values.push('')
        if (next.kind === ')') return values
      } else {
        throw new SelectorError(`found '${token.text}', expected: ',', or identifier`)
      }
    }
  }

  #value(): readonly string[] {
    const next = this.#peek()
    if (next.kind === 'end' || next.kind === ',') return ['']
    const token = this.#take()
    if (token.kind === 'identifier') return [token.text]
    throw new SelectorError(`found '${token.text}', expected: identifier`)
  }

  /** Where values may stand, `in` and `notin` are names like others. */
  #peek(): Token {
    const token = this.#tokens[this.#at] ?? end
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token
  }

  #take(): Token {
    const token = this.#peek()
    this.#at += 1
    return token
  }
}
