import { Composer, type CST, type Document, isCollection, Parser, type YAMLParseError } from 'yaml'
import type { YamlErrorCode } from '../errors.ts'
import { Converter } from './convert.ts'
import { deepestNesting } from './depth.ts'
import { lexemes } from './lexer.ts'
import { maxYamlDepth } from './limits.ts'
import type { SyntaxNode } from './node.ts'
import { findControlCharacter, normalizeBreaks } from './normalize.ts'
import { Reindented } from './reindent.ts'

/** A fault found while building trees; `offset` counts from the start of the text. */
export interface SyntaxFault {
  readonly code: YamlErrorCode
  readonly message: string
  readonly offset: number
  /** True for text that goes on after the document's value: a reader of that value alone never sees it. */
  readonly trailing?: boolean
}

/** One document of a stream. `root` is absent when the text is too broken to have one. */
export interface SyntaxDocument {
  readonly root: SyntaxNode | undefined
  readonly faults: readonly SyntaxFault[]
  readonly start: number
  readonly end: number
}

/**
 * Parses a YAML stream into syntax trees, one for each document. Nothing is typed here: every scalar stays the text
 * it is, so that each reader can apply its own rules.
 */
export function parseYamlStream(source: string): SyntaxDocument[] {
  return parseYamlSource(source).documents
}

/** As {@link parseYamlStream}; `text` is the text as it was parsed in the end, line breaks and indents put right. */
export function parseYamlSource(source: string): { documents: SyntaxDocument[]; text: string } {
  const only = (document: SyntaxDocument): { documents: SyntaxDocument[]; text: string } => ({
    documents: [document],
    text: source,
  })
  const control = findControlCharacter(source)
  if (control !== undefined) return only(broken('syntax', 'control characters are not allowed', control, source.length))
  const text = normalizeBreaks(source)
  const deep = deepestNesting(text, maxYamlDepth)
  if (deep !== undefined) return only(broken('too-deep', deepMessage, deep, text.length))
  try {
    return compose(new Reindented(text))
  } catch (error) {
    if (error instanceof RangeError) return only(broken('too-deep', deepMessage, 0, text.length))
    throw error
  }
}

const deepMessage = `values nest deeper than ${maxYamlDepth} levels`

function broken(code: YamlErrorCode, message: string, offset: number, end: number): SyntaxDocument {
  return { root: undefined, faults: [{ code, message, offset }], start: 0, end }
}

const lostFlow = /^Flow (?:map|sequence) in block collection must be sufficiently indented/

// Each further attempt parses everything again, hence the limit.
const mostAttempts = 100

function compose(first: Reindented): { documents: SyntaxDocument[]; text: string } {
  let source = first
  for (let attempt = 1; ; attempt++) {
    const { documents, leftover } = run(source.text)
    const next = attempt < mostAttempts ? withMoreIndent(source, documents) : undefined
    if (next === undefined) return { documents: finish(source, documents, leftover), text: source.text }
    source = next
  }
}

function run(text: string): { documents: Document.Parsed[]; leftover: YAMLParseError[] } {
  const composer = new Composer({
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    keepSourceTokens: true,
  })
  const documents = [...composer.compose(parse(text), false, text.length)]
  return { documents, leftover: documents.length === 0 ? composer.streamInfo().errors : [] }
}

function* parse(text: string): Generator<CST.Token> {
  const parser = new Parser()
  for (const lexeme of lexemes(text)) yield* parser.next(lexeme)
  yield* parser.end()
}

function withMoreIndent(source: Reindented, documents: readonly Document.Parsed[]): Reindented | undefined {
  for (const { errors } of documents) {
    for (const error of errors) {
      const quote = /^Missing closing (['"])quote/.exec(error.message)?.[1]
      if (quote !== undefined) return source.indentQuoted(error.pos[0], quote)
      if (lostFlow.test(error.message)) return source.indentFlow(error.pos[0])
    }
  }
  return undefined
}

const incompatible = { code: 'syntax', message: 'only %YAML 1.1 is understood' } as const

function finish(source: Reindented, documents: Document.Parsed[], leftover: YAMLParseError[]): SyntaxDocument[] {
  const toFault = (error: YAMLParseError): SyntaxFault => ({
    code: error.code === 'RESOURCE_EXHAUSTION' ? 'too-deep' : 'syntax',
    message: error.code === 'RESOURCE_EXHAUSTION' ? deepMessage : firstLine(error.message),
    offset: source.original(error.pos[0]),
  })
  if (leftover.length > 0) {
    return [{ root: undefined, faults: leftover.map(toFault), start: 0, end: source.original(source.text.length) }]
  }
  return documents.map((document) => {
    const trails = trailingTest(source.text, document)
    const faults = document.errors
      .filter((error) => !isHarmless(error))
      .map((error) => ({ ...toFault(error), trailing: trails(error) }))
    const { yaml } = document.directives
    if (yaml.explicit === true && yaml.version !== '1.1') {
      faults.push({ ...incompatible, offset: source.original(document.range[0]), trailing: false })
    }
    const converter = new Converter(source, (fault) => faults.push({ ...fault, trailing: false }))
    const root = document.contents === null ? undefined : converter.convert(document.contents)
    return { root, faults, start: source.original(document.range[0]), end: source.original(document.range[2]) }
  })
}

// go-yaml takes an escaped single quote for a single quote, and needs no space before a comment behind a quote.
function isHarmless({ message }: YAMLParseError): boolean {
  return message.startsWith("Invalid escape sequence \\'") || message.startsWith('Comments must be separated')
}

// Text may go on after a scalar or a flow collection, and further left than a block.
function trailingTest(text: string, { contents }: Document.Parsed): (error: YAMLParseError) => boolean {
  const [start, end] = contents?.range ?? [0, 0]
  const isBlock = isCollection(contents) && contents.flow !== true
  return ({ message, pos }) =>
    /^Unexpected .* (?:at node end|token in YAML stream)/.test(message) &&
    (isBlock ? columnOf(text, pos[0]) < columnOf(text, start) : pos[0] >= end)
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

function firstLine(message: string): string {
  const end = message.indexOf('\n')
  return end === -1 ? message : message.slice(0, end)
}

/** The faults that a reader of the first value meets, who stops there: without those in trailing text. */
export function faultsOfValue({ faults }: SyntaxDocument): readonly SyntaxFault[] {
  const end = Math.min(...faults.filter(({ trailing }) => trailing === true).map(({ offset }) => offset))
  return faults.filter(({ offset }) => offset < end)
}
