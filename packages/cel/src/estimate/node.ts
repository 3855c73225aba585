import type { Expr } from '../ast/expr.ts'
import type { CelType } from '../types/cel-type.ts'
import type { Range } from './range.ts'

/** A part of an expression, as far as sizes go. */
export interface SizedNode {
  /** A variable, then field names, `@items`, `@keys`, `@values`; absent for what no variable leads to. */
  readonly path: readonly string[] | undefined
  readonly type: CelType
  readonly expr: Expr | undefined
  /** What the expression itself tells. */
  readonly size: Range | undefined
}

/** Knows the sizes of variables: of strings, bytes, lists and maps below them. */
export type SizeEstimator = (path: readonly string[]) => Range | undefined

/** What a call costs, and how large its result is. */
export interface CallEstimate {
  readonly cost: Range
  readonly size?: Range | undefined
}
