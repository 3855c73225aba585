import type { YamlErrorCode } from '../errors.ts'

/** A fault of a text or of a value, and its place in the text. */
export interface GoFault {
  readonly code: YamlErrorCode
  readonly message: string
  readonly offset: number
  /** Where go-yaml sees it, when that is elsewhere. */
  readonly goOffset?: number
}

/** Who finds a fault: go-yaml's scanner counts lines from 1, its parser from 0, and others count none. */
type Finder = 'scanner' | 'parser' | 'other'

interface Wording {
  readonly matches: RegExp
  readonly finder: Finder
  readonly words: string
  /** Where go-yaml notices, when that is not where the library does. */
  readonly noticed?: (text: string, offset: number) => number
}

const end = (text: string): number => text.length

/** The next token after the line of a key without a colon. */
function afterKey(text: string, offset: number): number {
  const line = text.indexOf('\n', offset)
  if (line === -1) return text.length
  const next = /^(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*/.exec(text.slice(line + 1))?.[0].length ?? 0
  return line + 1 + next
}

const wordings: readonly Wording[] = [
  { matches: /^control characters/, finder: 'other', words: 'control characters are not allowed' },
  { matches: /^Tabs are not allowed/, finder: 'scanner', words: 'found character that cannot start any token' },
  { matches: /^Plain value cannot start/, finder: 'scanner', words: 'found character that cannot start any token' },
  { matches: /^Nested mappings are/, finder: 'scanner', words: 'mapping values are not allowed in this context' },
  {
    matches: /^A block sequence may not/,
    finder: 'scanner',
    words: 'block sequence entries are not allowed in this context',
  },
  {
    matches: /^Implicit (?:keys need|map keys need)/,
    finder: 'scanner',
    words: "could not find expected ':'",
    noticed: afterKey,
  },
  { matches: /^Missing closing/, finder: 'scanner', words: 'found unexpected end of stream', noticed: end },
  { matches: /^Invalid escape sequence \\[xuU]/, finder: 'scanner', words: 'did not find expected hexdecimal number' },
  { matches: /^Invalid escape sequence/, finder: 'scanner', words: 'found unknown escape character' },
  { matches: /^All sequence items/, finder: 'parser', words: "did not find expected '-' indicator" },
  { matches: /^(?:All mapping items|Unexpected .* at node end)/, finder: 'parser', words: 'did not find expected key' },
  { matches: /flow map|flow mapping|and end with a \}/, finder: 'parser', words: "did not find expected ',' or '}'" },
  { matches: /flow seq|flow sequence|and end with a \]/, finder: 'parser', words: "did not find expected ',' or ']'" },
  {
    matches: /^(?:Alias|Anchor) cannot be an empty/,
    finder: 'scanner',
    words: 'did not find expected alphabetic or numeric character',
  },
  {
    matches: /^Block scalar header includes/,
    finder: 'scanner',
    words: 'did not find expected comment or line break',
  },
  { matches: /^Missing directives-end/, finder: 'parser', words: 'did not find expected <document start>' },
]

const otherwise: Wording = { matches: /^/, finder: 'parser', words: 'did not find expected node content' }

/**
 * What go-yaml, which Kubernetes reads YAML with, says of a fault, without its `yaml: ` before it. Several of its messages
 * stand for one of ours here and the other way round: this is as close as a second reading of the text is not needed for.
 */
export function goMessage({ code, message, offset, goOffset = offset }: GoFault, text: string): string {
  if (code === 'duplicate-key') return `line ${lineAt(text, goOffset) + 1}: ${message}`
  if (code !== 'syntax') return message
  const { finder, words, noticed } = wordings.find(({ matches }) => matches.test(message)) ?? otherwise
  const line = lineAt(text, noticed?.(text, offset) ?? offset)
  if (finder === 'other' || line === 0) return words
  return `line ${finder === 'scanner' ? line + 1 : line}: ${words}`
}

/** Counted from 0. */
function lineAt(text: string, offset: number): number {
  let line = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
