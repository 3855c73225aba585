import { parseDurationMs } from '@kube-bonsai/clock'
import { extensionPoints } from '../framework/extension-points.ts'
import { noPlugins } from './default-configuration.ts'
import type { StrictReader } from './strict-reader.ts'
import type { PluginSet, Plugins } from './types.ts'

/** A profile as it is written. */
export interface RawProfile {
  readonly schedulerName?: string
  readonly percentageOfNodesToScore?: number
  readonly plugins?: Plugins
  readonly pluginConfig: readonly { readonly name: string; readonly args: unknown }[]
}

/** Leader election, of which the scheduler here makes no use. Times in milliseconds. */
export interface LeaderElection {
  readonly leaderElect: boolean
  readonly leaseDuration: number
  readonly renewDeadline: number
  readonly retryPeriod: number
  readonly resourceLock: string
  readonly resourceName: string
  readonly resourceNamespace: string
}

/** A configuration as it is written, with the defaults of what is not about profiles. */
export interface RawConfiguration {
  readonly parallelism: number
  readonly percentageOfNodesToScore: number
  readonly podInitialBackoffSeconds: number
  readonly podMaxBackoffSeconds: number
  readonly leaderElection: LeaderElection
  readonly burst: number
  readonly profiles: readonly RawProfile[]
  readonly hasExtenders: boolean
}

/** Reads a KubeSchedulerConfiguration. Throws SchedulerConfigError where a value has the wrong type. */
export function readConfiguration(reader: StrictReader): RawConfiguration {
  const read = reader.fields(
    'apiVersion',
    'kind',
    'parallelism',
    'leaderElection',
    'clientConnection',
    'enableProfiling',
    'enableContentionProfiling',
    'percentageOfNodesToScore',
    'podInitialBackoffSeconds',
    'podMaxBackoffSeconds',
    'profiles',
    'extenders',
    'delayCacheUntilActive',
  )
  read.enableProfiling.boolean()
  read.enableContentionProfiling.boolean()
  read.delayCacheUntilActive.boolean()
  return {
    parallelism: read.parallelism.integer() ?? 16,
    percentageOfNodesToScore: read.percentageOfNodesToScore.integer() ?? 0,
    podInitialBackoffSeconds: read.podInitialBackoffSeconds.integer(64) ?? 1,
    podMaxBackoffSeconds: read.podMaxBackoffSeconds.integer(64) ?? 10,
    leaderElection: readLeaderElection(read.leaderElection),
    burst: readClientConnection(read.clientConnection),
    profiles: read.profiles.items().map(readProfile),
    hasExtenders: read.extenders.items().length > 0,
  }
}

function readLeaderElection(reader: StrictReader): LeaderElection {
  const read = reader.fields(
    'leaderElect',
    'leaseDuration',
    'renewDeadline',
    'retryPeriod',
    'resourceLock',
    'resourceName',
    'resourceNamespace',
  )
  const milliseconds = (field: StrictReader, otherwise: number) => parseDurationMs(field.string() || '0s') || otherwise
  return {
    leaderElect: read.leaderElect.boolean() ?? true,
    leaseDuration: milliseconds(read.leaseDuration, 15_000),
    renewDeadline: milliseconds(read.renewDeadline, 10_000),
    retryPeriod: milliseconds(read.retryPeriod, 2000),
    resourceLock: read.resourceLock.string() || 'leases',
    resourceName: read.resourceName.string() || 'kube-scheduler',
    resourceNamespace: read.resourceNamespace.string() || 'kube-system',
  }
}

function readClientConnection(reader: StrictReader): number {
  const read = reader.fields('kubeconfig', 'acceptContentTypes', 'contentType', 'qps', 'burst')
  read.kubeconfig.string()
  read.acceptContentTypes.string()
  read.contentType.string()
  read.qps.number()
  return read.burst.integer() || 100
}

function readProfile(reader: StrictReader): RawProfile {
  const read = reader.fields('schedulerName', 'percentageOfNodesToScore', 'plugins', 'pluginConfig')
  const [schedulerName, percentageOfNodesToScore] = [
    read.schedulerName.string(),
    read.percentageOfNodesToScore.integer(),
  ]
  return {
    ...(schedulerName !== undefined && { schedulerName }),
    ...(percentageOfNodesToScore !== undefined && { percentageOfNodesToScore }),
    ...(!read.plugins.isAbsent && { plugins: readPlugins(read.plugins) }),
    pluginConfig: read.pluginConfig.items().map((item) => {
      const { name, args } = item.fields('name', 'args')
      return { name: name.string() ?? '', args: args.raw }
    }),
  }
}

function readPlugins(reader: StrictReader): Plugins {
  const points = [...extensionPoints, 'multiPoint'] as const
  const read = reader.fields(...points)
  const sets = points.map((point) => [point, readPluginSet(read[point])] as const)
  return { ...noPlugins, ...Object.fromEntries(sets) }
}

function readPluginSet(reader: StrictReader): PluginSet {
  const { enabled, disabled } = reader.fields('enabled', 'disabled')
  const list = (field: StrictReader) =>
    field.items().map((item) => {
      const { name, weight } = item.fields('name', 'weight')
      const value = weight.integer()
      return { name: name.string() ?? '', ...(value !== undefined && { weight: value }) }
    })
  return { enabled: list(enabled), disabled: list(disabled) }
}
