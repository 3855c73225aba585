import { Lexer } from 'yaml'

const scalarFollows = '\x1f'
const flowEndsEarly = '\x18'
const documentStart = '\x02'
const indicators: ReadonlySet<string | undefined> = new Set([',', '[', ']', '{', '}'])

/**
 * Splits a text into the lexemes of the YAML library, with colons in brackets as go-yaml sees them: one that stands
 * right before another indicator belongs to the plain scalar (`{a:, b: }` has the key `a:`).
 */
export function lexemes(text: string): string[] {
  const all = [...new Lexer().lex(text)]
  const result: string[] = []
  let depth = 0
  for (let i = 0; i < all.length; i++) {
    const lexeme = all[i] ?? ''
    result.push(lexeme)
    if (lexeme === '{' || lexeme === '[') depth++
    else if ((lexeme === '}' || lexeme === ']') && depth > 0) depth--
    else if (lexeme === flowEndsEarly || lexeme === documentStart) depth = 0
    else if (lexeme === scalarFollows) {
      i++
      const colon = depth > 0 ? lastColon(all, i) : undefined
      result.push(all.slice(i, (colon?.at ?? i) + 1).join(''))
      i = (colon?.next ?? i + 1) - 1
    }
  }
  return result
}

// The colon behind a scalar, if it is part of it, and what comes next.
function lastColon(all: readonly string[], scalar: number): { at: number; next: number } | undefined {
  let at = scalar + 1
  while (/^\s/.test(all[at] ?? '')) at++
  if (all[at] !== ':') return undefined
  // The library puts an empty scalar between a colon and a comma.
  const next = all[at + 1] === scalarFollows && all[at + 2] === '' ? at + 3 : at + 1
  return indicators.has(all[next]) ? { at, next } : undefined
}
