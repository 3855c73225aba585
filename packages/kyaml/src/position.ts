/** A place in a text: `offset` in UTF-16 code units from 0, `line` and `column` from 1. */
export interface Position {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** Turns offsets into lines and columns; built once for each text, each question costs O(log lines). */
export class LineIndex {
  readonly #starts: number[]

  constructor(text: string) {
    const starts = [0]
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
    this.#starts = starts
  }

  at(offset: number): Position {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { offset, line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }
}
