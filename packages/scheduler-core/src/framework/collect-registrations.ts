import type { EventRegistration } from './events.ts'
import { type ExtensionPoint, extendsPoint, type PluginsByPoint } from './extension-points.ts'
import type { Plugin } from './interfaces.ts'

/** The changes that one plugin wants to hear of. */
export interface PluginRegistrations {
  readonly plugin: string
  readonly registrations: readonly EventRegistration[]
}

/** The points at which a plugin can turn a pod away for a time. */
const rejecting: readonly ExtensionPoint[] = ['preEnqueue', 'preFilter', 'filter', 'reserve', 'permit']

const everything: readonly EventRegistration[] = [{ resource: '*', actions: [] }]

/** Each plugin once, in the order in which they are first met. A plugin that does not say what it wants to hear of hears everything. */
export function collectRegistrations(plugins: PluginsByPoint): readonly PluginRegistrations[] {
  const found = new Set<Plugin>(Object.values(plugins).flat())
  return [...found]
    .filter((plugin) => rejecting.some((point) => extendsPoint(plugin, point)))
    .map((plugin) => ({
      plugin: plugin.name,
      registrations: withTaints(plugin.eventsToRegister?.() ?? everything),
    }))
}

/**
 * New nodes are tainted until they are ready, and plugins may have looked at them before: who waits for a node to come also hears of taints
 * that go.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/scheduler.go buildQueueingHintMap
 */
function withTaints(registrations: readonly EventRegistration[]): readonly EventRegistration[] {
  const ofNodes = registrations.filter(({ resource }) => resource === 'Node')
  const added = ofNodes.some(({ actions }) => actions.includes('Add'))
  const tainted = ofNodes.some(({ actions }) => actions.includes('UpdateNodeTaint') || actions.includes('Update'))
  return added && !tainted ? [...registrations, { resource: 'Node', actions: ['UpdateNodeTaint'] }] : registrations
}
