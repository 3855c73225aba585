import { type PathStep, YamlError } from '../errors.ts'
import { type GoFault, goMessage } from '../go/messages.ts'
import { LineIndex } from '../position.ts'
import { parseJsonStream } from '../syntax/json-tree.ts'
import type { SyntaxNode } from '../syntax/node.ts'
import { parseYamlStream, type SyntaxDocument } from '../syntax/yaml-tree.ts'
import { type DecodeOptions, decode } from './decode.ts'
import type { FieldPosition, ReadDocument } from './document.ts'
import { locate, parseFieldPath } from './path.ts'

/** How to read a stream. */
export interface ReadOptions {
  /** A name for error messages, such as the path of the file. A name that ends in `.json` makes the text JSON. */
  readonly file?: string | undefined
  /** Report keys that occur twice in a map (`kubectl` with `--validate=strict`). Default: the last one counts. */
  readonly strict?: boolean | undefined
}

/**
 * Reads every document of a YAML or JSON text as Kubernetes reads manifests: YAML 1.1 booleans and numbers, merge
 * keys, limits on aliases and depth. Never throws for a bad text: each document carries its errors.
 *
 * @param text YAML with `---` between documents, or one or more JSON values
 * @returns the documents in order; none for a text with nothing in it
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go
 */
export function readDocuments(text: string, options: ReadOptions = {}): readonly ReadDocument[] {
  const source = text.startsWith('\ufeff') ? `\u0020${text.slice(1)}` : text
  const lines = new LineIndex(source)
  const { documents, format } = parse(source, options.file?.endsWith('.json') === true)
  const settings = { strict: options.strict === true, exact: false }
  return documents.map((document, index) =>
    build(document, { index, file: options.file, format, lines, source }, settings),
  )
}

function parse(text: string, mustBeJson: boolean): { documents: SyntaxDocument[]; format: 'yaml' | 'json' } {
  const first = /\S/.exec(text)?.[0]
  if (mustBeJson || first === '{' || first === '[') {
    const documents = parseJsonStream(text)
    const failed = documents.some((document) => document.faults.some((fault) => fault.code === 'syntax'))
    if (mustBeJson || !failed) return { documents, format: 'json' }
  }
  return { documents: parseYamlStream(text), format: 'yaml' }
}

interface Frame {
  readonly index: number
  readonly file: string | undefined
  readonly format: 'yaml' | 'json'
  readonly lines: LineIndex
  readonly source: string
}

function build(document: SyntaxDocument, frame: Frame, settings: DecodeOptions): ReadDocument {
  const { root } = document
  const { index, file, format, lines } = frame
  const decoded = root === undefined ? { value: undefined, faults: [] } : decode(root, settings)
  const faults: (GoFault & { path?: readonly PathStep[] })[] = [...document.faults, ...decoded.faults]
  faults.sort((a, b) => a.offset - b.offset)
  const errors = faults.map((fault) => {
    const { code, message, path } = fault
    const { line, column } = lines.at(fault.offset)
    return new YamlError({
      code,
      message,
      file,
      document: index,
      line,
      column,
      path,
      goMessage: () => goMessage(fault, frame.source, lines),
    })
  })
  const { line, column } = lines.at(root?.start ?? document.start)
  const empty = errors.length === 0 && isEmpty(root)
  const positionOf = (path: readonly PathStep[] | string): FieldPosition => {
    if (root === undefined) return { ...lines.at(document.start), exact: false }
    const found = locate(root, typeof path === 'string' ? parseFieldPath(path) : path)
    return { ...lines.at((found.key ?? found.node).start), exact: found.complete }
  }
  return { value: decoded.value, errors, file, index, line, column, format, empty, positionOf }
}

function isEmpty(root: SyntaxNode | undefined): boolean {
  return root === undefined || (root.kind === 'scalar' && root.plain && root.text === '' && root.tag === '')
}

/**
 * Reads a text that holds one document.
 *
 * @returns its data; `undefined` for a text without any value. Further documents are not looked at.
 * @throws YamlError the first error of the document
 */
export function parseDocument(text: string, options: ReadOptions = {}): unknown {
  const document = readDocuments(text, options)[0]
  const error = document?.errors[0]
  if (error !== undefined) throw error
  return document?.empty === false ? document.value : undefined
}
