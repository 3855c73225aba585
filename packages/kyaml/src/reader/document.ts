import type { PathStep, YamlError } from '../errors.ts'
import type { Position } from '../position.ts'

/** Where a path stands in the text. */
export interface FieldPosition extends Position {
  /** False when the path ends earlier than asked; the position is then that of the deepest part there is. */
  readonly exact: boolean
}

/** One document of a YAML or JSON stream. */
export interface ReadDocument {
  /**
   * The data: `null`, booleans, numbers, strings, arrays and plain objects. Integers beyond 2^53 become the nearest
   * number. With errors, what could be read in spite of them; `undefined` when that is nothing.
   */
  readonly value: unknown
  /** What is wrong, in the order of the text; empty for a good document. */
  readonly errors: readonly YamlError[]
  /** The name given by the caller. */
  readonly file: string | undefined
  /** Counts the documents from 0, empty ones included. */
  readonly index: number
  /** Where the document's value begins, from 1. */
  readonly line: number
  readonly column: number
  readonly format: 'yaml' | 'json'
  /** True for a document without any value (only comments, or nothing between two `---`); its value is `null`. */
  readonly empty: boolean
  /**
   * Finds a field in the text: of a map entry the key, of a list item the item.
   *
   * @param path steps, or the path of a field error (`spec.containers[0].image`)
   */
  positionOf(path: readonly PathStep[] | string): FieldPosition
}
