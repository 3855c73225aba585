import type { RuleCompiler } from './expressions.ts'

/** How strict a schema is checked: what a stored definition has already may stay. */
export interface SchemaOptions {
  /** Compiles rules; absent: they are taken as they are. */
  readonly compileRules?: RuleCompiler
  /** Versions whose schema is stored already; the empty one for that of all versions. */
  readonly unchangedSchemas?: ReadonlySet<string>
  readonly requireValidPropertyType: boolean
  readonly requireStructuralSchema: boolean
  readonly requirePrunedDefaults: boolean
  readonly requireAtomicSetType: boolean
  readonly requireMapListKeys: boolean
}
