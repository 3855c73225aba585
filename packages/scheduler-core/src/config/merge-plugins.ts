import type { EnabledPlugin, PluginSet, Plugins } from './types.ts'

/** What a profile says, merged into the defaults: see `mergePluginSet`. */
export function mergePlugins(defaults: Plugins, own: Plugins): Plugins {
  const points = Object.keys(defaults) as (keyof Plugins)[]
  const merged = points.map((point) => [point, mergePluginSet(defaults[point], own[point])] as const)
  return { ...defaults, ...Object.fromEntries(merged) }
}

/**
 * A default plugin that is listed again is replaced in its place; disabled ones (`*`: all) go; the rest of the profile's own follow.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/apis/config/v1/default_plugins.go mergePluginSet
 */
export function mergePluginSet(defaults: PluginSet, own: PluginSet): PluginSet {
  const disabled = [...own.disabled, ...defaults.disabled].map(({ name }) => ({ name }))
  const off = new Set(disabled.map(({ name }) => name))
  // Of two that carry the same name, the later one stands in for the default; the other one stays, to be refused.
  const ownIndex = new Map(own.enabled.map(({ name }, index) => [name, index]))
  const replaced = new Set<number>()
  const kept: EnabledPlugin[] = []
  for (const plugin of off.has('*') ? [] : defaults.enabled) {
    if (off.has(plugin.name)) continue
    const index = ownIndex.get(plugin.name)
    if (index !== undefined) replaced.add(index)
    kept.push(own.enabled[index ?? -1] ?? plugin)
  }
  return { enabled: [...kept, ...own.enabled.filter((_, index) => !replaced.has(index))], disabled }
}
