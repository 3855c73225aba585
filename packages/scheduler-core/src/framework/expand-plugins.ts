import { SchedulerConfigError } from '../config/config-error.ts'
import type { Plugins, ProfileConfig } from '../config/types.ts'
import {
  type ExtensionPoint,
  extendsPoint,
  extensionPoints,
  type PluginsByPoint,
  pluginsByPoint,
} from './extension-points.ts'
import type { Plugin } from './interfaces.ts'

/** How upstream's errors name the points. */
const interfaceNames: Readonly<Record<ExtensionPoint, string>> = {
  preFilter: 'PreFilterPlugin',
  filter: 'FilterPlugin',
  postFilter: 'PostFilterPlugin',
  reserve: 'ReservePlugin',
  preScore: 'PreScorePlugin',
  score: 'ScorePlugin',
  preBind: 'PreBindPlugin',
  bind: 'BindPlugin',
  postBind: 'PostBindPlugin',
  permit: 'PermitPlugin',
  preEnqueue: 'PreEnqueuePlugin',
  queueSort: 'QueueSortPlugin',
}

/** The names of all plugins that a profile uses anywhere. */
export function pluginsNeeded(plugins: Plugins): ReadonlySet<string> {
  return new Set(Object.values(plugins).flatMap(({ enabled }) => enabled.map(({ name }) => name)))
}

/**
 * Which plugins run at which point, in order: those that a point overrides first, then MultiPoint's, then the point's others.
 * Throws SchedulerConfigError for plugins that are missing, doubled, or switched on where they have nothing to do.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/runtime/framework.go expandMultiPointPlugins
 */
export function expandPlugins(profile: ProfileConfig, made: ReadonlyMap<string, Plugin>): PluginsByPoint {
  const byPoint: Record<ExtensionPoint, readonly Plugin[]> = { ...pluginsByPoint([]) }
  for (const point of extensionPoints) byPoint[point] = listed(point, profile.plugins, made)
  if (profile.plugins.multiPoint.enabled.length > 0) {
    for (const point of extensionPoints) byPoint[point] = withMultiPoint(point, profile.plugins, made, byPoint[point])
  }
  const name = JSON.stringify(profile.schedulerName)
  if (byPoint.queueSort.length !== 1) {
    const count = byPoint.queueSort.length
    throw new SchedulerConfigError([
      `only one queue sort plugin required for profile with scheduler name ${name}, but got ${count}`,
    ])
  }
  if (byPoint.bind.length === 0) {
    throw new SchedulerConfigError([`at least one bind plugin is needed for profile with scheduler name ${name}`])
  }
  return byPoint
}

/** The weight of each score plugin: the one at Score goes before MultiPoint's, none means 1. Throws when the sum could overflow. */
export function scoreWeights(plugins: Plugins, made: ReadonlyMap<string, Plugin>): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  let total = 0
  for (const { name, weight } of [...plugins.score.enabled, ...plugins.multiPoint.enabled]) {
    if (made.get(name)?.score === undefined || weights.has(name)) continue
    weights.set(name, weight || 1)
    total += (weight || 1) * 100
    if (total > Number.MAX_SAFE_INTEGER) {
      throw new SchedulerConfigError(['total score of Score plugins could overflow'])
    }
  }
  return weights
}

function listed(point: ExtensionPoint, plugins: Plugins, made: ReadonlyMap<string, Plugin>): readonly Plugin[] {
  const found = new Map<string, Plugin>()
  for (const { name } of plugins[point].enabled) {
    const plugin = existing(point, name, made)
    if (!extendsPoint(plugin, point)) {
      throw new SchedulerConfigError([`plugin ${JSON.stringify(name)} does not extend ${interfaceNames[point]} plugin`])
    }
    if (found.has(name)) throw doubled(point, name)
    found.set(name, plugin)
  }
  return [...found.values()]
}

function withMultiPoint(
  point: ExtensionPoint,
  plugins: Plugins,
  made: ReadonlyMap<string, Plugin>,
  own: readonly Plugin[],
): readonly Plugin[] {
  const disabled = new Set(plugins[point].disabled.map(({ name }) => name))
  if (disabled.has('*')) return own
  const ownNames = new Set(plugins[point].enabled.map(({ name }) => name))
  const overridden = new Set<string>()
  const fromMultiPoint = new Map<string, Plugin>()
  for (const { name } of plugins.multiPoint.enabled) {
    const plugin = existing(point, name, made)
    if (!extendsPoint(plugin, point) || disabled.has(name)) continue
    if (ownNames.has(name)) {
      overridden.add(name)
      continue
    }
    if (fromMultiPoint.has(name)) throw doubled(point, name)
    fromMultiPoint.set(name, plugin)
  }
  const named = plugins[point].enabled.flatMap(({ name }) => {
    const plugin = made.get(name)
    return plugin === undefined ? [] : [{ name, plugin }]
  })
  const first = named.filter(({ name }) => overridden.has(name)).map(({ plugin }) => plugin)
  const last = named.filter(({ name }) => !overridden.has(name)).map(({ plugin }) => plugin)
  return [...first, ...fromMultiPoint.values(), ...last]
}

function existing(point: ExtensionPoint, name: string, made: ReadonlyMap<string, Plugin>): Plugin {
  const plugin = made.get(name)
  if (plugin !== undefined) return plugin
  throw new SchedulerConfigError([`${interfaceNames[point]} ${JSON.stringify(name)} does not exist`])
}

function doubled(point: ExtensionPoint, name: string): SchedulerConfigError {
  return new SchedulerConfigError([`plugin ${JSON.stringify(name)} already registered as "${interfaceNames[point]}"`])
}
