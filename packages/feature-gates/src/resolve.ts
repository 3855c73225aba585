import { FeatureGateError, type FeatureGateFault } from './errors.ts'
import type { FeatureSpec } from './feature.ts'
import { switchedStages } from './table.ts'
import type { Versions } from './version.ts'

/** What the settings come to. */
export interface Resolution {
  /** Every gate, on or off. */
  readonly states: ReadonlyMap<string, boolean>
  /** The gates that settings or the switches AllAlpha and AllBeta decided, rather than their default. */
  readonly decided: ReadonlyMap<string, boolean>
  /** Upstream's log lines about settings of gates that are on their way out. */
  readonly warnings: readonly string[]
}

type Specs = ReadonlyMap<string, FeatureSpec>
type Settings = ReadonlyMap<string, boolean>

const fault = (kind: FeatureGateFault['kind'], feature: string, message: string): FeatureGateFault => ({
  kind,
  feature,
  message,
})

function faultOf(name: string, on: boolean, spec: FeatureSpec, versions: Versions): FeatureGateFault | undefined {
  const refused = `cannot set feature gate ${name} to ${on}, feature is`
  if (spec.locked && spec.default !== on) return fault('locked', name, `${refused} locked to ${spec.default}`)
  if (spec.stage !== 'PRE-ALPHA' || switchedStages.has(name)) return undefined
  const { emulation, minCompatibility } = versions
  const where = `emulated version ${emulation}, min compatibility version ${minCompatibility}`
  return fault('pre-alpha', name, `${refused} PreAlpha at ${where}`)
}

function missingDependencies(states: Settings, specs: Specs): FeatureGateFault[] {
  const faults: FeatureGateFault[] = []
  for (const { name, dependsOn } of specs.values()) {
    if (states.get(name) !== true) continue
    const off = dependsOn.filter((other) => states.get(other) !== true)
    if (off.length === 0) continue
    const message = `${name} is enabled, but depends on features that are disabled: [${off.join(' ')}]`
    faults.push(fault('dependency', name, message))
  }
  return faults
}

/** Settles every gate. Throws a FeatureGateError that lists all faults, in the order of the names. */
export function resolve(settings: Settings, specs: Specs, versions: Versions): Resolution {
  const names = [...settings.keys()].sort()
  // Upstream stops at an unknown name; which one it meets first is up to its map, so ours come first.
  const unknown = names.find((name) => !specs.has(name))
  if (unknown !== undefined) {
    throw new FeatureGateError([fault('unrecognized', unknown, `unrecognized feature gate: ${unknown}`)])
  }
  const decided = new Map<string, boolean>()
  const faults: FeatureGateFault[] = []
  const warnings: string[] = []
  for (const name of names) {
    const spec = specs.get(name)
    const on = settings.get(name)
    if (spec === undefined || on === undefined) continue
    const wrong = faultOf(name, on, spec, versions)
    if (wrong !== undefined) faults.push(wrong)
    else if (spec.stage === 'DEPRECATED' || spec.stage === 'GA') {
      const stage = spec.stage === 'GA' ? 'GA' : 'deprecated'
      warnings.push(`Setting ${stage} feature gate ${name}=${on}. It will be removed in a future release.`)
    }
    decided.set(name, on)
  }
  if (faults.length > 0) throw new FeatureGateError(faults)
  for (const [name, stage] of switchedStages) {
    const on = settings.get(name)
    if (on === undefined) continue
    for (const spec of specs.values()) {
      if (spec.stage === stage && !switchedStages.has(spec.name) && !settings.has(spec.name)) decided.set(spec.name, on)
    }
  }
  const states = new Map<string, boolean>()
  for (const { name, default: on } of specs.values()) states.set(name, decided.get(name) ?? on)
  const missing = missingDependencies(states, specs)
  if (missing.length > 0) throw new FeatureGateError(missing)
  return { states, decided, warnings }
}
