import type { Pod } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeNode, makePod, placed, setUp } from '../helpers.ts'

interface Sizes {
  readonly spec: number
  readonly allocated?: number
  readonly actual?: number
  readonly pending?: 'Infeasible' | 'Deferred'
}

/** A pod on the node that asks for `spec` cores and has others. */
function resized({ spec, allocated, actual, pending }: Sizes): Pod {
  const status = {
    name: 'main',
    image: 'app',
    imageID: '',
    ready: true,
    restartCount: 0,
    ...(allocated !== undefined && { allocatedResources: { cpu: `${allocated}` } }),
    ...(actual !== undefined && { resources: { requests: { cpu: `${actual}` } } }),
  }
  const conditions = pending ? [{ type: 'PodResizePending', status: 'True', reason: pending }] : []
  return placed(makePod('resized', `${spec}`, {}, { status: { containerStatuses: [status], conditions } }), 'node')
}

/** How many cores of a node of 20 a new pod can have beside it. */
function coresLeft(pod: Pod): number {
  let left = 0
  for (let cores = 1; cores <= 20; cores++) {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, makeNode('node', '20'))
    scheduler.podChanged(undefined, pod)
    scheduler.podChanged(undefined, makePod('new', `${cores}`))
    if (drain().some(({ type }) => type === 'bind')) left = cores
  }
  return left
}

describe('In-place Pod resize (KEP-1287)', () => {
  const sizes: readonly [string, Sizes, number][] = [
    ['what it asks for, before it is granted', { spec: 5, allocated: 1, actual: 1 }, 5],
    ['what is allocated, while it shrinks', { spec: 1, allocated: 4, actual: 2 }, 4],
    ['what it has, until that is taken back', { spec: 1, allocated: 1, actual: 3 }, 3],
    ['what it asks for while that is deferred', { spec: 5, allocated: 1, actual: 2, pending: 'Deferred' }, 5],
    ['the old size while the new one is infeasible', { spec: 15, allocated: 2, actual: 1, pending: 'Infeasible' }, 2],
    [
      'a new size that is smaller and infeasible as the old one',
      { spec: 1, allocated: 2, actual: 3, pending: 'Infeasible' },
      3,
    ],
    ['only what it asks for where no resources are reported', { spec: 2, allocated: 6 }, 2],
  ]
  it.each(sizes)('rule 8: a pod counts with %s', (_, size, counted) => {
    expect(20 - coresLeft(resized(size))).toBe(counted)
  })

  it('rule 8: counts the most of the three, and of two while the resize is infeasible', () => {
    const cores = fc.integer({ min: 1, max: 19 })
    const pending = fc.constantFrom(undefined, 'Deferred' as const, 'Infeasible' as const)
    fc.assert(
      fc.property(cores, cores, cores, pending, (spec, allocated, actual, reason) => {
        const { scheduler, drain } = setUp()
        scheduler.nodeChanged(undefined, makeNode('node', '20'))
        scheduler.podChanged(undefined, resized({ spec, allocated, actual, ...(reason && { pending: reason }) }))
        const counted = Math.max(allocated, actual, reason === 'Infeasible' ? 0 : spec)
        scheduler.podChanged(undefined, makePod('too-much', `${20 - counted}.1`))
        expect(drain().map(({ type }) => type)).toEqual(['failed'])
        scheduler.podChanged(undefined, makePod('fits', `${20 - counted}`))
        expect(drain().map(({ type }) => type)).toEqual(['bind'])
      }),
      { numRuns: 200 },
    )
  })

  it('rule 8: a drop wakes pods that wait for room, growth does not', () => {
    const { scheduler, drain, advance } = setUp()
    scheduler.nodeChanged(undefined, makeNode('node', '10'))
    let pod = resized({ spec: 6, allocated: 6, actual: 6 })
    scheduler.podChanged(undefined, pod)
    scheduler.podChanged(undefined, makePod('waits', '5'))
    expect(drain()).toMatchObject([{ type: 'failed' }])
    const becomes = (size: Sizes) => {
      const next = resized(size)
      scheduler.podChanged(pod, next)
      pod = next
      advance(2000)
      return drain().map(({ type }) => type)
    }
    expect(becomes({ spec: 7, allocated: 6, actual: 6 })).toEqual([])
    expect(becomes({ spec: 5, allocated: 6, actual: 6 })).toEqual(['failed'])
    expect(becomes({ spec: 5, allocated: 5, actual: 6 })).toEqual([])
    expect(becomes({ spec: 5, allocated: 5, actual: 5 })).toEqual(['bind'])
  })

  it('rule 8: a resize that turns out infeasible is such a drop', () => {
    const { scheduler, drain, advance } = setUp()
    scheduler.nodeChanged(undefined, makeNode('node', '10'))
    const asked = resized({ spec: 9, allocated: 2, actual: 2 })
    scheduler.podChanged(undefined, asked)
    scheduler.podChanged(undefined, makePod('waits', '5'))
    expect(drain()).toMatchObject([{ type: 'failed' }])
    scheduler.podChanged(asked, resized({ spec: 9, allocated: 2, actual: 2, pending: 'Infeasible' }))
    advance(2000)
    expect(drain()).toMatchObject([{ type: 'bind', node: 'node' }])
  })
})
