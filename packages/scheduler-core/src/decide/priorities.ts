import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { PriorityClass } from '@kube-bonsai/api-types/scheduling/v1'
import { SnapshotError } from './snapshot-error.ts'

const builtIn: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
])

/** The pod with the priority and preemption policy that admission would give it. Throws SnapshotError for an unknown class. */
export function withPriority(pod: Pod, classes: readonly PriorityClass[]): Pod {
  const spec = pod.spec
  if (spec === undefined) return pod
  const filled = (priority: number, policy: string | undefined, className = spec.priorityClassName): Pod => ({
    ...pod,
    spec: {
      ...spec,
      priority,
      preemptionPolicy: spec.preemptionPolicy ?? policy ?? 'PreemptLowerPriority',
      ...(className !== undefined && { priorityClassName: className }),
    },
  })
  if (spec.priority !== undefined) return filled(spec.priority, undefined)
  const name = spec.priorityClassName ?? ''
  if (name === '') {
    const general = classes
      .filter((entry) => entry.globalDefault === true)
      .reduce<PriorityClass | undefined>((low, entry) => (low && low.value <= entry.value ? low : entry), undefined)
    if (general === undefined) return filled(0, undefined)
    return filled(general.value, general.preemptionPolicy, general.metadata.name ?? '')
  }
  const system = builtIn.get(name)
  if (system !== undefined) return filled(system, undefined)
  const named = classes.find((entry) => entry.metadata.name === name)
  if (named !== undefined) return filled(named.value, named.preemptionPolicy)
  const object = `Pod ${pod.metadata.namespace}/${pod.metadata.name}`
  throw new SnapshotError(`${object}: no PriorityClass with name ${name} was found`, {
    object,
    field: 'spec.priorityClassName',
  })
}
