import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { defaultPluginArgs } from './default-args.ts'
import { defaultMultiPoint } from './default-plugins.ts'
import type { PluginSet, Plugins, ProfileConfig, SchedulerConfiguration } from './types.ts'

const empty: PluginSet = { enabled: [], disabled: [] }

/** Plugins at no point but MultiPoint. */
export function multiPointOnly(multiPoint: PluginSet): Plugins {
  return { ...noPlugins, multiPoint }
}

/** No plugin at any point. */
export const noPlugins: Plugins = {
  multiPoint: empty,
  preEnqueue: empty,
  queueSort: empty,
  preFilter: empty,
  filter: empty,
  postFilter: empty,
  preScore: empty,
  score: empty,
  reserve: empty,
  permit: empty,
  preBind: empty,
  bind: empty,
  postBind: empty,
}

/** The profile of a scheduler that nobody configured. */
export function defaultProfile(gates: FeatureGates, schedulerName: string = 'default-scheduler'): ProfileConfig {
  const enabled = defaultMultiPoint(gates)
  const args = defaultPluginArgs(gates)
  const used = new Set(enabled.map(({ name }) => name))
  return {
    schedulerName,
    plugins: multiPointOnly({ enabled, disabled: [] }),
    pluginConfig: Object.entries(args)
      .filter(([name]) => used.has(name))
      .map(([name, value]) => ({ name, args: value })),
  }
}

/** What the scheduler does when nobody configured it. */
export function defaultConfiguration(gates: FeatureGates): SchedulerConfiguration {
  return {
    parallelism: 16,
    percentageOfNodesToScore: 0,
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 10,
    profiles: [defaultProfile(gates)],
  }
}
