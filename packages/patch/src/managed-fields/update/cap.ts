import { unionOf } from '../fields/field-set.ts'
import { isApplied, type Managed, type ManagedSet, managerKey, secondsOf } from './managers.ts'

/** How many managers of updates are told apart; the oldest of more are put together. */
export const maxUpdateManagers = 10

/** Puts the oldest managers of updates together, version by version, under the name `ancient-changes`. */
export function capUpdateManagers(managed: Managed): Managed {
  const updaters = [...managed].filter(([, set]) => !isApplied(set))
  if (updaters.length <= maxUpdateManagers) return managed
  updaters.sort(([a, x], [b, y]) => secondsOf(x.time) - secondsOf(y.time) || (a < b ? -1 : 1))
  const result = new Map(managed)
  const firsts = new Map<string, string>()
  let left = updaters.length
  for (const [key] of updaters) {
    if (left <= maxUpdateManagers) break
    const set = result.get(key)
    if (set === undefined) continue
    const { apiVersion, fields, time } = set
    const first = firsts.get(apiVersion)
    if (first === undefined) {
      firsts.set(apiVersion, key)
      continue
    }
    const manager = { manager: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' }
    const bucket = managerKey(manager)
    const known = result.get(bucket) ?? result.get(first)
    if (!result.has(bucket)) result.delete(first)
    const merged: ManagedSet = {
      manager,
      apiVersion,
      fields: unionOf(fields, known?.fields ?? {}),
      ...(time !== undefined && { time }),
    }
    result.set(bucket, merged)
    result.delete(key)
    left--
  }
  return result
}
