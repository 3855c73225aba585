import { expectedGenerations, generationOf } from '../generation/expected-generation.ts'
import type { Rule } from '../rule.ts'
import { sameObject } from './same-object.ts'

const path = 'metadata.generation'

/** @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#metadata */
export const generationIsMonotonic: Rule = {
  name: 'generation-is-monotonic',
  description: 'The generation of an object never becomes smaller.',
  check({ previous }, { object }) {
    if (!sameObject(previous, object) || generationOf(object) >= generationOf(previous)) return []
    return [{ path, expected: `at least ${generationOf(previous)}`, actual: object.metadata.generation }]
  },
}

/** Needs every event: an informer that leaves out steps in between makes it see several changes as one. */
export const generationCountsSpecChanges: Rule = {
  name: 'generation-counts-spec-changes',
  description:
    'The generation grows by one when the spec changes and when a delete is asked for first, and at no other time.',
  check({ previous }, { type, object }) {
    if (type !== 'MODIFIED' || !sameObject(previous, object)) return []
    const expected = expectedGenerations(previous, object)
    if (expected.includes(generationOf(object))) return []
    return [{ path, expected: expected.length === 1 ? expected[0] : expected, actual: object.metadata.generation }]
  },
}

/** Looks at `status` and at its conditions. */
export const observedGenerationIsNotAhead: Rule = {
  name: 'observed-generation-is-not-ahead',
  description: 'Nobody can have seen a generation that does not exist yet.',
  check(_, { type, object }) {
    if (type === 'BOOKMARK') return []
    const limit = generationOf(object)
    return observations(object.status)
      .filter(({ value }) => value > limit)
      .map(({ path: where, value }) => ({ path: where, expected: `at most ${limit}`, actual: value }))
  },
}

interface Observation {
  readonly path: string
  readonly value: number
}

function observations(status: unknown): readonly Observation[] {
  if (typeof status !== 'object' || status === null) return []
  const conditions: readonly unknown[] =
    'conditions' in status && Array.isArray(status.conditions) ? status.conditions : []
  const places = [{ path: 'status', holder: status as unknown }].concat(
    conditions.map((holder, index) => ({ path: `status.conditions[${index}]`, holder })),
  )
  return places.flatMap(({ path: where, holder }) => {
    if (typeof holder !== 'object' || holder === null || !('observedGeneration' in holder)) return []
    const value = holder.observedGeneration
    return typeof value === 'number' ? [{ path: `${where}.observedGeneration`, value }] : []
  })
}
