/** How mature a feature is at a version. `PRE-ALPHA`: the version does not have it yet. */
export type FeatureStage = 'PRE-ALPHA' | 'ALPHA' | 'BETA' | 'GA' | 'DEPRECATED'

/** A row of the generated table: version, stage, default, locked. */
export type StageRow = readonly [version: string, stage: FeatureStage, on: boolean, locked: boolean]

/** A row of the generated table: name, stages from oldest to newest, what it depends on. */
export type FeatureRow = readonly [name: string, stages: readonly StageRow[], dependsOn: readonly string[]]

/** What a feature is at one version. */
export interface FeatureSpec {
  /** The name that the `--feature-gates` flag takes. */
  readonly name: string
  readonly stage: FeatureStage
  /** Whether it is on when nobody says anything. */
  readonly default: boolean
  /** True when it can no longer be changed. */
  readonly locked: boolean
  /** The version that brought this stage. */
  readonly since: string
  /** The gates that must be on as well; the whole set is refused otherwise. */
  readonly dependsOn: readonly string[]
}
