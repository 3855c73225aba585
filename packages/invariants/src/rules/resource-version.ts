import { isResourceVersion, orderResourceVersions } from '@kube-bonsai/resource-version'
import type { Rule } from '../rule.ts'
import { sameObject } from './same-object.ts'

const path = 'metadata.resourceVersion'

/** @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version */
export const resourceVersionIsComparable: Rule = {
  name: 'resource-version-is-comparable',
  description: 'Every resource version is a decimal number without leading zeros, greater than zero.',
  check(_, { object }) {
    const version = object.metadata.resourceVersion
    return isResourceVersion(version) ? [] : [{ path, expected: 'a positive decimal number', actual: version }]
  },
}

/** An ADDED event that repeats what is known, as after a new start of the watch, is not a change. */
export const resourceVersionIncreases: Rule = {
  name: 'resource-version-increases',
  description: 'Every change of an object has a greater resource version than the one before.',
  check({ previous }, { type, object }) {
    if (type === 'BOOKMARK' || !sameObject(previous, object)) return []
    const before = previous.metadata.resourceVersion
    const after = object.metadata.resourceVersion
    if (!isResourceVersion(before) || !isResourceVersion(after)) return []
    const order = orderResourceVersions(after, before)
    return order > 0 || (type === 'ADDED' && order === 0)
      ? []
      : [{ path, expected: `more than ${before}`, actual: after }]
  },
}

/** Initial events, which come in the order of keys, are left out. */
export const watchGoesForward: Rule = {
  name: 'watch-goes-forward',
  description: 'The resource versions that one watch shows never decrease.',
  check({ version, initial }, { object }) {
    const now = object.metadata.resourceVersion
    if (initial || !isResourceVersion(now) || !isResourceVersion(version)) return []
    return orderResourceVersions(now, version) >= 0 ? [] : [{ path, expected: `at least ${version}`, actual: now }]
  },
}
