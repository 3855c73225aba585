import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '../src/api/apps.ts'
import type { Service } from '../src/api/core.ts'
import { sizeOf, totalSize } from '../src/deployment/counts.ts'
import { maxSurge, minAvailable } from '../src/deployment/limits.ts'
import { newRSNewReplicas, planScaleDown } from '../src/deployment/scaling.ts'
import { planSlices } from '../src/endpointslice/reconcile.ts'
import type { Endpoint, EndpointSlice } from '../src/endpointslice/types.ts'
import { countIndexes, firstFree, formatIndexes, hasIndex, parseIndexes, withIndexes } from '../src/job/indexes.ts'

const meta = (name: string) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
})
const limit = fc.oneof(
  fc.nat(5),
  fc.nat(100).map((n) => `${n}%`),
)

describe('a rolling update', () => {
  it('never exceeds its surge and never drops below its minimum, whatever becomes ready when', () => {
    const readiness = fc.array(fc.record({ fresh: fc.boolean(), grow: fc.boolean() }), { maxLength: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), limit, limit, readiness, (replicas, surge, unavailable, steps) => {
        const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } }
        const template = { spec: { containers: [] } }
        const spec = { replicas, selector: {}, template, strategy }
        const deployment: Deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('d'), spec }
        const make = (name: string, size: number, available: number): ReplicaSet => ({
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: meta(name),
          spec: { replicas: size, selector: {}, template },
          status: { availableReplicas: available },
        })
        let old = { size: replicas, available: replicas }
        let fresh = { size: 0, available: 0 }
        for (const step of steps) {
          const oldSet = make('old', old.size, old.available)
          const newSet = make('new', fresh.size, fresh.available)
          if (step.grow) fresh = { ...fresh, size: newRSNewReplicas(deployment, [oldSet, newSet], fresh.size) }
          else {
            for (const { set, size } of planScaleDown(deployment, newSet, [oldSet])) {
              expect(size).toBeLessThanOrEqual(sizeOf(set))
              old = { size, available: Math.min(old.available, size) }
            }
          }
          if (step.fresh && fresh.available < fresh.size) fresh = { ...fresh, available: fresh.available + 1 }
          expect(totalSize([make('o', old.size, 0), make('n', fresh.size, 0)])).toBeLessThanOrEqual(
            replicas + maxSurge(deployment),
          )
          expect(old.available + fresh.available).toBeGreaterThanOrEqual(minAvailable(deployment))
        }
      }),
    )
  })
})

describe('endpoint slices', () => {
  const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: meta('s'), spec: { clusterIP: '10.96.0.1' } }
  const ports = [{ name: '', port: 80, protocol: 'TCP' }]
  const endpoint = (n: number): Endpoint => ({
    addresses: [`10.0.0.${n}`],
    targetRef: { kind: 'Pod', name: `p${n}`, namespace: 'default' },
  })
  /** Empty lists are null in what the server returns. */
  const asServed = (slice: EndpointSlice) =>
    slice.endpoints.length > 0 ? slice : ({ ...slice, endpoints: null, ports: null } as unknown as EndpointSlice)
  const plan = (wanted: readonly number[], slices: readonly EndpointSlice[]) => {
    const { create, update, unchanged } = planSlices(
      service,
      'IPv4',
      wanted.length === 0 ? [] : [{ ports, endpoints: wanted.map(endpoint) }],
      slices,
      5,
    )
    const made = create.map(
      (slice, index): EndpointSlice => ({
        ...slice,
        metadata: { ...slice.metadata, ...meta(`${slices.length}-${index}-${wanted.join('')}`) },
      }),
    )
    return { writes: create.length + update.length, slices: [...unchanged, ...update, ...made].map(asServed) }
  }
  it('always hold each wanted endpoint once and never more than their limit; a second time nothing is written', () => {
    const sets = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(sets, (history) => {
        let slices: readonly EndpointSlice[] = []
        for (const wanted of history) {
          slices = plan(wanted, slices).slices
          const held = slices.flatMap((slice) => (slice.endpoints ?? []).map(({ addresses }) => addresses[0]))
          expect(held.sort()).toEqual(wanted.map((n) => `10.0.0.${n}`).sort())
          expect(Math.max(0, ...slices.map((slice) => slice.endpoints?.length ?? 0))).toBeLessThanOrEqual(5)
          expect(plan(wanted, slices).writes).toBe(0)
        }
      }),
    )
  })
})

describe('indexes', () => {
  const some = fc.uniqueArray(fc.nat(40), { maxLength: 30 })
  it('always survive being written and read, and free ones are never taken', () => {
    fc.assert(
      fc.property(some, fc.nat(45), (indexes, count) => {
        const intervals = withIndexes([], indexes)
        expect(countIndexes(intervals)).toBe(indexes.length)
        expect(parseIndexes(formatIndexes(intervals), 41)).toEqual(intervals)
        const free = firstFree(intervals, count, 41)
        expect(free).toHaveLength(Math.min(count, 41 - indexes.length))
        expect(free.some((index) => hasIndex(intervals, index))).toBe(false)
      }),
    )
  })
})
