/** What the reader of selectors tells apart. */
export type TokenKind = 'end' | 'identifier' | ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '('

/** A token and how it was written. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const special = '=!(),><'
const blank = ' \t\r\n'
const doubles: readonly TokenKind[] = ['==', '!=']

/** Cuts a selector into tokens; the last one is the end. A NUL character ends the text, as upstream has it. */
export function tokens(selector: string): readonly Token[] {
  const out: Token[] = []
  let at = 0
  while (at < selector.length) {
    const ch = selector.charAt(at)
    if (blank.includes(ch)) at += 1
    else if (ch === '\0') break
    else if (special.includes(ch)) {
      const token = symbolAt(selector, at)
      out.push(token)
      at += token.text.length
    } else {
      const end = wordEnd(selector, at)
      out.push(word(selector.slice(at, end)))
      at = selector.charAt(end) === '\0' ? end + 1 : end
    }
  }
  out.push({ kind: 'end', text: '' })
  return out
}

function symbolAt(selector: string, at: number): Token {
  const pair = selector.slice(at, at + 2)
  const double = doubles.find((kind) => kind === pair)
  if (double !== undefined) return { kind: double, text: pair }
  const ch = selector.charAt(at)
  return { kind: isSymbol(ch) ? ch : 'identifier', text: ch }
}

function isSymbol(ch: string): ch is ')' | ',' | '!' | '=' | '>' | '<' | '(' {
  return special.includes(ch)
}

function wordEnd(selector: string, from: number): number {
  let end = from
  while (end < selector.length) {
    const ch = selector.charAt(end)
    if (ch === '\0' || special.includes(ch) || blank.includes(ch)) break
    end += 1
  }
  return end
}

function word(text: string): Token {
  return { kind: text === 'in' || text === 'notin' ? text : 'identifier', text }
}
