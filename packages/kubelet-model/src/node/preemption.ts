import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { qosClass } from '@kube-bonsai/component-helpers'
import { isCriticalPod } from '../status/pod-kind.ts'
import type { AdmittedPod } from './admission.ts'
import type { Shortage } from './predicates.ts'

/** How much of a resource is missing. */
type Missing = ReadonlyMap<string, bigint>

/** No pods of the node can make the room that a critical pod needs; the message is the kubelet's. */
export class PreemptionError extends Error {
  override readonly name = 'PreemptionError'

  constructor(missing: Missing) {
    const listed = [...missing].map(([resource, amount]) => `(res: ${resource}, q: ${amount}), `).join('')
    super(
      `preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [${listed}]`,
    )
  }
}

/** True when a pod may make room for another. @see pkg/kubelet/types/pod_update.go Preemptable */
export function isPreemptable(preemptor: Pod, pod: Pod): boolean {
  if (isCriticalPod(preemptor) && !isCriticalPod(pod)) return true
  const [high, low] = [preemptor.spec?.priority, pod.spec?.priority]
  return high !== undefined && low !== undefined && high > low
}

const amount = ({ requests }: AdmittedPod, resource: string): bigint =>
  resource === 'pods' ? 1n : (requests.get(resource) ?? 0n)

/**
 * The pods that make room for a critical pod: as few and as unimportant as can be. Throws PreemptionError when all of them
 * together would not do.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/preemption/preemption.go
 */
export function podsToPreempt(
  preemptor: Pod,
  others: readonly AdmittedPod[],
  short: readonly Shortage[],
): readonly Pod[] {
  const missing: Missing = new Map(
    short.map(({ resource, requested, used, capacity }) => [resource, requested - (capacity - used)]),
  )
  const byClass = (wanted: string) =>
    others.filter(({ pod }) => isPreemptable(preemptor, pod) && qosClass(pod) === wanted)
  const [bestEffort, burstable, guaranteed] = [byClass('BestEffort'), byClass('Burstable'), byClass('Guaranteed')]
  const never = without(missing, [...bestEffort, ...burstable, ...guaranteed])
  if (never.size > 0) throw new PreemptionError(never)
  const fromGuaranteed = nearest(guaranteed, without(missing, [...bestEffort, ...burstable]))
  const fromBurstable = nearest(burstable, without(missing, [...bestEffort, ...fromGuaranteed]))
  const fromBestEffort = nearest(bestEffort, without(missing, [...fromBurstable, ...fromGuaranteed]))
  return [...fromBestEffort, ...fromBurstable, ...fromGuaranteed].map(({ pod }) => pod)
}

/** What is still missing once these pods are gone. */
function without(missing: Missing, pods: readonly AdmittedPod[]): Missing {
  const left = [...missing].map(([resource, wanted]): [string, bigint] => {
    const freed = pods.reduce((sum, pod) => sum + amount(pod, resource), 0n)
    return [resource, wanted - freed]
  })
  return new Map(left.filter(([, wanted]) => wanted > 0n))
}

/** Takes pod after pod, each time the one that leaves the least missing, of equal ones the smaller. */
function nearest(pods: readonly AdmittedPod[], wanted: Missing): readonly AdmittedPod[] {
  const candidates = [...pods]
  const taken: AdmittedPod[] = []
  let missing = wanted
  while (missing.size > 0) {
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (const [index, pod] of candidates.entries()) {
      const distance = distanceTo(missing, pod)
      const chosen = candidates[best]
      if (distance < least || (distance === least && chosen !== undefined && isSmaller(pod, chosen))) {
        least = distance
        best = index
      }
    }
    const found = candidates[best]
    const last = candidates.pop()
    if (found === undefined || last === undefined) throw new PreemptionError(missing)
    if (best < candidates.length) candidates[best] = last
    taken.push(found)
    missing = without(missing, [found])
  }
  return taken
}

function distanceTo(missing: Missing, pod: AdmittedPod): number {
  let sum = 0
  for (const [resource, wanted] of missing) {
    const left = wanted - amount(pod, resource)
    if (left > 0n) sum += (Number(left) / Number(wanted)) ** 2
  }
  return sum
}

function isSmaller(left: AdmittedPod, right: AdmittedPod): boolean {
  for (const resource of ['memory', 'cpu']) {
    const [one, other] = [amount(left, resource), amount(right, resource)]
    if (one !== other) return one < other
  }
  return true
}
