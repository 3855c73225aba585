import { indentComment, printTree } from '../encode/printer.ts'
import { YamlError } from '../errors.ts'
import { LineIndex } from '../position.ts'
import { parseYamlSource, type SyntaxDocument } from '../syntax/yaml-tree.ts'
import { type CommentedDocument, composeDocuments } from './composer.ts'
import { checkExpansion } from './expansion.ts'
import { FormatFault } from './fault.ts'
import { type Annotated, sourceLens } from './lens.ts'
import { tokenize } from './tokenizer.ts'

/** How to format. */
export interface FormatKyamlOptions {
  /** Each document on one line, without comments. */
  readonly compact?: boolean | undefined
}

/**
 * Rewrites a YAML or JSON text as KYAML, byte for byte as Kubernetes does: keeps comments, the order of keys and the
 * spelling of numbers; expands aliases; drops tags.
 *
 * @returns one KYAML document for each document of the text
 * @throws YamlError when the text is not YAML, or holds a tag that KYAML cannot show
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/kyaml/kyaml.go
 */
export function formatKyaml(text: string, options: FormatKyamlOptions = {}): string {
  const { documents, text: parsed } = parseYamlSource(text)
  const compact = options.compact === true
  const fail = (fault: { code: YamlError['code']; message: string; offset: number }, document: number): never => {
    const { line, column } = new LineIndex(text).at(fault.offset)
    throw new YamlError({ code: fault.code, message: fault.message, document, line, column })
  }
  for (const [i, { faults }] of documents.entries()) if (faults[0] !== undefined) fail(faults[0], i)
  const notes = parsed.includes('#') && !compact ? annotate(parsed) : []
  return documents
    .map((document, i) => {
      try {
        if (document.root !== undefined) checkExpansion(document.root)
        return print(document, notes[i], compact)
      } catch (error) {
        if (error instanceof FormatFault) return fail(error, i)
        const offset = document.start
        if (error instanceof RangeError) return fail({ code: 'too-deep', message: 'values nest too deep', offset }, i)
        throw error
      }
    })
    .join('')
}

function annotate(text: string): CommentedDocument[] {
  const { tokens, comments } = tokenize(text)
  return composeDocuments(tokens, comments)
}

function print({ root }: SyntaxDocument, notes: CommentedDocument | undefined, compact: boolean): string {
  if (root === undefined) return '---\n\n'
  const annotated: Annotated = { node: root, notes: notes?.root }
  const body = printTree(annotated, sourceLens, compact)
  if (notes === undefined || compact) return `---\n${body}\n`
  const value = notes.root.comments
  const head = [notes.comments.head, value.head].map((comment) => (comment === '' ? '' : indentComment(comment, '')))
  const line = value.line === '' ? '' : ` ${value.line}`
  const foot = [value.foot, notes.comments.foot].map((comment) => (comment === '' ? '' : indentComment(comment, '')))
  return `---\n${head.join('')}${body}${line}\n${foot.join('')}`
}
