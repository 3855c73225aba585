/** A scalar as written: `plain` scalars have no quotes and may stand for something else than a string. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly text: string
  readonly plain: boolean
  /** Shorthand (`!!int`), local (`!x`) or full tag; empty when there is none. */
  readonly tag: string
  readonly start: number
  readonly end: number
}

/** A map, entries in the order of the text. */
export interface MappingNode {
  readonly kind: 'mapping'
  readonly entries: MappingEntry[]
  readonly tag: string
  readonly start: number
  end: number
}

export interface MappingEntry {
  readonly key: SyntaxNode
  readonly value: SyntaxNode
}

/** A list. */
export interface SequenceNode {
  readonly kind: 'sequence'
  readonly items: SyntaxNode[]
  readonly tag: string
  readonly start: number
  end: number
}

/** `*name`, with the node the anchor stands on. */
export interface AliasNode {
  readonly kind: 'alias'
  readonly name: string
  readonly target: SyntaxNode
  readonly start: number
  readonly end: number
}

/** A document without any decision about types: what YAML and JSON texts have in common. */
export type SyntaxNode = ScalarNode | MappingNode | SequenceNode | AliasNode
