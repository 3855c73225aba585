import { bytesFrom, joinBytes, textFrom } from '../programs/shell/streams.ts'

/** Passes whole lines on as text; what comes without an end of line waits for it, within bounds. */
export class LineSplitter {
  readonly #line: (text: string) => void
  #rest: Uint8Array[] = []
  #size = 0

  constructor(line: (text: string) => void) {
    this.#line = line
  }

  write(data: string | Uint8Array): void {
    const bytes = bytesFrom(data)
    const end = bytes.lastIndexOf(10)
    if (end >= 0) {
      this.#line(textFrom(joinBytes([...this.#rest, bytes.subarray(0, end)])))
      this.#rest = []
      this.#size = 0
    }
    const rest = bytes.slice(end + 1)
    if (rest.length === 0) return
    this.#rest.push(rest)
    this.#size += rest.length
    // Runtimes cut longer lines as well.
    if (this.#size >= 16 * 1024) this.end()
  }

  /** Nothing more will come. */
  end(): void {
    if (this.#size > 0) this.#line(textFrom(joinBytes(this.#rest)))
    this.#rest = []
    this.#size = 0
  }
}
