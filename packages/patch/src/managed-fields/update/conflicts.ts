import { compareUtf8, newApplyConflict, quote, type StatusError } from '@kube-bonsai/apimachinery'
import { fieldSetPaths } from '../fields/field-set.ts'
import { type FieldSetPath, formatFieldSetPath } from '../fields/path-element.ts'
import type { ManagedSet, Manager } from './managers.ts'

/** A field that an apply would take from another manager. */
export interface Conflict {
  readonly manager: Manager
  readonly path: FieldSetPath
}

/** Thrown by an apply that takes fields from other managers and does not force. */
export class ApplyConflicts extends Error {
  override readonly name = 'ApplyConflicts'
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super(conflictMessage(conflicts))
    this.conflicts = conflicts
  }
}

/** The conflicts of sets that are wanted from their managers. */
export function conflictsOf(sets: readonly ManagedSet[]): readonly Conflict[] {
  return sets.flatMap(({ manager, fields }) => fieldSetPaths(fields).map((path) => ({ manager, path })))
}

/** The 409 that a client gets. */
export function conflictStatus(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describeManager(manager)}`,
    field: formatFieldSetPath(path),
  }))
  return newApplyConflict(causes, conflictMessage(conflicts))
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts
  if (only !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${describeManager(only.manager)}: ${formatFieldSetPath(only.path)}`
  }
  const groups = new Map<string, string[]>()
  for (const { manager, path } of conflicts) {
    const name = describeManager(manager)
    const paths = groups.get(name) ?? []
    groups.set(name, paths)
    paths.push(`- ${formatFieldSetPath(path)}`)
  }
  const sorted = [...groups].sort(([a], [b]) => compareUtf8(a, b))
  const lines = sorted.flatMap(([name, paths]) => [`conflicts with ${name}:`, ...paths])
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

function describeManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource ${quote(subresource)}`
  return `${quote(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
