import type { YamlErrorCode } from '../errors.ts'
import { LineIndex } from '../position.ts'

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
  /** What must hold of the text besides. */
  readonly where?: (text: string, offset: number) => boolean
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

/** The colon of the key that begins here or goes on here. */
function colonAfter(text: string, offset: number): number {
  const at = /:(?=\s|$)/.exec(text.slice(offset))?.index
  return at === undefined ? offset : offset + at
}

/** Where the content of a line begins, behind the dashes of lists. */
const contentColumn = (line: string): number => /^(?: |-(?= ))*/.exec(line)?.[0].length ?? 0

/** Whether a key is the first of its mapping, so that go-yaml takes it for a text that goes on. */
function isFirstKey(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  if (text.slice(start, offset).includes('-')) return true
  const lines = text.slice(0, start).split('\n')
  const before = lines.filter((line) => /^[^#]*\S/.test(line) && line.trim() !== '').reverse()
  const nearest = before.find((line) => contentColumn(line) <= offset - start)
  return nearest === undefined || contentColumn(nearest) < offset - start
}

/** Whether the line before ends with a value that could go on. */
function afterValue(text: string, offset: number): boolean {
  const before = text.slice(0, text.lastIndexOf('\n', offset - 1) + 1).trimEnd()
  return before !== '' && !/[:\-?,[{|>]$/.test(before)
}

const wordings: readonly Wording[] = [
  { matches: /^control characters/, finder: 'other', words: 'control characters are not allowed' },
  {
    matches: /^Tabs are not allowed/,
    where: afterValue,
    finder: 'scanner',
    words: 'found a tab character that violates indentation',
  },
  { matches: /^Tabs are not allowed/, finder: 'scanner', words: 'found character that cannot start any token' },
  { matches: /^Plain value cannot start/, finder: 'scanner', words: 'found character that cannot start any token' },
  {
    matches: /^Nested mappings are/,
    finder: 'scanner',
    words: 'mapping values are not allowed in this context',
    noticed: colonAfter,
  },
  {
    matches: /^Implicit (?:keys need|map keys need)/,
    where: isFirstKey,
    finder: 'scanner',
    words: 'mapping values are not allowed in this context',
    noticed: colonAfter,
  },
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
  {
    matches:
      /^(?:All mapping items|Sequence item without|a key is missing|Unexpected .* (?:at node end|token in YAML stream))/,
    finder: 'parser',
    words: 'did not find expected key',
  },
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
export function goMessage(
  { code, message, offset, goOffset = offset }: GoFault,
  text: string,
  lines: LineIndex = new LineIndex(text),
): string {
  if (code === 'duplicate-key') return `line ${lines.at(goOffset).line}: ${message}`
  if (code !== 'syntax') return message
  const { finder, words, noticed } =
    wordings.find(({ matches, where }) => matches.test(message) && where?.(text, offset) !== false) ?? otherwise
  const line = lines.at(noticed?.(text, offset) ?? offset).line - 1
  if (finder === 'other' || line === 0) return words
  return `line ${finder === 'scanner' ? line + 1 : line}: ${words}`
}
