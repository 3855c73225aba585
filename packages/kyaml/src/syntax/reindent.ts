/**
 * Kubernetes' parser lets the lines of a quoted scalar or of a flow collection begin anywhere; the parser used here
 * wants them indented. Neither keeps that white space, so lines that begin too early are indented before parsing again.
 */
export class Reindented {
  readonly text: string
  // Offsets in `text` where spaces were put in, ascending, with the number of spaces.
  readonly #inserted: readonly { readonly at: number; readonly count: number }[]

  constructor(text: string, inserted: readonly { readonly at: number; readonly count: number }[] = []) {
    this.text = text
    this.#inserted = inserted
  }

  /** Where an offset of the changed text stands in the text as it was. */
  original(offset: number): number {
    let result = offset
    for (const { at, count } of this.#inserted) {
      if (at >= offset) break
      result -= Math.min(count, offset - at)
    }
    return result
  }

  /**
   * Indents the rest of a quoted scalar.
   *
   * @param at where the parser lost the scalar: at the end of one of its lines
   * @returns `undefined` if the scalar has no closing quote, or a document marker inside: then it is really wrong
   */
  indentQuoted(at: number, quote: string): Reindented | undefined {
    const newline = this.text.indexOf('\n', at)
    return newline === -1 ? undefined : this.#indent(newline, closingQuote(this.text, newline, quote))
  }

  /**
   * Indents the rest of a flow collection, up to its closing bracket.
   *
   * @param at where the parser lost the collection: between its last item on an indented line and the first on a line that is not
   */
  indentFlow(at: number): Reindented | undefined {
    let last = at
    while (last > 0 && /\s/.test(this.text.charAt(last - 1))) last--
    const newline = this.text.indexOf('\n', last)
    return newline === -1 ? undefined : this.#indent(newline, closingBracket(this.text, newline))
  }

  #indent(newline: number, end: number | undefined): Reindented | undefined {
    if (end === undefined) return undefined
    const inside = this.text.slice(newline, end)
    if (/\n(?:---|\.\.\.)(?:\s|$)/.test(inside)) return undefined
    const count = lastLineLength(this.text.slice(0, newline))
    const text = `${this.text.slice(0, newline)}${inside.replaceAll('\n', `\n${' '.repeat(count)}`)}${this.text.slice(end)}`
    const added: { at: number; count: number }[] = []
    for (let i = inside.indexOf('\n'); i !== -1; i = inside.indexOf('\n', i + 1)) {
      added.push({ at: newline + i + 1 + added.length * count, count })
    }
    const shift = added.length * count
    const before = this.#inserted.filter((one) => one.at < newline)
    const after = this.#inserted.filter((one) => one.at >= newline)
    return new Reindented(text, [...before, ...added, ...after.map((one) => ({ ...one, at: one.at + shift }))])
  }
}

// The bracket that closes the collection one is in; quoted strings and comments do not count.
function closingBracket(text: string, from: number): number | undefined {
  let depth = 1
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i)
    const begins = /[\s[\]{},:]/.test(text.charAt(i - 1))
    if (begins && (c === '"' || c === "'")) {
      const end = closingQuote(text, i + 1, c)
      if (end === undefined) return undefined
      i = end
    } else if (c === '#' && /\s/.test(text.charAt(i - 1))) {
      const end = text.indexOf('\n', i)
      if (end === -1) return undefined
      i = end
    } else if (c === '[' || c === '{') depth++
    else if ((c === ']' || c === '}') && --depth === 0) return i
  }
  return undefined
}

// As many spaces as the line before is long are enough, whatever the indent; empty lines say nothing.
function lastLineLength(text: string): number {
  let end = text.length
  while (end > 0 && /\s/.test(text.charAt(end - 1))) end--
  return end - (text.lastIndexOf('\n', end - 1) + 1)
}

function closingQuote(text: string, from: number, quote: string): number | undefined {
  for (let i = text.indexOf(quote, from); i !== -1; i = text.indexOf(quote, i + 1)) {
    if (quote === "'") {
      if (text[i + 1] !== "'") return i
      i++
      continue
    }
    let backslashes = 0
    while (text[i - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return i
  }
  return undefined
}
