import type { StateKey } from './framework/cycle-state.ts'
import type { PluginFactory } from './framework/handle.ts'
import { defaultNormalize } from './framework/normalize.ts'
import { failure, skip, unresolvable, unschedulable } from './framework/status.ts'

/** Written by PreFilter: later points fail without it, as when an earlier plugin ended PreFilter. */
const stateKey: StateKey<true> = { name: 'DynamicResources' }

/**
 * What dynamic resource allocation says about pods without claims. Pods with claims are refused: allocating devices is not modelled.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go
 */
export const dynamicResources: PluginFactory = (_args, { gates }) => {
  const extended = gates.enabled('DRAExtendedResource')
  return {
    name: 'DynamicResources',
    // Nothing that happens in the cluster frees a pod that this refuses.
    eventsToRegister: () => [],
    preFilter(state, { pod }) {
      state.write(stateKey, true)
      if ((pod.spec?.resourceClaims ?? []).length === 0) return { status: skip }
      return { status: unresolvable('unsupported: DynamicResources (spec.resourceClaims)') }
    },
    filter: () => undefined,
    postFilter(state) {
      if (state.read(stateKey) === undefined) return { status: failure('not found') }
      return { status: unschedulable('no new claims to deallocate') }
    },
    score: () => 0,
    normalizeScore: (_state, _pod, scores) => defaultNormalize(scores, false),
    reserve: (state) => (state.read(stateKey) === undefined ? failure('not found') : undefined),
    preBindPreFlight: () => skip,
    preBind: async () => undefined,
    sign({ pod }) {
      if (extended) return unschedulable('signature disabled when dra extended resources enabled')
      if ((pod.spec?.resourceClaims ?? []).length === 0) return new Map()
      return unschedulable('pods with dra resource claims are not signable')
    },
  }
}
