import type { CelType } from '../types/cel-type.ts'
import type { Value } from '../values/value.ts'

/** Where a node was written: code points from the start of the expression. */
interface Node {
  readonly id: number
  /** Start offset; -1 when it has no place. */
  readonly offset: number
  /** What the checker found. */
  type?: CelType
}

export interface LiteralExpr extends Node {
  readonly kind: 'literal'
  readonly value: Value
}

export interface IdentExpr extends Node {
  readonly kind: 'ident'
  name: string
}

export interface SelectExpr extends Node {
  readonly kind: 'select'
  readonly operand: Expr
  readonly field: string
  readonly testOnly: boolean
  /** The checker found a variable of this dotted name. */
  variable?: string
}

export interface CallExpr extends Node {
  readonly kind: 'call'
  function: string
  /** Absent for global calls. */
  target?: Expr | undefined
  readonly args: readonly Expr[]
  /** The overloads that may apply, after checking. */
  overloads?: readonly string[]
}

export interface ListExpr extends Node {
  readonly kind: 'list'
  readonly elements: readonly Expr[]
  /** Which elements were written with `?`. */
  readonly optional: ReadonlySet<number>
}

export interface MapEntry {
  readonly id: number
  readonly offset: number
  readonly key: Expr
  readonly value: Expr
  readonly optional: boolean
}

export interface MapExpr extends Node {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
}

export interface StructField {
  readonly id: number
  readonly offset: number
  readonly name: string
  readonly value: Expr
  readonly optional: boolean
}

export interface StructExpr extends Node {
  readonly kind: 'struct'
  typeName: string
  readonly fields: readonly StructField[]
}

export interface ComprehensionExpr extends Node {
  readonly kind: 'comprehension'
  readonly range: Expr
  readonly iterVar: string
  /** Empty with one variable. */
  readonly iterVar2: string
  readonly accuVar: string
  readonly init: Expr
  readonly condition: Expr
  readonly step: Expr
  readonly result: Expr
}

export type Expr = LiteralExpr | IdentExpr | SelectExpr | CallExpr | ListExpr | MapExpr | StructExpr | ComprehensionExpr

/** `a.b.c` as text, or undefined for anything that is no chain of names. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name
  if (expr.kind !== 'select' || expr.testOnly) return undefined
  const prefix = qualifiedName(expr.operand)
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`
}
