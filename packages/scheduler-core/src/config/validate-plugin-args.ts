import type { TopologySpreadConstraint } from '@kube-bonsai/api-types/core/v1'
import {
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isQualifiedName,
  notSupported,
  type RenderedValue,
  required,
  structListValue,
} from '@kube-bonsai/apimachinery'
import { formatDurationMs } from '@kube-bonsai/clock'
import { NodeSelectorError, nodeSelector, preferredNodeAffinity } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { PluginArgs, ResourceSpec, UtilizationShapePoint } from './plugin-args.ts'
import type { ConfigurablePlugin } from './read-plugin-args.ts'

type Errors = readonly (FieldError | string)[]

type Validators = {
  readonly [Name in ConfigurablePlugin]: (path: FieldPath, args: PluginArgs[Name], gates: FeatureGates) => Errors
}

const validators: Validators = {
  DefaultPreemption(path, { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: absolute }) {
    const [percentagePath, absolutePath] = [
      path.child('minCandidateNodesPercentage'),
      path.child('minCandidateNodesAbsolute'),
    ]
    const both = 'cannot be zero at the same time as '
    return [
      ...when(percentage < 0 || percentage > 100, invalid(percentagePath, percentage, 'not in valid range [0, 100]')),
      ...when(absolute < 0, invalid(absolutePath, absolute, 'not in valid range [0, inf)')),
      ...when(
        percentage === 0 && absolute === 0,
        invalid(percentagePath, percentage, `${both}minCandidateNodesAbsolute`),
        invalid(absolutePath, absolute, `${both}minCandidateNodesPercentage`),
      ),
    ]
  },
  DynamicResources(path, { filterTimeout, bindingTimeout }, gates) {
    const [filtering, binding] = [path.child('filterTimeout'), path.child('bindingTimeout')]
    const conditions = gates.enabled('DRADeviceBindingConditions') && gates.enabled('DRAResourceClaimDeviceStatus')
    const off = 'DRADeviceBindingConditions or DRAResourceClaimDeviceStatus feature gate is disabled'
    return [
      ...when(
        gates.enabled('DRASchedulerFilterTimeout') && (filterTimeout ?? 0) < 0,
        invalid(filtering, formatDurationMs(filterTimeout ?? 0), 'must be zero or positive'),
      ),
      ...when(
        !gates.enabled('DRASchedulerFilterTimeout') && filterTimeout !== undefined,
        forbidden(filtering, 'DRASchedulingFilterTimeout feature gate is disabled'),
      ),
      ...when(
        conditions && (bindingTimeout ?? 1000) < 1000,
        invalid(binding, formatDurationMs(bindingTimeout ?? 0), 'must be at least 1 second'),
      ),
      ...when(!conditions && bindingTimeout !== undefined, forbidden(binding, off)),
    ]
  },
  InterPodAffinity(path, { hardPodAffinityWeight: weight }) {
    const wrong = invalid(path.child('hardPodAffinityWeight'), weight, 'not in valid range [0, 100]')
    return when(weight < 0 || weight > 100, wrong)
  },
  NodeAffinity(path, { addedAffinity }) {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: needed,
      preferredDuringSchedulingIgnoredDuringExecution: wanted,
    } = addedAffinity ?? {}
    const own = path.child('addedAffinity')
    return [
      ...(needed === undefined
        ? []
        : selectorErrors(() => nodeSelector(needed, own.child('requiredDuringSchedulingIgnoredDuringExecution')))),
      ...(wanted === undefined
        ? []
        : selectorErrors(() =>
            preferredNodeAffinity(wanted, own.child('preferredDuringSchedulingIgnoredDuringExecution')),
          )),
    ]
  },
  NodeResourcesBalancedAllocation(path, { resources }) {
    const seen = new Set<string>()
    return resources.flatMap(({ name, weight }, index) => {
      const own = path.child('resources').index(index)
      const again = seen.has(name)
      seen.add(name)
      return [
        ...when(again, duplicate(own.child('name'), name)),
        ...when(weight !== 1, invalid(own.child('weight'), weight, 'must be 1')),
      ]
    })
  },
  // Upstream registers its check under a name that no plugin has, but the plugin runs it when it is made.
  NodeResourcesFit: () => [],
  PodTopologySpread(path, { defaultConstraints, defaultingType }) {
    const type = path.child('defaultingType')
    const known = defaultingType === 'System' || defaultingType === 'List'
    return [
      ...when(!known, notSupported(type, defaultingType, ['System', 'List'])),
      ...when(
        defaultingType === 'System' && defaultConstraints.length > 0,
        invalid(type, defaultingType, 'when .defaultConstraints are not empty'),
      ),
      ...defaultConstraints.flatMap((constraint, index) =>
        constraintErrors(path.child('defaultConstraints').index(index), constraint, defaultConstraints.slice(0, index)),
      ),
    ]
  },
  VolumeBinding(path, { bindTimeoutSeconds, shape }, gates) {
    const own = path.child('shape')
    const negative = 'invalid BindTimeoutSeconds, should not be a negative value'
    const unexpected = 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring'
    return [
      ...when(bindTimeoutSeconds < 0, invalid(path.child('bindTimeoutSeconds'), bindTimeoutSeconds, negative)),
      ...(gates.enabled('StorageCapacityScoring')
        ? shapeErrors(own, shape ?? [])
        : when(shape !== undefined, invalid(own, printableShape(shape ?? []), unexpected))),
    ]
  },
}

