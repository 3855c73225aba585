import { CommandError } from '../../shell/shell-error.ts'
import { unescaped } from '../escapes.ts'

/** A piece of a program. `text` is that of the operator or the word. */
export type Token =
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'string' | 'regex' | 'word' | 'operator' | 'newline' | 'end'; readonly text: string }
  /** A word with a parenthesis right behind it: a call. */
  | { readonly kind: 'call'; readonly text: string }

const operators = [
  ['**=', '&&', '||', '++', '--', '+=', '-=', '*=', '/=', '%=', '^=', '==', '<=', '>=', '!=', '!~', '>>', '**'],
  ['{', '}', '(', ')', '[', ']', ';', ',', '+', '-', '*', '/', '%', '^', '!', '<', '>', '|', '?', ':', '~', '$', '='],
].flat()

/** Reads a program piece by piece. Whether a slash begins a regular expression depends on what came before it. */
export function tokensOf(program: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const takes = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(program)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  while (at < program.length) {
    if (takes(/(?:[ \t\r]|\\\r?\n|#[^\n]*)+/y) !== undefined) continue
    if (takes(/\n/y) !== undefined) {
      tokens.push({ kind: 'newline', text: '\n' })
      continue
    }
    const number = takes(/0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y)
    if (number !== undefined) {
      tokens.push({ kind: 'number', text: number, value: Number(number) })
      continue
    }
    const word = takes(/[A-Za-z_]\w*/y)
    if (word !== undefined) {
      tokens.push({ kind: program[at] === '(' ? 'call' : 'word', text: word })
      continue
    }
    if (program[at] === '"') {
      const text = takes(/"(?:[^"\\\n]|\\.)*"/sy)
      if (text === undefined) throw new CommandError('unterminated string', 1)
      tokens.push({
        kind: 'string',
        text: unescaped(text.slice(1, -1).replaceAll('\\"', '"').replaceAll('\\/', '/')).text,
      })
      continue
    }
    if (program[at] === '/' && beginsOperand(tokens.at(-1))) {
      const text = takes(/\/(?:[^/\\\n[]|\\.|\[(?:\\.|[^\]\\\n])+\])*\//y)
      if (text === undefined) throw new CommandError('unterminated regular expression', 1)
      tokens.push({ kind: 'regex', text: text.slice(1, -1).replaceAll('\\/', '/') })
      continue
    }
    const operator = operators.find((each) => program.startsWith(each, at))
    if (operator === undefined) throw new CommandError(`unexpected token ${JSON.stringify(program[at])}`, 1)
    at += operator.length
    tokens.push({ kind: 'operator', text: operator })
  }
  tokens.push({ kind: 'newline', text: '\n' }, { kind: 'end', text: '' })
  return tokens
}

const keywords: ReadonlySet<string> = new Set(['print', 'printf', 'return', 'in', 'else', 'do', 'exit', 'case'])

/** True where an operand may follow rather than an operator. */
function beginsOperand(before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'operator') return ![')', ']', '$', '++', '--'].includes(before.text)
  if (before.kind === 'word') return keywords.has(before.text)
  return before.kind === 'newline'
}
