import { RE2JS } from 're2js'

/** A regular expression in Go's syntax, matched in time linear to the text. */
export interface Pattern {
  readonly source: string
  /** Empty, or why the expression is none, in Go's words. */
  readonly problem: string
  /** Whether some part of the text matches; never for an expression with a problem. */
  matches(text: string): boolean
}

const remembered = 1024
const known = new Map<string, Pattern>()

/** Compiles an expression; the same text is compiled once. @see regexp/syntax of Go */
export function compilePattern(source: string): Pattern {
  const found = known.get(source)
  if (found !== undefined) return found
  if (known.size >= remembered) known.clear()
  const made = compile(source)
  known.set(source, made)
  return made
}

function compile(source: string): Pattern {
  try {
    const expression = RE2JS.compile(source)
    return { source, problem: '', matches: (text) => expression.matcher(text).find() }
  } catch (error) {
    return { source, problem: error instanceof Error ? error.message : String(error), matches: () => false }
  }
}
