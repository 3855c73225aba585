import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { ExtensionPoint } from '../framework/extension-points.ts'

/** A plugin that is switched on; weights matter to Score only. */
export interface EnabledPlugin {
  readonly name: string
  readonly weight?: number
}

/** What a profile says about one extension point. `*` among the disabled ones means all. */
export interface PluginSet {
  readonly enabled: readonly EnabledPlugin[]
  readonly disabled: readonly EnabledPlugin[]
}

/** What a profile says about each extension point, and about all that a plugin extends. */
export type Plugins = Readonly<Record<ExtensionPoint | 'multiPoint', PluginSet>>

/** The arguments of one plugin. */
export interface PluginConfig {
  readonly name: string
  readonly args: unknown
}

/** One profile, complete: the default plugins are merged in, arguments have their defaults. */
export interface ProfileConfig {
  readonly schedulerName: string
  readonly percentageOfNodesToScore?: number
  readonly plugins: Plugins
  readonly pluginConfig: readonly PluginConfig[]
}

/** What the scheduler takes from a KubeSchedulerConfiguration, complete. */
export interface SchedulerConfiguration {
  readonly parallelism: number
  /** 0 adapts to the size of the cluster. */
  readonly percentageOfNodesToScore: number
  readonly podInitialBackoffSeconds: number
  readonly podMaxBackoffSeconds: number
  readonly profiles: readonly ProfileConfig[]
}

/** What defaults depend on. */
export interface ConfigOptions {
  readonly gates: FeatureGates
}
