import type { Plugin } from './interfaces.ts'

/** The points at which plugins can be switched on and off, in the order in which upstream sets them up. */
export const extensionPoints = [
  'preFilter',
  'filter',
  'postFilter',
  'reserve',
  'preScore',
  'score',
  'preBind',
  'bind',
  'postBind',
  'permit',
  'preEnqueue',
  'queueSort',
] as const

/** A point at which a plugin can be switched on and off. */
export type ExtensionPoint = (typeof extensionPoints)[number]

/** The plugins of a profile at each point, in the order in which they run. */
export type PluginsByPoint = Readonly<Record<ExtensionPoint, readonly Plugin[]>>

/** True when the plugin has what the point needs. */
export function extendsPoint(plugin: Plugin, point: ExtensionPoint): boolean {
  if (point === 'reserve') return plugin.reserve !== undefined || plugin.unreserve !== undefined
  return plugin[point] !== undefined
}

/** Every plugin at every point that it extends, in the order of the list. */
export function pluginsByPoint(plugins: readonly Plugin[]): PluginsByPoint {
  const at = (point: ExtensionPoint) => plugins.filter((plugin) => extendsPoint(plugin, point))
  return {
    preFilter: at('preFilter'),
    filter: at('filter'),
    postFilter: at('postFilter'),
    reserve: at('reserve'),
    preScore: at('preScore'),
    score: at('score'),
    preBind: at('preBind'),
    bind: at('bind'),
    postBind: at('postBind'),
    permit: at('permit'),
    preEnqueue: at('preEnqueue'),
    queueSort: at('queueSort'),
  }
}
