import { type Console, paint } from './console.ts'

/** Says what a long command is doing: one line that changes for a person, nothing when piped. */
export interface Progress {
  say(text: string): void
  /** Takes the line away. Harmless when repeated. */
  done(): void
}

const clearLine = '\r\u001b[2K'

/** Progress on stderr, so that what is printed can be piped; silent where nobody watches. */
export function progressOn(console: Console, wanted: boolean): Progress {
  if (!console.interactive || !wanted) return { say: () => {}, done: () => {} }
  let shown = false
  return {
    say(text) {
      shown = true
      console.err(`${clearLine}${paint(console, 'busy', '…')} ${text}`)
    },
    done() {
      if (shown) console.err(clearLine)
      shown = false
    },
  }
}
