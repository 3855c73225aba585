import type { FieldError } from '@kube-bonsai/apimachinery'
import type { Fields } from './meta/json.ts'
import type { DeletePlan, StrategyContext } from './strategy.ts'

/** Rules of one way to update objects of a kind, beside what holds for every kind. */
export interface UpdateRules {
  prepare?(object: Fields, old: Fields, context: StrategyContext): Fields
  validate?(object: Fields, old: Fields, context: StrategyContext): readonly FieldError[]
  warnings?(object: Fields, old: Fields, context: StrategyContext): readonly string[]
}

/** Rules of a subresource that is no plain status: what of the object it may change, and whether that is counted. */
export interface SubresourceRules extends UpdateRules {
  prepare(object: Fields, old: Fields, context: StrategyContext): Fields
  /** A change of the spec counts the generation up. */
  readonly counts?: true
}

/**
 * What one kind adds to the rules that hold for every kind. A kind without a room has only those.
 *
 * The generic rules run first: they keep status and spec apart, begin and count the generation, check metadata and name.
 */
export interface Room {
  readonly group: string
  readonly kind: string
  /** Changes a new object after its status was wiped and its generation begun. */
  prepareForCreate?(object: Fields, context: StrategyContext): Fields
  /** How the kind's names are checked where that depends on the rest of the object; in place of the rule of its traits. */
  nameMessages?(object: Fields, name: string, prefix: boolean): readonly string[]
  /** Checks a new object but its metadata. */
  validate?(object: Fields, context: StrategyContext): readonly FieldError[]
  warningsOnCreate?(object: Fields, context: StrategyContext): readonly string[]
  /** `prepare` runs after the stored status was put back and before the generation is counted. */
  readonly update?: UpdateRules
  /** `prepare` runs after the stored spec was put back. */
  readonly status?: UpdateRules
  readonly subresources?: Readonly<Record<string, SubresourceRules>>
  selectableFields?(object: Fields): Readonly<Record<string, string>>
  planDelete?(object: Fields, requestedSeconds: number | undefined): DeletePlan
  /** What happens to a new object after validation, when its name is generated. */
  canonicalize?(object: Fields): Fields
}
