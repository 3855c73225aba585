/** One thing that is wrong with an expression. */
export interface Issue {
  /** Code points from the start; -1 for no place. */
  readonly offset: number
  readonly message: string
}

const maxReported = 100
const maxSnippet = 16384

/** The text of an expression by code points, with its lines. */
export class Source {
  readonly text: string
  readonly points: readonly string[]
  readonly #lineStarts: number[] = [0]

  constructor(text: string) {
    this.text = text
    this.points = isAscii(text) ? text.split('') : Array.from(text)
    this.points.forEach((point, index) => {
      if (point === '\n') this.#lineStarts.push(index + 1)
    })
  }

  /** Line from 1, column from 0; -1 and -1 become line and column of no place. */
  location(offset: number): { readonly line: number; readonly column: number } {
    if (offset < 0) return { line: this.text === '' ? 1 : -1, column: -1 }
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) }
  }

  #line(line: number): string | undefined {
    const start = this.#lineStarts[line - 1]
    if (start === undefined) return undefined
    const next = this.#lineStarts[line]
    return this.points.slice(start, next === undefined ? undefined : next - 1).join('')
  }

  /** One issue as upstream prints it: place, message, the line and a mark below it. */
  #format({ offset, message }: Issue): string {
    const { line, column } = this.location(offset)
    const head = `ERROR: <input>:${line}:${column + 1}: ${message}`
    const snippet = this.#line(line)
    if (snippet === undefined || utf8Length(snippet) > maxSnippet || (snippet === '' && this.text === '')) return head
    const shown = snippet.replaceAll('\t', ' ')
    const points = Array.from(shown)
    const dots = points.slice(0, Math.max(0, column)).map((point) => (isWide(point) ? '\uff0e' : '.'))
    const at = points[Math.max(0, column)]
    return `${head}\n | ${shown}\n | ${dots.join('')}${at !== undefined && isWide(at) ? '\uff3e' : '^'}`
  }

  /** All issues as one text, by place. */
  print(issues: readonly Issue[]): string {
    const kept = issues.slice(0, maxReported).map((issue, order) => ({ issue, order, at: this.location(issue.offset) }))
    kept.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column || a.order - b.order)
    const lines = kept.map(({ issue }) => this.#format(issue))
    if (issues.length > maxReported) lines.push(`${issues.length - maxReported} more errors were truncated`)
    return lines.join('\n')
  }
}

const isWide = (point: string): boolean => (point.codePointAt(0) ?? 0) > 0x7f

function isAscii(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text)
}

function utf8Length(text: string): number {
  return isAscii(text) ? text.length : new TextEncoder().encode(text).length
}
