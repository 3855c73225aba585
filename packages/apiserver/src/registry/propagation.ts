import type { Target } from '../context.ts'

/** The parts of delete options that say what becomes of dependents. */
export interface Propagation {
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
}

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

/**
 * The finalizers with which an object waits for the garbage collector; the same list when nothing changes.
 * @see staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go deletionFinalizersForGarbageCollection
 */
export function withPropagation(target: Target, finalizers: readonly string[], asked: Propagation): readonly string[] {
  const fallback = target.strategy.defaultGarbageCollection
  if (fallback === 'unsupported') return finalizers
  const wanted = policyOf(asked) ?? kept(finalizers) ?? (fallback === 'orphan' ? 'Orphan' : 'Background')
  const own = wanted === 'Orphan' ? orphan : wanted === 'Foreground' ? foreground : undefined
  const others = finalizers.filter((name) => name !== orphan && name !== foreground)
  const next = own === undefined ? others : [...others, own]
  const same = next.length === finalizers.length && next.every((name) => finalizers.includes(name))
  return same ? finalizers : next
}

/** The finalizers of a namespace that is asked to go: garbage collection never adds any unless it is told to. */
export function namespaceFinalizers(finalizers: readonly string[], asked: Propagation): readonly string[] {
  const { orphanDependents, propagationPolicy } = asked
  if (orphanDependents === undefined && propagationPolicy === undefined) return finalizers
  const policy = orphanDependents === undefined ? propagationPolicy : orphanDependents ? 'Orphan' : 'Foreground'
  const others = finalizers.filter((name) => name !== orphan && name !== foreground)
  return policy === 'Orphan' ? [...others, orphan] : policy === 'Foreground' ? [...others, foreground] : others
}

function policyOf({ orphanDependents, propagationPolicy }: Propagation): string | undefined {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background'
  return propagationPolicy
}

/** What the finalizers that are there already say; `orphan` wins, as it is looked for first. */
function kept(finalizers: readonly string[]): string | undefined {
  const found = finalizers.find((name) => name === orphan || name === foreground)
  return found === undefined ? undefined : found === orphan ? 'Orphan' : 'Foreground'
}
