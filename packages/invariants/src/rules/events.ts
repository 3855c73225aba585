import type { Rule } from '../rule.ts'

/** Left out while the watch shows what exists already. */
export const eventsFitTheState: Rule = {
  name: 'events-fit-the-state',
  description: 'Only an object that was not there is ADDED; only one that was is MODIFIED or DELETED.',
  check({ previous, initial, complete }, { type, object }) {
    if (type === 'BOOKMARK' || initial) return []
    if (previous !== undefined) {
      return type === 'ADDED' ? [{ path: '', expected: 'MODIFIED or DELETED', actual: `ADDED ${object.kind}` }] : []
    }
    if (type === 'ADDED' || !complete) return []
    return [{ path: '', expected: 'ADDED', actual: `${type} of an object that was not there` }]
  },
}
