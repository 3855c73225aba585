import type { OwnerReference } from '@kube-bonsai/apimachinery'
import { foregroundFinalizer, type GraphNode, orphanFinalizer, waitsForDependents } from './graph.ts'

/** What an owner reference turned out to be. */
export type OwnerState = 'solid' | 'absent' | 'waiting'

/** What to do with a dependent. */
export type Verdict =
  | { readonly action: 'keep' }
  /** Takes references away, and keeps the object. */
  | { readonly action: 'release'; readonly owners: readonly string[] }
  | {
      readonly action: 'delete'
      readonly policy: 'Foreground' | 'Background' | 'Orphan'
      /** First stop blocking owners: a dependent waits in turn, so this may be a circle. */
      readonly unblock: boolean
    }

/**
 * Decides what becomes of an object whose owners were looked up.
 *
 * @see pkg/controller/garbagecollector/garbagecollector.go
 */
export function decide(
  node: GraphNode,
  owners: readonly { readonly reference: OwnerReference; readonly state: OwnerState }[],
  dependents: readonly GraphNode[],
): Verdict {
  if (owners.length === 0) return { action: 'keep' }
  const of = (state: OwnerState): readonly string[] =>
    owners.filter((owner) => owner.state === state).map((owner) => owner.reference.uid)
  const gone = [...of('absent'), ...of('waiting')]
  if (of('solid').length > 0) return gone.length === 0 ? { action: 'keep' } : { action: 'release', owners: gone }
  if (of('waiting').length > 0 && dependents.length > 0) {
    return { action: 'delete', policy: 'Foreground', unblock: dependents.some(waitsForDependents) }
  }
  const finalizers = node.object.metadata.finalizers ?? []
  if (finalizers.includes(orphanFinalizer)) return { action: 'delete', policy: 'Orphan', unblock: false }
  const policy = finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
  return { action: 'delete', policy, unblock: false }
}
