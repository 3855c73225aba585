import {
  deepEqual,
  duplicate,
  type FieldError,
  FieldPath,
  formatFieldError,
  invalid,
  type RenderedValue,
  required,
  structValue,
} from '@kube-bonsai/apimachinery'
import { formatDurationMs } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { extensionPoints } from '../framework/extension-points.ts'
import type { PluginArgs } from './plugin-args.ts'
import type { LeaderElection, RawConfiguration } from './read-configuration.ts'
import { type ConfigurablePlugin, groupVersion, isConfigurable } from './read-plugin-args.ts'
import type { PluginSet, ProfileConfig } from './types.ts'
import { validatePluginArgs } from './validate-plugin-args.ts'

type Errors = readonly (FieldError | string)[]

/** Plugins that v1 no longer has. */
const removed: ReadonlySet<string> = new Set(['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'])

/** What is wrong with a configuration, in upstream's words and order. @see pkg/scheduler/apis/config/validation/validation.go */
export function validateConfiguration(
  raw: RawConfiguration,
  profiles: readonly ProfileConfig[],
  gates: FeatureGates,
): readonly string[] {
  const { parallelism, podInitialBackoffSeconds: initial, podMaxBackoffSeconds: most } = raw
  const path = FieldPath.of
  const named = new Map<string, number>()
  const errors: Errors = [
    ...when(raw.burst < 0, invalid(path('clientConnection', 'burst'), raw.burst, 'must be non-negative')),
    ...leaderElectionErrors(raw.leaderElection),
    ...when(
      parallelism <= 0,
      invalid(path('parallelism'), parallelism, 'should be an integer value greater than zero'),
    ),
    ...profiles.flatMap((profile, index) => {
      const own = path('profiles').index(index)
      const twin = named.get(profile.schedulerName)
      named.set(profile.schedulerName, index)
      const again =
        twin === undefined
          ? []
          : // Upstream means to print where the other one is, but a path prints as an empty object.
            [duplicate(own.child('schedulerName'), {})]
      return [...profileErrors(own, profile, gates), ...again]
    }),
    ...queueSortErrors(profiles),
    ...percentageErrors(path('percentageOfNodesToScore'), raw.percentageOfNodesToScore),
    ...when(initial <= 0, invalid(path('podInitialBackoffSeconds'), initial, 'must be greater than 0')),
    ...when(
      most < initial,
      invalid(path('podMaxBackoffSeconds'), most, 'must be greater than or equal to PodInitialBackoffSeconds'),
    ),
  ]
  return errors.map((error) => (typeof error === 'string' ? error : formatFieldError(error)))
}

function when(wrong: boolean, ...errors: readonly FieldError[]): readonly FieldError[] {
  return wrong ? errors : []
}

function leaderElectionErrors(election: LeaderElection): Errors {
  if (!election.leaderElect) return []
  const path = FieldPath.of('leaderElection')
  const { leaseDuration, renewDeadline, retryPeriod, resourceLock } = election
  const positive = (name: string, value: number) =>
    when(value <= 0, invalid(path.child(name), formatDurationMs(value), 'must be greater than zero'))
  return [
    ...positive('leaseDuration', leaseDuration),
    ...positive('renewDeadline', renewDeadline),
    ...positive('retryPeriod', retryPeriod),
    // The value that is printed is the other one, as upstream has it.
    ...when(
      leaseDuration <= renewDeadline,
      invalid(path.child('leaseDuration'), formatDurationMs(renewDeadline), 'must be greater than `RenewDeadline`'),
    ),
    ...when(
      resourceLock !== 'leases',
      invalid(path.child('resourceLock'), resourceLock, 'resourceLock value must be "leases"'),
    ),
  ]
}

function percentageErrors(path: FieldPath, percentage: number | undefined): Errors {
  const wrong = percentage !== undefined && (percentage < 0 || percentage > 100)
  return when(wrong, invalid(path, percentage, 'not in valid range [0-100]'))
}

function profileErrors(path: FieldPath, profile: ProfileConfig, gates: FeatureGates): Errors {
  const { schedulerName, percentageOfNodesToScore, plugins, pluginConfig } = profile
  const seen = new Set<string>()
  return [
    ...when(schedulerName === '', required(path.child('schedulerName'))),
    ...percentageErrors(path.child('percentageOfNodesToScore'), percentageOfNodesToScore),
    ...extensionPoints.flatMap((point) =>
      plugins[point].enabled.flatMap(({ name }, index) =>
        removedErrors(path.child('plugins', point, 'enabled').index(index), name),
      ),
    ),
    ...pluginConfig.flatMap(({ name, args }, index) => {
      const own = path.child('pluginConfig').index(index)
      const again = seen.has(name)
      seen.add(name)
      return [
        ...when(again, duplicate(own, name)),
        ...removedErrors(own, name),
        // What stands here was read by `readPluginArgs` under the same name.
        ...(isConfigurable(name)
          ? validatePluginArgs(own.child('args'), name, args as PluginArgs[ConfigurablePlugin], gates)
          : []),
      ]
    }),
  ]
}

function removedErrors(path: FieldPath, name: string): Errors {
  const detail = `was invalid in version "v1" (KubeSchedulerConfiguration is version "${groupVersion}")`
  return when(removed.has(name), invalid(path, name, detail))
}

/** All profiles share one queue, so they must agree about its order. */
function queueSortErrors(profiles: readonly ProfileConfig[]): Errors {
  const [first, ...others] = profiles
  if (first === undefined) return []
  const canon = first.plugins.queueSort
  const count = canon.enabled.length
  const path = FieldPath.of('profiles')
  const argsOf = ({ pluginConfig }: ProfileConfig) =>
    pluginConfig.find(({ name }) => name === canon.enabled[0]?.name)?.args
  const only = 'only one queue sort plugin can be enabled'
  return [
    ...when(count > 1, invalid(path.index(0).child('plugins', 'queueSort', 'Enabled'), count, only)),
    ...others.flatMap((profile, index) => {
      const own = path.index(index + 1)
      const { queueSort } = profile.plugins
      const args = argsOf(profile)
      return [
        ...when(
          !deepEqual(canon, queueSort),
          invalid(own.child('plugins', 'queueSort'), printable(queueSort), 'must be the same for all profiles'),
        ),
        ...when(
          args !== undefined && !deepEqual(args, argsOf(first)),
          invalid(own.child('pluginConfig', 'args'), args, 'queueSort must be the same for all profiles'),
        ),
      ]
    }),
  ]
}

/** A plugin set as Go prints its own form of it. */
function printable({ enabled, disabled }: PluginSet): RenderedValue {
  const plugins = (list: PluginSet['enabled']) =>
    list.length === 0 ? null : list.map(({ name, weight }) => ({ Name: name, Weight: weight ?? 0 }))
  return structValue({ Enabled: plugins(enabled), Disabled: plugins(disabled) }, ['Enabled', 'Disabled'])
}