/** What is wrong with the arguments of a plugin, in upstream's words. @see pkg/scheduler/apis/config/validation/validation_pluginargs.go */
export function validatePluginArgs<Name extends ConfigurablePlugin>(
  path: FieldPath,
  name: Name,
  args: PluginArgs[Name],
  gates: FeatureGates,
): Errors {
  return validators[name](path, args, gates)
}

/** What is wrong with the arguments of NodeResourcesFit, which upstream finds only when it makes the plugin; paths have no parent then. */
export function validateFitArgs(args: PluginArgs['NodeResourcesFit']): readonly FieldError[] {
  const { ignoredResources, ignoredResourceGroups, scoringStrategy } = args
  const strategy = FieldPath.of('scoringStrategy')
  const types = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']
  const ratio = scoringStrategy.requestedToCapacityRatio
  return [
    ...ignoredResources.flatMap((name, index) => labelNameErrors(FieldPath.of('ignoredResources').index(index), name)),
    ...ignoredResourceGroups.flatMap((group, index) => {
      const own = FieldPath.of('ignoredResourceGroups').index(index)
      const slash = invalid(own, group, "resource group name can't contain '/'")
      return [...when(group.includes('/'), slash), ...labelNameErrors(own, group)]
    }),
    ...when(!types.includes(scoringStrategy.type), notSupported(strategy.child('type'), scoringStrategy.type, types)),
    ...resourceErrors(strategy.child('resources'), scoringStrategy.resources),
    ...(ratio === undefined ? [] : shapeErrors(strategy.child('shape'), ratio.shape)),
  ]
}

function when(wrong: boolean, ...errors: readonly FieldError[]): readonly FieldError[] {
  return wrong ? errors : []
}

function selectorErrors(read: () => unknown): Errors {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof NodeSelectorError) return [error.message]
    throw error
  }
}

function constraintErrors(
  path: FieldPath,
  constraint: TopologySpreadConstraint,
  before: readonly TopologySpreadConstraint[],
): readonly FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint
  const key = path.child('topologyKey')
  const action = path.child('whenUnsatisfiable')
  const actions = ['DoNotSchedule', 'ScheduleAnyway']
  const again = before.some(
    (other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable,
  )
  const deduced = 'constraint must not define a selector, as they deduced for each pod'
  return [
    ...when(maxSkew <= 0, invalid(path.child('maxSkew'), maxSkew, 'not in valid range (0, inf)')),
    ...(topologyKey === '' ? [required(key, 'can not be empty')] : labelNameErrors(key, topologyKey)),
    ...(whenUnsatisfiable === ''
      ? [required(action, 'can not be empty')]
      : when(!actions.includes(whenUnsatisfiable), notSupported(action, whenUnsatisfiable, actions))),
    ...when(labelSelector !== undefined, forbidden(path.child('labelSelector'), deduced)),
    ...when(again, duplicate(path, `{${topologyKey}, ${whenUnsatisfiable}}`)),
  ]
}

function labelNameErrors(path: FieldPath, name: string): readonly FieldError[] {
  return isQualifiedName(name).map((problem) => invalid(path, name, problem))
}

function resourceErrors(path: FieldPath, resources: readonly ResourceSpec[]): readonly FieldError[] {
  return resources.flatMap(({ name, weight }, index) => {
    const range = `resource weight of ${name} not in valid range (0, 100]`
    return when(weight <= 0 || weight > 100, invalid(path.index(index).child('weight'), weight, range))
  })
}

function shapeErrors(path: FieldPath, shape: readonly UtilizationShapePoint[]): readonly FieldError[] {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')]
  const unsorted = shape.findIndex(({ utilization }, index) => {
    const previous = shape[index - 1]
    return previous !== undefined && previous.utilization >= utilization
  })
  const order = 'values must be sorted in increasing order'
  return [
    ...when(unsorted >= 0, invalid(path.index(unsorted).child('utilization'), shape[unsorted]?.utilization, order)),
    ...shape.flatMap(({ utilization, score }, index) => {
      const own = path.index(index)
      return [
        ...when(
          utilization < 0 || utilization > 100,
          invalid(own.child('utilization'), utilization, 'not in valid range [0, 100]'),
        ),
        ...when(score < 0 || score > 10, invalid(own.child('score'), score, 'not in valid range [0, 10]')),
      ]
    }),
  ]
}

/** A shape as Go prints its own form of it. */
function printableShape(shape: readonly UtilizationShapePoint[]): RenderedValue {
  const points = shape.map(({ utilization, score }) => ({ Utilization: utilization, Score: score }))
  return structListValue(points, ['Utilization', 'Score'])
}
