import type { NodeAffinity, TopologySpreadConstraint } from '@kube-bonsai/api-types/core/v1'
import { parseDurationMs } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { SchedulerConfigError, StrictDecodingError } from './config-error.ts'
import { defaultPluginArgs } from './default-args.ts'
import type { PluginArgs, ResourceSpec, UtilizationShapePoint } from './plugin-args.ts'
import { StrictReader } from './strict-reader.ts'

/** A plugin of upstream that takes arguments. */
export type ConfigurablePlugin = keyof PluginArgs

/** Arguments as the configuration has them, defaults filled in but not validated. `shape` and timeouts may be there without their gates. */
export type ReadArgs = {
  readonly [Name in ConfigurablePlugin]: (reader: StrictReader, defaults: PluginArgs[Name]) => PluginArgs[Name]
}

const typeMeta = ['apiVersion', 'kind'] as const

const readers: ReadArgs = {
  DefaultPreemption(reader, defaults) {
    const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = reader.fields(
      ...typeMeta,
      'minCandidateNodesPercentage',
      'minCandidateNodesAbsolute',
    )
    return {
      minCandidateNodesPercentage: minCandidateNodesPercentage.integer() ?? defaults.minCandidateNodesPercentage,
      minCandidateNodesAbsolute: minCandidateNodesAbsolute.integer() ?? defaults.minCandidateNodesAbsolute,
    }
  },
  DynamicResources(reader, defaults) {
    const { filterTimeout, bindingTimeout } = reader.fields(...typeMeta, 'filterTimeout', 'bindingTimeout')
    const [filtering, binding] = [duration(filterTimeout), duration(bindingTimeout)]
    return {
      ...defaults,
      ...(filtering !== undefined && { filterTimeout: filtering }),
      ...(binding !== undefined && { bindingTimeout: binding }),
    }
  },
  InterPodAffinity(reader, defaults) {
    const names = [...typeMeta, 'hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods'] as const
    const { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } = reader.fields(...names)
    return {
      hardPodAffinityWeight: hardPodAffinityWeight.integer() ?? defaults.hardPodAffinityWeight,
      ignorePreferredTermsOfExistingPods: ignorePreferredTermsOfExistingPods.boolean() ?? false,
    }
  },
  NodeAffinity(reader) {
    const { addedAffinity } = reader.fields(...typeMeta, 'addedAffinity')
    if (addedAffinity.isAbsent) return {}
    addedAffinity.fields(
      'requiredDuringSchedulingIgnoredDuringExecution',
      'preferredDuringSchedulingIgnoredDuringExecution',
    )
    return { addedAffinity: addedAffinity.raw as NodeAffinity }
  },
  NodeResourcesBalancedAllocation(reader, defaults) {
    const { resources } = reader.fields(...typeMeta, 'resources')
    return { resources: orDefault(resourceSpecs(resources), defaults.resources) }
  },
  NodeResourcesFit(reader, defaults) {
    const names = [...typeMeta, 'ignoredResources', 'ignoredResourceGroups', 'scoringStrategy'] as const
    const { ignoredResources, ignoredResourceGroups, scoringStrategy } = reader.fields(...names)
    return {
      ignoredResources: strings(ignoredResources),
      ignoredResourceGroups: strings(ignoredResourceGroups),
      scoringStrategy: scoringStrategy.isAbsent
        ? defaults.scoringStrategy
        : readStrategy(scoringStrategy, defaults.scoringStrategy.resources),
    }
  },
  PodTopologySpread(reader, defaults) {
    const { defaultConstraints, defaultingType } = reader.fields(...typeMeta, 'defaultConstraints', 'defaultingType')
    return {
      defaultConstraints: defaultConstraints.items().map(readConstraint),
      // Validation refuses other values.
      defaultingType: (defaultingType.string() || defaults.defaultingType) as 'System' | 'List',
    }
  },
  VolumeBinding(reader, defaults) {
    const { bindTimeoutSeconds, shape } = reader.fields(...typeMeta, 'bindTimeoutSeconds', 'shape')
    const points = shapePoints(shape)
    const ownShape = points.length > 0 || (!shape.isAbsent && defaults.shape === undefined)
    return {
      ...defaults,
      bindTimeoutSeconds: bindTimeoutSeconds.integer(64) ?? defaults.bindTimeoutSeconds,
      ...(ownShape && { shape: points }),
    }
  },
}

/** True for the plugins that take arguments. */
export function isConfigurable(name: string): name is ConfigurablePlugin {
  return Object.hasOwn(readers, name)
}

