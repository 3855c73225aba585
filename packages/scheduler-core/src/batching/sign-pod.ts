import type { PluginsByPoint } from '../framework/extension-points.ts'
import type { Plugin } from '../framework/interfaces.ts'
import type { PodInfo } from '../framework/pod-info.ts'

/** Says of a pod what its filtering and scoring depend on; pods of one signature fare alike. Undefined where that cannot be told. */
export type Signer = (pod: PodInfo) => string | undefined

/**
 * A signer for a profile: undefined when some plugin that filters or scores does not sign.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/runtime/framework.go SignPod
 */
export function newSigner({ preFilter, filter, preScore, score }: PluginsByPoint): Signer | undefined {
  const plugins = new Map<string, Plugin>()
  for (const plugin of [...preFilter, ...filter, ...preScore, ...score]) {
    if (plugin.sign === undefined) return undefined
    plugins.set(plugin.name, plugin)
  }
  return (pod) => sign(pod, plugins.values())
}

/** JSON with sorted keys. A plugin that refuses or throws leaves the pod unsigned, which costs nothing but speed. */
function sign(pod: PodInfo, plugins: Iterable<Plugin>): string | undefined {
  const fragments = new Map<string, unknown>([['v1.Pod.Spec.SchedulerName', pod.pod.spec?.schedulerName ?? '']])
  try {
    for (const plugin of plugins) {
      const result = plugin.sign?.(pod)
      if (result === undefined || 'code' in result) return undefined
      for (const [name, value] of result) fragments.set(name, value)
    }
    const names = [...fragments.keys()].sort()
    return `{${names.map((name) => `${JSON.stringify(name)}:${serialize(fragments.get(name))}`).join(',')}}`
  } catch {
    return undefined
  }
}

function serialize(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, sortedKeys)
  if (text === undefined) throw new TypeError('a fragment of a signature must be JSON')
  return text
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
