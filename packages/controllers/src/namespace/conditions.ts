import type { Condition } from '@kube-bonsai/apimachinery'
import { compare, timeText } from '../api/meta.ts'
import { findCondition } from '../conditions/set-condition.ts'

/** What stands in the way of a namespace's end. */
export interface NamespaceProblems {
  /** Failures of deletions. */
  readonly failures: readonly string[]
  /** `resource.group` and how many objects of it are left. */
  readonly remaining: ReadonlyMap<string, number>
  /** Finalizers and how many objects have them. */
  readonly finalizers: ReadonlyMap<string, number>
}

interface Verdict {
  readonly type: string
  readonly ok: readonly [reason: string, message: string]
  problem?(problems: NamespaceProblems): readonly [reason: string, message: string] | undefined
}

const sorted = (counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string =>
  [...counts]
    .map(([name, count]) => text(name, count))
    .sort(compare)
    .join(', ')

const verdicts: readonly Verdict[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    ok: ['ResourcesDiscovered', 'All resources successfully discovered'],
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    ok: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  },
  {
    type: 'NamespaceDeletionContentFailure',
    ok: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    problem: ({ failures }) => {
      if (failures.length === 0) return undefined
      const all = [...failures].sort(compare).join(', ')
      return ['ContentDeletionFailed', `Failed to delete all resource types, ${failures.length} remaining: ${all}`]
    },
  },
  {
    type: 'NamespaceContentRemaining',
    ok: ['ContentRemoved', 'All content successfully removed'],
    problem: ({ remaining }) => {
      if (remaining.size === 0) return undefined
      const all = sorted(remaining, (name, count) => `${name} has ${count} resource instances`)
      return ['SomeResourcesRemain', `Some resources are remaining: ${all}`]
    },
  },
  {
    type: 'NamespaceFinalizersRemaining',
    ok: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    problem: ({ finalizers }) => {
      if (finalizers.size === 0) return undefined
      const all = sorted(finalizers, (name, count) => `${name} in ${count} resource instances`)
      return ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${all}`]
    },
  },
]

/**
 * The conditions of a namespace that is being deleted; True means trouble.
 *
 * @returns the same list when nothing changes
 * @see pkg/controller/namespace/deletion/status_condition_utils.go
 */
export function namespaceConditions(
  old: readonly Condition[] | undefined,
  problems: NamespaceProblems,
  now: number,
): readonly Condition[] {
  const next = [...(old ?? [])]
  let changed = old === undefined
  for (const { type, ok, problem } of verdicts) {
    const found = problem?.(problems)
    const [reason, message] = found ?? ok
    const status = found === undefined ? 'False' : 'True'
    const current = findCondition(old, type)
    if (current?.status === status && current.reason === reason && current.message === message) continue
    changed = true
    const since = current?.status === status ? current.lastTransitionTime : undefined
    const condition = { type, status, lastTransitionTime: since ?? timeText(now), reason, message }
    if (current === undefined) next.push(condition)
    else next[next.indexOf(current)] = condition
  }
  return changed ? next : (old ?? [])
}
