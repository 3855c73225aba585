import type { PluginFactory } from './framework/handle.ts'
import { skip } from './framework/status.ts'

/** Tells the API where the pod goes. Skips where nothing is written. @see pkg/scheduler/framework/plugins/defaultbinder */
export const defaultBinder: PluginFactory<undefined> = (_args, { api }) => ({
  name: 'DefaultBinder',
  async bind(_state, { pod }, node) {
    if (api === undefined) return skip
    await api.bindPod(pod, node)
    return undefined
  },
})
