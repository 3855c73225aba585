import { aggregateMessage } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { SchedulerConfigError, StrictDecodingError } from './config-error.ts'
import { defaultPluginArgs } from './default-args.ts'
import { multiPointOnly } from './default-configuration.ts'
import { defaultMultiPoint } from './default-plugins.ts'
import { mergePlugins } from './merge-plugins.ts'
import { type RawProfile, readConfiguration } from './read-configuration.ts'
import { groupVersion, isConfigurable, readPluginArgs } from './read-plugin-args.ts'
import { StrictReader } from './strict-reader.ts'
import type { PluginConfig, Plugins, ProfileConfig, SchedulerConfiguration } from './types.ts'
import { validateConfiguration } from './validate-configuration.ts'

const kind = 'KubeSchedulerConfiguration'

/**
 * Reads a KubeSchedulerConfiguration of version v1: decoded strictly, defaults filled in, validated as upstream does. Defaults depend on gates.
 *
 * @param document what JSON or YAML gave; `apiVersion` and `kind` may be left out
 * @returns the configuration; what is not for the scheduling itself (leader election, profiling, connections) is checked and left out
 * @throws SchedulerConfigError with every fault, in upstream's words; extenders are refused as unsupported
 * @see https://github.com/kubernetes/kubernetes/tree/v1.35.4/pkg/scheduler/apis/config
 */
export function parseConfiguration(document: unknown, gates: FeatureGates): SchedulerConfiguration {
  const reader = new StrictReader(document)
  checkKind(document)
  const raw = readConfiguration(reader)
  if (reader.faults.length > 0) {
    throw new StrictDecodingError(reader.faults)
  }
  if (raw.hasExtenders) throw new SchedulerConfigError(['unsupported: extenders (they need HTTP calls)'])
  const written: readonly RawProfile[] = raw.profiles.length > 0 ? raw.profiles : [{ pluginConfig: [] }]
  const profiles = written.map((profile, index) => completeProfile(profile, index, written.length === 1, gates))
  const faults = validateConfiguration(raw, profiles, gates)
  if (faults.length > 0) throw new SchedulerConfigError(faults, aggregateMessage(faults))
  const { parallelism, percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds } = raw
  return { parallelism, percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds, profiles }
}

function checkKind(document: unknown): void {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return
  const [version, given]: readonly unknown[] = [Reflect.get(document, 'apiVersion'), Reflect.get(document, 'kind')]
  if ((version ?? groupVersion) === groupVersion && (given ?? kind) === kind) return
  const [name, where] = [given ?? kind, version ?? groupVersion].map((text) => JSON.stringify(text))
  throw new SchedulerConfigError([
    `no kind ${name} is registered for version ${where}; expected ${kind} of ${groupVersion}`,
  ])
}

function completeProfile(raw: RawProfile, index: number, alone: boolean, gates: FeatureGates): ProfileConfig {
  const defaults = multiPointOnly({ enabled: defaultMultiPoint(gates), disabled: [] })
  const plugins = raw.plugins === undefined ? defaults : mergePlugins(defaults, raw.plugins)
  const written = raw.pluginConfig.map(({ name, args }, position): PluginConfig => {
    if (!isConfigurable(name)) return { name, args }
    try {
      return { name, args: readPluginArgs(name, args, gates) }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const what = `decoding .profiles[${index}].pluginConfig[${position}]: ${error.message}`
      throw error instanceof StrictDecodingError ? new StrictDecodingError([what]) : new SchedulerConfigError([what])
    }
  })
  const { percentageOfNodesToScore } = raw
  return {
    schedulerName: raw.schedulerName ?? (alone ? 'default-scheduler' : ''),
    ...(percentageOfNodesToScore !== undefined && { percentageOfNodesToScore }),
    plugins,
    pluginConfig: [...written, ...missingArgs(plugins, written, gates)],
  }
}

/** The default arguments of the plugins in use for which nothing was written. */
function missingArgs(plugins: Plugins, written: readonly PluginConfig[], gates: FeatureGates): readonly PluginConfig[] {
  const named = new Set(written.map(({ name }) => name))
  const used = new Set(Object.values(plugins).flatMap(({ enabled }) => enabled.map(({ name }) => name)))
  return Object.entries(defaultPluginArgs(gates))
    .filter(([name]) => used.has(name) && !named.has(name))
    .map(([name, args]) => ({ name, args }))
}
