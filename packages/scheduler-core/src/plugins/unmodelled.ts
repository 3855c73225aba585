import type { PodSpec } from '@kube-bonsai/api-types/core/v1'
import { unresolvable } from '../framework/status.ts'
import type { Plugin } from './plugin.ts'

/** Hard constraints of plugins that are not here yet: a pod with one is refused rather than placed wrongly. */
const constraints: readonly {
  readonly plugin: string
  readonly feature: string
  readonly used: (spec: PodSpec) => boolean
}[] = [
  {
    plugin: 'PodTopologySpread',
    feature: 'topologySpreadConstraints with whenUnsatisfiable: DoNotSchedule',
    used: (spec) => (spec.topologySpreadConstraints ?? []).some((entry) => entry.whenUnsatisfiable === 'DoNotSchedule'),
  },
  {
    plugin: 'InterPodAffinity',
    feature: 'required podAffinity and podAntiAffinity',
    used: ({ affinity }) =>
      [affinity?.podAffinity, affinity?.podAntiAffinity].some(
        (terms) => (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0,
      ),
  },
  { plugin: 'DynamicResources', feature: 'resourceClaims', used: (spec) => (spec.resourceClaims ?? []).length > 0 },
]

/** Says which constraint is not modelled; never lets a pod with it through. */
export function unmodelled(name: string): Plugin {
  const constraint = constraints.find(({ plugin }) => plugin === name)
  return {
    name,
    // Nothing that happens in the cluster helps.
    eventsToRegister: () => [],
    preFilter: (_state, { pod }) =>
      constraint !== undefined && pod.spec !== undefined && constraint.used(pod.spec)
        ? { status: unresolvable(`unsupported: ${name} (${constraint.feature})`) }
        : undefined,
  }
}
