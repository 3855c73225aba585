import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import { featuresToSchedule } from '@kube-bonsai/component-helpers'
import type { StateKey } from '../framework/cycle-state.ts'
import type { PluginFactory } from '../framework/handle.ts'
import { skip, unresolvable } from '../framework/status.ts'

const neededKey: StateKey<readonly string[]> = { name: 'PreFilterNodeDeclaredFeatures' }

/**
 * A pod goes only to nodes that declare every feature it needs.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/nodedeclaredfeatures/nodedeclaredfeatures.go
 */
export const nodeDeclaredFeatures: PluginFactory<undefined> = (_args, { gates }) => {
  const enabled = gates.enabled('NodeDeclaredFeatures')
  return {
    name: 'NodeDeclaredFeatures',
    eventsToRegister: () => {
      if (!enabled) return []
      return [
        {
          resource: 'Node',
          actions: ['Add', 'UpdateNodeDeclaredFeature'],
          hint: (_pod, before, after) => {
            const [was, is] = [before as Node | undefined, after as Node]
            if (was === undefined) return 'Queue'
            return deepEqual(was.status?.declaredFeatures ?? [], is.status?.declaredFeatures ?? []) ? 'Skip' : 'Queue'
          },
        },
        {
          resource: 'Pod',
          actions: ['Update'],
          hint: ({ uid }, before, after) => {
            const [was, is] = [before as Pod, after as Pod]
            if (is.metadata.uid !== uid) return 'Skip'
            return deepEqual(featuresToSchedule(was), featuresToSchedule(is)) ? 'Skip' : 'Queue'
          },
        },
      ]
    },
    preFilter(state, { pod }) {
      const needed = enabled ? featuresToSchedule(pod) : []
      if (needed.length === 0) return { status: skip }
      state.write(neededKey, needed)
      return undefined
    },
    filter(state, _pod, { node }) {
      const declared = node?.status?.declaredFeatures ?? []
      const missing = (state.read(neededKey) ?? []).filter((name) => !declared.includes(name))
      if (missing.length === 0) return undefined
      return unresolvable(`node declared features check failed - unsatisfied requirements: ${missing.join(', ')}`)
    },
    sign: ({ pod }) => new Map([['v1.Pod.Spec.RequiredFeatures()', featuresToSchedule(pod)]]),
  }
}
