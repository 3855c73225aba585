import { FeatureGateError, UnknownFeatureError } from './errors.ts'
import type { FeatureSpec } from './feature.ts'
import { parseFeatureGatesFlag } from './parse-flag.ts'
import { type Resolution, resolve } from './resolve.ts'
import { specsAt } from './table.ts'
import { binaryVersion, effectiveVersions, type Versions } from './version.ts'

/** Answers whether a feature is on. Throws UnknownFeatureError for a name that v1.35 does not have. */
export interface FeatureGates {
  enabled(name: string): boolean
}

/** Settings by name, or as the `--feature-gates` flag writes them: `"A=true,B=false"`. */
export type FeatureSettings = Readonly<Record<string, boolean>> | ReadonlyMap<string, boolean> | string

/** How a set of gates is made. */
export interface FeatureGatesOptions {
  /** `"1.35"` (the default) down to `"1.32"`: features are as that version had them. */
  readonly emulationVersion?: string
  /** What the other servers of the control plane run at least; one minor before the emulated version by default. */
  readonly minCompatibilityVersion?: string
  /** What differs from the defaults; one settings value or several, of which later ones win. */
  readonly set?: FeatureSettings | readonly FeatureSettings[]
}

/** A settled, immutable set of feature gates. */
export interface FeatureGateSet extends FeatureGates {
  /** The version whose features these are, as `"1.35"`. */
  readonly emulationVersion: string
  /** The oldest version that the other servers of the control plane may run. */
  readonly minCompatibilityVersion: string
  /** What was set, without the defaults and without what AllAlpha and AllBeta brought. */
  readonly settings: ReadonlyMap<string, boolean>
  /** What upstream logs about settings of gates that are generally available or deprecated. */
  readonly warnings: readonly string[]
  /** Whether the feature is on. Throws {@link UnknownFeatureError} for a name that v1.35 does not have. */
  enabled(name: string): boolean
  /** True when the gate was set by name. */
  explicitlySet(name: string): boolean
  /** What the feature is at the emulated version, undefined for an unknown name. */
  spec(name: string): FeatureSpec | undefined
  /** Every gate that the emulated version has, in the order of the names. */
  features(): readonly FeatureSpec[]
  /** The lines that `--help` prints: alpha and beta gates with their defaults. */
  known(): readonly string[]
  /** A new set with these settings on top. Throws FeatureGateError as {@link createFeatureGates} does. */
  with(settings: FeatureSettings): FeatureGateSet
  /** The same settings at another version. Throws FeatureGateError when one of them does not exist there. */
  at(emulationVersion: string, minCompatibilityVersion?: string): FeatureGateSet
  /** `"A=true,B=false"`: the gates that something other than their default decided. */
  toString(): string
}

type Settings = ReadonlyMap<string, boolean>

const isMap = (settings: FeatureSettings): settings is ReadonlyMap<string, boolean> => settings instanceof Map

function toMap(settings: FeatureSettings): Settings {
  if (typeof settings === 'string') return parseFeatureGatesFlag(settings)
  const map = isMap(settings) ? settings : new Map(Object.entries(settings))
  for (const [name, on] of map) {
    if (typeof on === 'boolean') continue
    const message = `invalid value of ${name}=${String(on)}: true or false is expected`
    throw new FeatureGateError([{ kind: 'syntax', feature: name, message }])
  }
  return map
}

const merge = (base: Settings, more: FeatureSettings): Settings => new Map([...base, ...toMap(more)])

class SettledFeatureGates implements FeatureGateSet {
  readonly settings: Settings
  readonly #versions: Versions
  readonly #specs: ReadonlyMap<string, FeatureSpec>
  readonly #resolution: Resolution

  constructor(versions: Versions, settings: Settings, specs: ReadonlyMap<string, FeatureSpec>) {
    this.#versions = versions
    this.#specs = specs
    this.settings = settings
    this.#resolution = resolve(settings, specs, versions)
  }

  get emulationVersion(): string {
    return this.#versions.emulation
  }

  get minCompatibilityVersion(): string {
    return this.#versions.minCompatibility
  }

  get warnings(): readonly string[] {
    return this.#resolution.warnings
  }

  enabled(name: string): boolean {
    const on = this.#resolution.states.get(name)
    if (on === undefined) throw new UnknownFeatureError(name)
    return on
  }

  explicitlySet(name: string): boolean {
    return this.settings.has(name)
  }

  spec(name: string): FeatureSpec | undefined {
    return this.#specs.get(name)
  }

  features(): readonly FeatureSpec[] {
    return [...this.#specs.values()].filter((spec) => spec.stage !== 'PRE-ALPHA')
  }

  known(): readonly string[] {
    const shown = this.features().filter(({ stage }) => stage === 'ALPHA' || stage === 'BETA')
    return shown.map((spec) => `${spec.name}=true|false (${spec.stage} - default=${spec.default})`).sort()
  }

  with(settings: FeatureSettings): FeatureGateSet {
    return new SettledFeatureGates(this.#versions, merge(this.settings, settings), this.#specs)
  }

  at(emulationVersion: string, minCompatibilityVersion?: string): FeatureGateSet {
    return settle(effectiveVersions(emulationVersion, minCompatibilityVersion), this.settings)
  }

  toString(): string {
    return [...this.#resolution.decided]
      .map(([name, on]) => `${name}=${on}`)
      .sort()
      .join(',')
  }
}

const settle = (versions: Versions, settings: Settings): FeatureGateSet =>
  new SettledFeatureGates(versions, settings, specsAt(versions.emulation))

/**
 * The feature gates of the Kubernetes binaries, settled: defaults of the emulated version, then AllAlpha and AllBeta, then
 * single settings. Throws a {@link FeatureGateError} with upstream's text when a gate is unknown, locked, not there
 * yet, or lacks a gate that it depends on.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/features/kube_features.go
 */
export function createFeatureGates(options: FeatureGatesOptions = {}): FeatureGateSet {
  const versions = effectiveVersions(options.emulationVersion ?? binaryVersion, options.minCompatibilityVersion)
  const { set } = options
  const list: readonly FeatureSettings[] = set === undefined ? [] : isList(set) ? set : [set]
  return settle(versions, list.reduce<Settings>(merge, new Map()))
}

const isList = (set: FeatureSettings | readonly FeatureSettings[]): set is readonly FeatureSettings[] =>
  Array.isArray(set)
