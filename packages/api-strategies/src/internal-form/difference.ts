import { indentedInternal } from './internal-value.ts'
import { unifiedDiff } from './unified-diff.ts'

/**
 * How two objects differ in upstream's internal form, as refusals show it.
 *
 * @param type the Go name of an internal type: `PersistentVolumeClaim`
 * @returns the empty string for equal ones
 */
export function internalDifference(type: string, before: unknown, after: unknown): string {
  return unifiedDiff(indentedInternal(type, before), indentedInternal(type, after))
}
