import type { DoubleQuoted, Word, WordPart } from './syntax.ts'

/** Puts a word together; texts of a kind that stand side by side become one. */
export class WordBuilder {
  readonly #parts: WordPart[] = []
  #kind: 'bare' | 'quoted' | undefined
  #text: string[] = []

  bare(text: string): void {
    this.#append('bare', text)
  }

  quoted(text: string): void {
    this.#append('quoted', text)
  }

  add(part: WordPart): void {
    if (part.kind === 'bare' || part.kind === 'quoted') {
      this.#append(part.kind, part.text)
      return
    }
    this.#flush()
    this.#parts.push(part)
  }

  done(): Word {
    this.#flush()
    return this.#parts
  }

  /** The same for what stands between double quotes, where no text is bare. */
  doubleParts(): DoubleQuoted['parts'] {
    return this.done().filter((part) => part.kind !== 'bare' && part.kind !== 'double')
  }

  #append(kind: 'bare' | 'quoted', text: string): void {
    if (this.#kind !== kind) this.#flush()
    this.#kind = kind
    this.#text.push(text)
  }

  #flush(): void {
    // Empty quotes are a word, too; empty bare text is nothing.
    const text = this.#text.join('')
    if (this.#kind === 'quoted' || (this.#kind === 'bare' && text !== '')) this.#parts.push({ kind: this.#kind, text })
    this.#kind = undefined
    this.#text = []
  }
}
