import type { Rule } from '../rule.ts'
import { sameObject } from './same-object.ts'

/** A shorter grace period moves the time nearer, which is fine. */
export const deletionIsFinal: Rule = {
  name: 'deletion-is-final',
  description: 'A deletion timestamp, once set, is never taken away and never moves later.',
  check({ previous }, { type, object }) {
    if (type === 'BOOKMARK' || !sameObject(previous, object)) return []
    const before = previous.metadata.deletionTimestamp
    const after = object.metadata.deletionTimestamp
    // The times of the API have one form and one zone, so that text order is their order.
    if (before === undefined || (after !== undefined && after <= before)) return []
    return [{ path: 'metadata.deletionTimestamp', expected: `${before} or earlier`, actual: after }]
  },
}

/** The other way round, a new object may take the name of a deleted one at any time. */
export const uidStays: Rule = {
  name: 'uid-stays',
  description: 'Another uid under the same name is another object, which can appear only after the first was deleted.',
  check({ previous }, { type, object }) {
    if (type === 'BOOKMARK' || previous === undefined) return []
    const { uid } = previous.metadata
    return uid === object.metadata.uid ? [] : [{ path: 'metadata.uid', expected: uid, actual: object.metadata.uid }]
  },
}

/** `creationTimestamp` and the other facts of birth. */
export const birthStays: Rule = {
  name: 'birth-stays',
  description: 'The creation timestamp of an object never changes.',
  check({ previous }, { type, object }) {
    if (type === 'BOOKMARK' || !sameObject(previous, object)) return []
    const { creationTimestamp: before } = previous.metadata
    const { creationTimestamp: after } = object.metadata
    return before === after ? [] : [{ path: 'metadata.creationTimestamp', expected: before, actual: after }]
  },
}
