import { formatFieldErrors } from '@kube-bonsai/apimachinery'
import { withSigner } from '../batching/signers.ts'
import { SchedulerConfigError } from '../config/config-error.ts'
import type { NodeResourcesFitArgs } from '../config/plugin-args.ts'
import type { ProfileConfig } from '../config/types.ts'
import { validateFitArgs } from '../config/validate-plugin-args.ts'
import { type InTreePlugin, type InTreeRegistry, inTreeRegistry } from '../plugins/registry.ts'
import { expandPlugins, pluginsNeeded, scoreWeights } from './expand-plugins.ts'
import { Framework } from './framework.ts'
import type { Handle, PluginFactory } from './handle.ts'
import type { Plugin } from './interfaces.ts'
import type { WaitingPods } from './waiting-pods.ts'

/** What all profiles of a scheduler share. */
export interface FrameworkServices
  extends Omit<
    Handle,
    'profileName' | 'waitingPods' | 'waitingPod' | 'filterWithNominatedPods' | 'addPod' | 'removePod'
  > {
  readonly waiting: WaitingPods
}

/**
 * Makes the plugins of a profile and the framework that runs them. `own` are plugins beside upstream's, by name.
 * Throws SchedulerConfigError for a profile that names plugins nobody knows or that lacks one it must have.
 */
export function newFramework(
  profile: ProfileConfig,
  services: FrameworkServices,
  own: ReadonlyMap<string, PluginFactory> = new Map(),
): Framework {
  let framework: Framework | undefined
  const running = (): Framework => {
    if (framework === undefined) throw new Error('plugins cannot run anything before their framework is made')
    return framework
  }
  const { waiting, ...shared } = services
  const handle: Handle = {
    ...shared,
    profileName: profile.schedulerName,
    waitingPods: () => waiting.values(),
    waitingPod: (uid) => waiting.get(uid),
    filterWithNominatedPods: (state, pod, node) => running().filterWithNominatedPods(state, pod, node),
    addPod: (state, pod, added, node) => running().addPod(state, pod, added, node),
    removePod: (state, pod, removed, node) => running().removePod(state, pod, removed, node),
  }
  const args = new Map(profile.pluginConfig.map((entry) => [entry.name, entry.args]))
  const made = new Map<string, Plugin>()
  for (const name of pluginsNeeded(profile.plugins)) {
    const plugin = make(name, args.get(name), handle, own)
    if (plugin !== undefined) made.set(name, plugin)
  }
  framework = new Framework({
    profileName: profile.schedulerName,
    plugins: expandPlugins(profile, made),
    weights: scoreWeights(profile.plugins, made),
    nominations: services.nominations,
    waitingPods: waiting,
    now: services.now,
    ...(profile.percentageOfNodesToScore !== undefined && {
      percentageOfNodesToScore: profile.percentageOfNodesToScore,
    }),
  })
  return framework
}

function make(
  name: string,
  args: unknown,
  handle: Handle,
  own: ReadonlyMap<string, PluginFactory>,
): Plugin | undefined {
  const factory = own.get(name) ?? inTree(name)
  if (factory === undefined) return undefined
  try {
    if (name === 'NodeResourcesFit' && !own.has(name)) checkFitArgs(args)
    const plugin = factory(args, handle)
    return own.has(name) ? plugin : withSigner(plugin, handle.gates)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SchedulerConfigError([`initializing plugin ${JSON.stringify(name)}: ${reason}`])
  }
}

function checkFitArgs(args: unknown): void {
  const faults = validateFitArgs(args as NodeResourcesFitArgs)
  if (faults.length > 0) throw new SchedulerConfigError([formatFieldErrors(faults)])
}

/** The factory of one of upstream's plugins. Its arguments come from `parseConfiguration` or the defaults, which make them fit. */
function inTree(name: string): PluginFactory | undefined {
  return Object.hasOwn(inTreeRegistry, name) ? (inTreeRegistry[name as InTreePlugin] as PluginFactory) : undefined
}

export type { InTreeRegistry }
