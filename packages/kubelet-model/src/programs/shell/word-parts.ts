import type { Lexer } from './lexer.ts'
import type { ParameterOperator, ParameterPart, Script, Word, WordPart } from './syntax.ts'

/** A script inside of another one, and where it ends. */
export interface Nested {
  readonly script: Script
  readonly end: number
}

const name = /[A-Za-z_]\w*/y
const special = /[@*#?$!\-0-9]/

function nameAt(source: string, at: number): string | undefined {
  name.lastIndex = at
  return name.exec(source)?.[0]
}

function parameter(text: string, more: Partial<ParameterPart> = {}): ParameterPart {
  return { kind: 'parameter', name: text, length: false, operator: undefined, word: [], replacement: [], ...more }
}

/** Reads what a `$` begins; the `$` itself where it begins nothing. */
export function readDollar(lexer: Lexer, inDouble: boolean): WordPart | string {
  const { source, position } = lexer
  const next = source[position + 1] ?? ''
  if (next === '(') return readParenthesis(lexer)
  if (next === '{') return readBraces(lexer, inDouble)
  if (next === "'" && !inDouble) throw lexer.unmodelled("$'…'")
  const found = nameAt(source, position + 1) ?? (special.test(next) ? next : undefined)
  lexer.position += 1 + (found?.length ?? 0)
  return found === undefined ? '$' : parameter(found)
}

function readParenthesis(lexer: Lexer): WordPart {
  const { source, position } = lexer
  const expression = source.startsWith('$((', position) ? lexer.readExpression(position + 3) : undefined
  if (expression !== undefined) return { kind: 'arithmetic', expression }
  const { script, end } = lexer.nested(position + 2, ')')
  lexer.position = end
  return { kind: 'command', script }
}

/** Reads a command between backquotes. */
export function readBackquote(lexer: Lexer, inDouble: boolean): WordPart {
  const { source, position } = lexer
  let text = ''
  for (let at = position + 1; at < source.length; at++) {
    const character = source[at] ?? ''
    if (character === '`') {
      const { script } = lexer.nested(0, undefined, text)
      lexer.position = at + 1
      return { kind: 'command', script }
    }
    const escaped = source[at + 1] ?? ''
    if (character === '\\' && ('`\\$'.includes(escaped) || (inDouble && escaped === '"'))) {
      text += escaped
      at++
    } else text += character
  }
  throw lexer.syntax('EOF in backquote substitution')
}

const operator = /:[-=+?]|[-=+?]|%%|##|%|#|\/\/|\//y

function readBraces(lexer: Lexer, inDouble: boolean): ParameterPart {
  const { source } = lexer
  let at = lexer.position + 2
  const length = source[at] === '#' && /[\w@*?]/.test(source[at + 1] ?? '')
  if (length) at++
  if (source[at] === '!' && /\w/.test(source[at + 1] ?? '')) throw lexer.unmodelled('indirect expansion')
  const digits = /^\d+/.exec(source.slice(at, at + 9))?.[0]
  const found = nameAt(source, at) ?? digits ?? (special.test(source[at] ?? '') ? source[at] : undefined)
  if (found === undefined) throw lexer.syntax('bad substitution')
  at += found.length
  if (source[at] === '}') {
    lexer.position = at + 1
    return parameter(found, { length })
  }
  if (source[at] === '[') throw lexer.unmodelled('arrays')
  operator.lastIndex = at
  const sign = operator.exec(source)?.[0] as ParameterOperator | undefined
  if (sign === undefined || length) {
    if (source[at] === undefined) throw lexer.syntax('missing }')
    throw /[:^,@]/.test(source[at] ?? '')
      ? lexer.unmodelled(`\${${found}${source[at]}…}`)
      : lexer.syntax('bad substitution')
  }
  lexer.position = at + sign.length
  const isReplacing = sign === '/' || sign === '//'
  const word = readOperand(lexer, inDouble && !'%%##'.includes(sign), isReplacing)
  let replacement: Word = []
  if (isReplacing && lexer.source[lexer.position] === '/') {
    lexer.position++
    replacement = readOperand(lexer, false, false)
  }
  if (lexer.source[lexer.position] !== '}') throw lexer.syntax('missing }')
  lexer.position++
  return parameter(found, { operator: sign, word, replacement })
}

function readOperand(lexer: Lexer, inDouble: boolean, untilSlash: boolean): Word {
  if (!inDouble)
    return lexer.deeper(() => lexer.readWord((character) => character === '}' || (untilSlash && character === '/')))
  const parts = lexer.deeper(() => lexer.readDouble('}'))
  return parts.length === 0 ? [] : [{ kind: 'double', parts }]
}
