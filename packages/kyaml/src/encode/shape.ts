/** Comments of a node, each with its `#`; several lines are joined by `\n`. Empty when there is none. */
export interface Comments {
  readonly head: string
  readonly line: string
  readonly foot: string
}

export const noComments: Comments = { head: '', line: '', foot: '' }

/** One entry of a map, ready to print: the comments of key and value are one set by now. */
export interface ShapeEntry<T> {
  readonly key: string
  readonly value: T
  readonly comments: Comments
}

/** What the printer must know of a node; children are described when their turn comes. */
export type Shape<T> =
  | { readonly kind: 'verbatim'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'mapping'; readonly entries: readonly ShapeEntry<T>[] }
  | { readonly kind: 'sequence'; readonly items: readonly T[] }
  | { readonly kind: 'alias'; readonly target: T }

/** How to look at nodes of some tree: JSON data, or the syntax tree of a YAML text. */
export interface Lens<T> {
  shape(node: T): Shape<T>
  comments(node: T): Comments
}
