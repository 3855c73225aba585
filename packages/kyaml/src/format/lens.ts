import { type Comments, type Lens, noComments, type Shape, type ShapeEntry } from '../encode/shape.ts'
import { resolvePlain } from '../resolve/scalar.ts'
import type { ScalarNode, SyntaxNode } from '../syntax/node.ts'
import type { CommentedNode } from './composer.ts'
import { FormatFault } from './fault.ts'

/** A node of the syntax tree next to its comments. */
export interface Annotated {
  readonly node: SyntaxNode
  readonly notes: CommentedNode | undefined
}

/** Looks at a YAML text: scalars stay as written, keys in their order, comments where go-yaml puts them. */
export const sourceLens: Lens<Annotated> = { shape, comments: ({ notes }) => notes?.comments ?? noComments }

function shape({ node, notes }: Annotated): Shape<Annotated> {
  if (node.kind === 'scalar') return scalar(node)
  if (node.kind === 'alias') return { kind: 'alias', target: { node: node.target, notes: notes?.target } }
  if (node.kind === 'sequence') {
    return { kind: 'sequence', items: node.items.map((item, i) => ({ node: item, notes: notes?.children[i] })) }
  }
  return { kind: 'mapping', entries: node.entries.map((entry, i) => toEntry(entry, i, notes)) }
}

function toEntry(
  { key, value }: { key: SyntaxNode; value: SyntaxNode },
  index: number,
  notes: CommentedNode | undefined,
): ShapeEntry<Annotated> {
  const keyNotes = notes?.children[2 * index]
  const valueNotes = notes?.children[2 * index + 1]
  const first = keyNotes?.comments ?? noComments
  const second = valueNotes?.comments ?? noComments
  if (first.line !== '' && second.line !== '') {
    throw new FormatFault('syntax', 'both key and value have line comments', key.start)
  }
  const comments: Comments = {
    head: join(first.head, second.head),
    line: first.line || second.line,
    foot: join(first.foot, second.foot),
  }
  return { key: keyText(key), value: { node: value, notes: valueNotes }, comments }
}

// Keys are always strings; of an alias it is the name that counts, and a map or list has no text at all.
function keyText(key: SyntaxNode): string {
  if (key.kind === 'scalar') return key.text
  return key.kind === 'alias' ? key.name : ''
}

function join(first: string, second: string): string {
  return first !== '' && second !== '' ? `${first}\n${second}` : first + second
}

const verbatimTags = new Set(['!!int', '!!float', '!!bool', '!!null'])

function scalar(node: ScalarNode): Shape<Annotated> {
  const { text } = node
  const tag = node.tag === '' || node.tag === '!' ? implicitTag(node) : node.tag
  if (verbatimTags.has(tag)) return { kind: 'verbatim', text }
  if (tag === '!!str' || tag === '!!timestamp') return { kind: 'string', text }
  throw new FormatFault(
    'bad-tag',
    `unknown tag ${JSON.stringify(tag)} on scalar node ${JSON.stringify(text)}`,
    node.start,
  )
}

// Of the words of YAML 1.1 only `true` and `false` are booleans here; the others stay strings.
function implicitTag(node: ScalarNode): string {
  if (!node.plain) return '!!str'
  if (node.text === '<<') return '!!merge'
  const { type } = resolvePlain(node.text)
  if (type === 'bool') return /^(?:true|false)$/i.test(node.text) ? '!!bool' : '!!str'
  return type === 'string' ? '!!str' : `!!${type}`
}
