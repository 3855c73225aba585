import type { Taint } from '@kube-bonsai/api-types/core/v1'

/** True when a list holds a taint with the same key and effect. Values do not count. */
export function taintExists(taints: readonly Taint[], taint: Taint): boolean {
  return taints.some((one) => sameTaint(one, taint))
}

/** What must be added to and removed from `old` to get the keys and effects of `wanted`. */
export function taintSetDiff(
  wanted: readonly Taint[],
  old: readonly Taint[],
): { readonly add: readonly Taint[]; readonly remove: readonly Taint[] } {
  return {
    add: wanted.filter((taint) => !taintExists(old, taint)),
    remove: old.filter((taint) => !taintExists(wanted, taint)),
  }
}

/**
 * The list with a taint in it: in the place of the one with its key and effect, or at the end. Returns `taints` itself
 * when the taint is there already, just so.
 */
export function addOrUpdateTaint(taints: readonly Taint[], taint: Taint): readonly Taint[] {
  if (!taintExists(taints, taint)) return [...taints, taint]
  if (taints.some((one) => sameTaint(one, taint) && equalTaint(one, taint))) return taints
  return taints.map((one) => (sameTaint(one, taint) ? taint : one))
}

/** The list without the taints of the same key and effect. Returns `taints` itself when there are none. */
export function deleteTaint(taints: readonly Taint[], taint: Taint): readonly Taint[] {
  return without(taints, (one) => sameTaint(one, taint))
}

/** The list without the taints of a key. Returns `taints` itself when there are none. */
export function deleteTaintsByKey(taints: readonly Taint[], key: string): readonly Taint[] {
  return without(taints, (one) => (one.key ?? '') === key)
}

/** A taint as people write it: `key=value:Effect`, `key:Effect`, `key=value:`, `key`. */
export function formatTaint({ key = '', value = '', effect = '' }: Partial<Taint>): string {
  if (effect === '') return value === '' ? key : `${key}=${value}:`
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`
}

const sameTaint = (left: Taint, right: Taint): boolean =>
  (left.key ?? '') === (right.key ?? '') && (left.effect ?? '') === (right.effect ?? '')

const equalTaint = (left: Taint, right: Taint): boolean =>
  (left.value ?? '') === (right.value ?? '') && left.timeAdded === right.timeAdded

function without(taints: readonly Taint[], unwanted: (taint: Taint) => boolean): readonly Taint[] {
  return taints.some(unwanted) ? taints.filter((taint) => !unwanted(taint)) : taints
}
