import { Lexer } from 'yaml'

/**
 * Finds where a text may nest deeper than `limit`, without parsing it: counts open brackets, and columns of block
 * structure on each line. A text that passes is safe for recursive code (block levels may reach twice the limit).
 *
 * @returns the offset of the first place that is too deep, or `undefined`
 */
export function deepestNesting(text: string, limit: number): number | undefined {
  if (text.length <= limit) return undefined
  const suspect = rawNesting(text, limit)
  return (suspect ? flowNesting(text, limit) : undefined) ?? blockNesting(text, limit)
}

const openBrace = 0x7b
const openBracket = 0x5b
const closeBrace = 0x7d
const closeBracket = 0x5d

// An upper bound that is quick to get: brackets inside strings and comments count as well.
function rawNesting(text: string, limit: number): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === openBrace || c === openBracket) {
      depth++
      if (depth > limit) return true
    } else if ((c === closeBrace || c === closeBracket) && depth > 0) depth--
  }
  return false
}

// The exact answer, from the tokens.
function flowNesting(text: string, limit: number): number | undefined {
  let depth = 0
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '{' || token === '[') {
      depth++
      if (depth > limit) return offset
    } else if (token === '}' || token === ']') depth--
    if (token !== '\x02' && token !== '\x18' && token !== '\x1f') offset += token.length
  }
  return undefined
}

// Every block level needs its own column: either indentation, or `- `, `? ` and `: ` on the same line.
function blockNesting(text: string, limit: number): number | undefined {
  let lineStart = 0
  while (lineStart < text.length) {
    const newline = text.indexOf('\n', lineStart)
    const lineEnd = newline === -1 ? text.length : newline
    if (lineEnd - lineStart > limit) {
      let i = lineStart
      while (i < lineEnd && ' -?:\t'.includes(text.charAt(i))) i++
      if (i - lineStart > 2 * limit) return i
    }
    lineStart = lineEnd + 1
  }
  return undefined
}
