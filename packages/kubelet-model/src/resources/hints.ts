import type { NumaMask } from './numa-mask.ts'

/** Where a resource could come from; no affinity means that any node will do. */
export interface TopologyHint {
  readonly affinity?: NumaMask
  readonly preferred: boolean
}

/**
 * What one provider says of a pod or container, by resource name. null means no preference for the resource, an empty list
 * that it cannot be had; an empty record, or undefined, no preference for anything.
 */
export type ProviderHints = ReadonlyMap<string, readonly TopologyHint[] | null>

/** What a provider's silence and refusals stand for: one list of hints for each resource. */
export function hintLists(providers: readonly (ProviderHints | undefined)[]): readonly (readonly TopologyHint[])[] {
  return providers.flatMap((hints): readonly (readonly TopologyHint[])[] => {
    if (hints === undefined || hints.size === 0) return [[{ preferred: true }]]
    return [...hints.values()].map((list) => {
      if (list === null) return [{ preferred: true }]
      return list.length === 0 ? [{ preferred: false }] : list
    })
  })
}
