import { type IntOrString, scaledValue } from '../values/int-or-string.ts'

/**
 * How many nodes may have two pods of a DaemonSet while it rolls; a percentage of the nodes rounds up.
 *
 * @throws IntOrStringError for a text that is no percentage
 * @see pkg/controller/daemon/util/daemonset_util.go
 */
export function surgeCount(maxSurge: IntOrString | undefined, nodes: number): number {
  return scaledValue(maxSurge ?? 0, nodes, true)
}

/** How many nodes may be without a ready pod while a DaemonSet rolls; a percentage rounds up. @see surgeCount */
export function unavailableCount(maxUnavailable: IntOrString, nodes: number): number {
  return scaledValue(maxUnavailable, nodes, true)
}
