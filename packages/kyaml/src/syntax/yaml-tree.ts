import { Composer, type Document, isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode, Parser } from 'yaml'
import type { YamlErrorCode } from '../errors.ts'
import { deepestNesting } from './depth.ts'
import type { MappingNode, SequenceNode, SyntaxNode } from './node.ts'
import { findControlCharacter, normalizeBreaks } from './normalize.ts'

/** A fault found while building trees; `offset` counts from the start of the text. */
export interface SyntaxFault {
  readonly code: YamlErrorCode
  readonly message: string
  readonly offset: number
}

/** One document of a stream. `root` is absent when the text is too broken to have one. */
export interface SyntaxDocument {
  readonly root: SyntaxNode | undefined
  readonly faults: readonly SyntaxFault[]
  readonly start: number
  readonly end: number
}

/** How deep values may nest. Kubernetes stops at 10,000; this stays far below what a JavaScript stack can take. */
export const maxDepth = 1000

/**
 * Parses a YAML stream into syntax trees, one for each document. Nothing is typed here: every scalar stays the text
 * it is, so that each reader can apply its own rules.
 */
export function parseYamlStream(source: string): SyntaxDocument[] {
  const control = findControlCharacter(source)
  if (control !== undefined) return [broken('syntax', 'control characters are not allowed', control, source.length)]
  const text = normalizeBreaks(source)
  const deep = deepestNesting(text, maxDepth)
  if (deep !== undefined) return [broken('too-deep', deepMessage, deep, text.length)]
  const composer = new Composer({ schema: 'failsafe', merge: false, uniqueKeys: false, resolveKnownTags: false })
  const documents: SyntaxDocument[] = []
  try {
    for (const document of composer.compose(new Parser().parse(text), false, text.length)) {
      documents.push(fromDocument(document))
    }
  } catch (error) {
    if (error instanceof RangeError) return [...documents, broken('too-deep', deepMessage, 0, text.length)]
    throw error
  }
  if (documents.length === 0) {
    const faults = composer.streamInfo().errors.map((e) => fault('syntax', firstLine(e.message), e.pos[0]))
    if (faults.length > 0) return [{ root: undefined, faults, start: 0, end: text.length }]
  }
  return documents
}

const deepMessage = `values nest deeper than ${maxDepth} levels`

function broken(code: YamlErrorCode, message: string, offset: number, end: number): SyntaxDocument {
  return { root: undefined, faults: [fault(code, message, offset)], start: 0, end }
}

function fault(code: YamlErrorCode, message: string, offset: number): SyntaxFault {
  return { code, message, offset }
}

function firstLine(message: string): string {
  const end = message.indexOf('\n')
  return end === -1 ? message : message.slice(0, end)
}

function fromDocument(document: Document.Parsed): SyntaxDocument {
  const faults = document.errors.map((e) => fault('syntax', firstLine(e.message), e.pos[0]))
  const [start, end] = [document.range[0], document.range[2]]
  const converter = new Converter(faults)
  const root = document.contents === null ? undefined : converter.convert(document.contents as ParsedNode)
  return { root, faults, start, end }
}

class Converter {
  readonly #anchors = new Map<string, SyntaxNode>()
  readonly #faults: SyntaxFault[]

  constructor(faults: SyntaxFault[]) {
    this.#faults = faults
  }

  convert(node: Node | null | undefined, fallback = 0): SyntaxNode {
    const [start, end] = node?.range ?? [fallback, fallback]
    const tag = shortTag(node?.tag)
    if (isMap(node)) {
      const mapping: MappingNode = { kind: 'mapping', entries: [], tag, start, end }
      this.#anchor(node.anchor, mapping)
      for (const pair of node.items) {
        const key = this.convert(pair.key as Node | null, start)
        mapping.entries.push({ key, value: this.convert(pair.value as Node | null, key.end) })
      }
      return mapping
    }
    if (isSeq(node)) {
      const sequence: SequenceNode = { kind: 'sequence', items: [], tag, start, end }
      this.#anchor(node.anchor, sequence)
      for (const item of node.items) sequence.items.push(this.convert(item as Node | null, start))
      return sequence
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (target !== undefined) return { kind: 'alias', name: node.source, target, start, end }
      this.#faults.push(fault('unknown-anchor', `unknown anchor '${node.source}' referenced`, start))
      return empty(start)
    }
    if (!isScalar(node)) return empty(start)
    const plain = node.type === undefined || node.type === 'PLAIN'
    const scalar: SyntaxNode = { kind: 'scalar', text: node.source ?? '', plain, tag, start, end }
    this.#anchor(node.anchor, scalar)
    return scalar
  }

  #anchor(name: string | undefined, node: SyntaxNode): void {
    if (name !== undefined) this.#anchors.set(name, node)
  }
}

function empty(at: number): SyntaxNode {
  return { kind: 'scalar', text: '', plain: true, tag: '', start: at, end: at }
}

const coreTags = 'tag:yaml.org,2002:'

function shortTag(tag: string | undefined): string {
  if (tag === undefined) return ''
  return tag.startsWith(coreTags) ? `!!${tag.slice(coreTags.length)}` : tag
}
