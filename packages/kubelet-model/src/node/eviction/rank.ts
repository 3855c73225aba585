import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { amountsOf } from '../../allocation/pod-amounts.ts'

/** A pod with the bytes of memory that it uses. */
export interface Ranked {
  readonly pod: Pod
  readonly memory: bigint
}

/**
 * Who goes first when memory is short: pods that use more than they asked for, then the less important, then those that use
 * the most beyond their request. @see pkg/kubelet/eviction/helpers.go rankMemoryPressure
 */
export function byMemoryPressure(left: Ranked, right: Ranked): number {
  const [one, other] = [amountsOf(left.pod).memory, amountsOf(right.pod).memory]
  const [over, otherOver] = [left.memory - one, right.memory - other]
  if (over > 0n !== otherOver > 0n) return over > 0n ? -1 : 1
  const priority = (left.pod.spec?.priority ?? 0) - (right.pod.spec?.priority ?? 0)
  if (priority !== 0) return priority
  return over === otherOver ? 0 : over > otherOver ? -1 : 1
}
