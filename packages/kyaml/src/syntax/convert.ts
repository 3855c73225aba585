import { CST, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import type { AliasNode, MappingNode, ScalarNode, SequenceNode, SyntaxNode } from './node.ts'
import type { Reindented } from './reindent.ts'
import type { SyntaxFault } from './yaml-tree.ts'

const longestSimpleKey = 1024

/** Turns the nodes of the YAML library into syntax trees, and applies the rules in which go-yaml is stricter. */
export class Converter {
  readonly #anchors = new Map<string, SyntaxNode>()
  readonly #source: Reindented
  readonly #report: (fault: SyntaxFault) => void
  #inFlow = false

  constructor(source: Reindented, report: (fault: SyntaxFault) => void) {
    this.#source = source
    this.#report = report
  }

  /** Converts a node; one that is not there becomes an empty scalar at `fallback`, an offset of the original text. */
  convert(node: unknown, fallback = 0): SyntaxNode {
    if (isMap(node)) return this.#mapping(node)
    if (isSeq(node)) {
      const sequence: SequenceNode = { kind: 'sequence', items: [], ...this.#frame(node) }
      this.#anchor(node.anchor, sequence)
      this.#within(node.flow === true, () => {
        for (const item of node.items) sequence.items.push(this.convert(item, sequence.start))
      })
      return sequence
    }
    if (isAlias(node)) return this.#alias(node.source, this.#frame(node))
    if (!isScalar(node)) return empty(fallback)
    const frame = this.#frame(node)
    const implicit = node.type === undefined || node.type === 'PLAIN'
    const scalar: ScalarNode = { kind: 'scalar', text: this.#text(node), plain: implicit, ...frame }
    this.#anchor(node.anchor, scalar)
    if (node.type === 'QUOTE_DOUBLE') this.#checkEscapes(node, scalar)
    if (node.type === 'PLAIN' && this.#inFlow) this.#checkFlowScalar(scalar)
    return scalar
  }

  // Two things that go-yaml and the YAML specification see otherwise than the library does.
  #text({ source = '', type, srcToken, range }: Scalar): string {
    if (type === 'QUOTE_DOUBLE' && srcToken !== undefined && 'source' in srcToken) {
      if (!unusualEscape.test(srcToken.source)) return source
      const fixed: CST.FlowScalar = {
        type: 'double-quoted-scalar',
        offset: srcToken.offset,
        indent: 0,
        source: rewriteEscapes(srcToken.source),
      }
      return CST.resolveAsScalar(fixed)?.value ?? source
    }
    if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') return source
    // The last line has no line break if the text ends without one.
    const all = this.#source.text
    const open = range != null && range[1] >= all.length && /\S[ \t]*$/.test(all) && !all.endsWith('\n')
    return open && source.endsWith('\n') ? source.slice(0, -1) : source
  }

  #mapping(node: Node & { items: Pair[]; flow?: boolean; anchor?: string }): MappingNode {
    const mapping: MappingNode = { kind: 'mapping', entries: [], ...this.#frame(node) }
    this.#anchor(node.anchor, mapping)
    this.#within(node.flow === true, () => {
      for (const pair of node.items) {
        const key = this.convert(pair.key, mapping.start)
        this.#checkMissingKey(pair, key)
        if (node.flow === true) this.#checkFlowKey(pair, key)
        mapping.entries.push({ key, value: this.convert(pair.value, key.end) })
      }
    })
    return mapping
  }

  #within(flow: boolean, convertChildren: () => void): void {
    const before = this.#inFlow
    this.#inFlow ||= flow
    convertChildren()
    this.#inFlow = before
  }

  #alias(name: string, { start, end }: { start: number; end: number }): AliasNode | ScalarNode {
    const target = this.#anchors.get(name)
    if (target !== undefined) return { kind: 'alias', name, target, start, end }
    this.#report({ code: 'unknown-anchor', message: `unknown anchor '${name}' referenced`, offset: start })
    return empty(start)
  }

  // Unlike in JSON, halves of a surrogate pair are no characters, and a slash needs no escape.
  #checkEscapes({ srcToken }: Scalar, { start }: ScalarNode): void {
    if (srcToken === undefined || !('source' in srcToken)) return
    if (/(?<!\\)(?:\\\\)*\\(?:u[dD][89a-fA-F]|\/)/.test(srcToken.source)) {
      this.#report({ code: 'syntax', message: 'unknown escape, or half of a surrogate pair', offset: start })
    }
  }

  // In brackets go-yaml takes these for indicators, wherever they stand.
  #checkFlowScalar({ text, start }: ScalarNode): void {
    if (!text.startsWith(':') && !text.includes('?')) return
    const message = 'in brackets, text with ? in it or : before it must be quoted'
    this.#report({ code: 'syntax', message, offset: start })
  }

  #checkMissingKey({ srcToken }: Pair, { start }: SyntaxNode): void {
    if (srcToken === undefined || srcToken.key != null || srcToken.sep === undefined) return
    const shows = ({ type }: CST.SourceToken): boolean => ['explicit-key-ind', 'anchor', 'tag'].includes(type)
    if (!srcToken.start.some(shows))
      this.#report({ code: 'syntax', message: 'a key is missing before the colon', offset: start })
  }

  // A key without `?` must stand on one line with its colon, and not far before it.
  #checkFlowKey({ key, srcToken }: Pair, { start }: SyntaxNode): void {
    const colon = srcToken?.sep?.find((token) => token.type === 'map-value-ind')
    if (colon === undefined || srcToken?.start.some((token) => token.type === 'explicit-key-ind') === true) return
    const from = (key as Node | null)?.range?.[0] ?? colon.offset
    const text = this.#source.text.slice(from, colon.offset)
    if (text.includes('\n') || (text.length > longestSimpleKey && [...text].length > longestSimpleKey)) {
      this.#report({ code: 'syntax', message: 'a key and its colon must stand on one line', offset: start })
    }
  }

  #frame({ range, tag }: Node): { tag: string; start: number; end: number } {
    const [start, end] = range ?? [0, 0]
    return { tag: shortTag(tag), start: this.#source.original(start), end: this.#source.original(end) }
  }

  #anchor(name: string | undefined, node: SyntaxNode): void {
    if (name === undefined) return
    if (!/^[\w-]+$/.test(name)) {
      const message = 'an anchor must consist of letters, digits, _ and -'
      this.#report({ code: 'syntax', message, offset: node.start })
    }
    this.#anchors.set(name, node)
  }
}

const unusualEscape = /\\(?:\r?\n[ \t]*\r?\n|')/

// Empty lines after an escaped line break stay line breaks; written as escapes, they do with any parser.
// An escaped single quote is a single quote.
function rewriteEscapes(source: string): string {
  return source.replaceAll(/\\(?:\r?\n((?:[ \t]*\r?\n)+)|[\s\S])/g, (all: string, lines: string | undefined) =>
    lines === undefined ? all.replace("\\'", "'") : `${'\\n'.repeat(lines.split('\n').length - 1)}\\\n`,
  )
}

function empty(at: number): ScalarNode {
  return { kind: 'scalar', text: '', plain: true, tag: '', start: at, end: at }
}

const coreTags = 'tag:yaml.org,2002:'

function shortTag(tag: string | undefined): string {
  if (tag === undefined) return ''
  return tag.startsWith(coreTags) ? `!!${tag.slice(coreTags.length)}` : tag
}
