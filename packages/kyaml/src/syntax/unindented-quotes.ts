/**
 * Kubernetes' parser lets the lines of a quoted scalar begin anywhere; the parser used here wants them indented.
 * Both drop that white space, so lines that begin too early are indented before parsing again.
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
  indentFrom(at: number, quote: string): Reindented | undefined {
    const newline = this.text.indexOf('\n', at)
    const end = closingQuote(this.text, newline, quote)
    if (newline === -1 || end === undefined) return undefined
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