/** The arguments of a plugin with their defaults. Unknown fields and other kinds are faults. Throws SchedulerConfigError. */
export function readPluginArgs(
  name: ConfigurablePlugin,
  raw: unknown,
  gates: FeatureGates,
): PluginArgs[ConfigurablePlugin] {
  const reader = new StrictReader(raw)
  const { apiVersion, kind } = reader.fields(...topLevel(raw))
  const wanted = `${name}Args`
  const [givenKind, version] = [kind.string() ?? wanted, apiVersion.string() ?? groupVersion]
  if (version !== groupVersion || givenKind !== wanted) {
    const what = `no kind "${givenKind}" is registered for version "${version}"; expected ${wanted} of ${groupVersion}`
    throw new SchedulerConfigError([`decoding args for plugin ${name}: ${what}`])
  }
  const read = new StrictReader(raw)
  const args = readArgs(name, read, defaultPluginArgs(gates))
  if (read.faults.length > 0) {
    const what = read.faults.join(', ')
    throw new StrictDecodingError([`decoding args for plugin ${name}: strict decoding error: ${what}`])
  }
  return args
}

/** The one version of the configuration that there is. */
export const groupVersion = 'kubescheduler.config.k8s.io/v1'

function readArgs<Name extends ConfigurablePlugin>(
  name: Name,
  reader: StrictReader,
  defaults: PluginArgs,
): PluginArgs[Name] {
  return readers[name](reader, defaults[name])
}

/** Every field that stands there, so that none counts as unknown while only the kind is looked at. */
function topLevel(raw: unknown): readonly ('apiVersion' | 'kind')[] {
  const names = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.keys(raw) : []
  return [...names, ...typeMeta] as readonly ('apiVersion' | 'kind')[]
}

function duration(reader: StrictReader): number | undefined {
  const text = reader.string()
  return text === undefined ? undefined : parseDurationMs(text)
}

function strings(reader: StrictReader): readonly string[] {
  return reader.items().map((item) => item.string() ?? '')
}

function orDefault<T>(values: readonly T[], defaults: readonly T[]): readonly T[] {
  return values.length > 0 ? values : defaults
}

/** A weight of 0 counts as none given: 1. */
function resourceSpecs(reader: StrictReader): readonly ResourceSpec[] {
  return reader.items().map((item) => {
    const { name, weight } = item.fields('name', 'weight')
    return { name: name.string() ?? '', weight: weight.integer(64) || 1 }
  })
}

function shapePoints(reader: StrictReader): readonly UtilizationShapePoint[] {
  return reader.items().map((item) => {
    const { utilization, score } = item.fields('utilization', 'score')
    return { utilization: utilization.integer() ?? 0, score: score.integer() ?? 0 }
  })
}

function readStrategy(
  reader: StrictReader,
  defaults: readonly ResourceSpec[],
): PluginArgs['NodeResourcesFit']['scoringStrategy'] {
  const { type, resources, requestedToCapacityRatio } = reader.fields('type', 'resources', 'requestedToCapacityRatio')
  const ratio = requestedToCapacityRatio.fields('shape')
  return {
    // Validation refuses other values.
    type: (type.string() ?? '') as 'LeastAllocated',
    resources: orDefault(resourceSpecs(resources), defaults),
    ...(!requestedToCapacityRatio.isAbsent && { requestedToCapacityRatio: { shape: shapePoints(ratio.shape) } }),
  }
}

function readConstraint(reader: StrictReader): TopologySpreadConstraint {
  const read = reader.fields(
    'maxSkew',
    'topologyKey',
    'whenUnsatisfiable',
    'labelSelector',
    'minDomains',
    'nodeAffinityPolicy',
    'nodeTaintsPolicy',
    'matchLabelKeys',
  )
  const [minDomains, affinity, taints] = [
    read.minDomains.integer(),
    read.nodeAffinityPolicy.string(),
    read.nodeTaintsPolicy.string(),
  ]
  return {
    maxSkew: read.maxSkew.integer() ?? 0,
    topologyKey: read.topologyKey.string() ?? '',
    whenUnsatisfiable: read.whenUnsatisfiable.string() ?? '',
    ...(!read.labelSelector.isAbsent && { labelSelector: read.labelSelector.raw as object }),
    ...(minDomains !== undefined && { minDomains }),
    ...(affinity !== undefined && { nodeAffinityPolicy: affinity }),
    ...(taints !== undefined && { nodeTaintsPolicy: taints }),
    ...(!read.matchLabelKeys.isAbsent && { matchLabelKeys: strings(read.matchLabelKeys) }),
  }
}
