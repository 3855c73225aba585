import type { FeatureRow, FeatureSpec, FeatureStage } from './feature.ts'
import { featureRows } from './generated/features.ts'
import { compareVersions } from './version.ts'

/** Gates that switch every other gate of a stage. */
export const switchedStages: ReadonlyMap<string, FeatureStage> = new Map([
  ['AllAlpha', 'ALPHA'],
  ['AllBeta', 'BETA'],
])

function specAt([name, stages, dependsOn]: FeatureRow, version: string): FeatureSpec {
  // The newest stage that the version has counts.
  const row = stages.findLast(([since]) => compareVersions(since, version) <= 0)
  if (row === undefined) return { name, stage: 'PRE-ALPHA', default: false, locked: false, since: '0.0', dependsOn }
  const [since, stage, on, locked] = row
  return { name, stage, default: on, locked, since, dependsOn }
}

const cache = new Map<string, ReadonlyMap<string, FeatureSpec>>()

/** What every feature is at an emulated version, by name. */
export function specsAt(version: string): ReadonlyMap<string, FeatureSpec> {
  const known = cache.get(version)
  if (known !== undefined) return known
  const specs = new Map(featureRows.map((row) => [row[0], specAt(row, version)]))
  cache.set(version, specs)
  return specs
}
