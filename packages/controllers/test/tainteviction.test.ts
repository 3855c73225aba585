import type { Node, Taint, Toleration } from '@kube-bonsai/api-types/core/v1'
import type { Unstructured } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evictingTaints, evictionDelay } from '../src/tainteviction/delay.ts'
import { TestCluster } from './support/cluster.ts'

const noExecute = (key: string, value?: string): Taint => ({ key, effect: 'NoExecute', ...(value && { value }) })
const stays = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
})

describe('how long a pod may stay', () => {
  it('is no time without a toleration, and for ever with one that has no end', () => {
    expect(evictionDelay([noExecute('a')], [])).toBe(0)
    expect(evictionDelay([noExecute('a')], [stays('a')])).toBeUndefined()
    expect(evictionDelay([noExecute('a'), noExecute('b')], [stays('a')])).toBe(0)
  })

  it('is the shortest of the times that it tolerates its taints', () => {
    expect(evictionDelay([noExecute('a'), noExecute('b')], [stays('a', 30), stays('b', 5)])).toBe(5000)
    expect(evictionDelay([noExecute('a'), noExecute('b')], [stays('a', 30), stays('b')])).toBe(30_000)
    expect(evictionDelay([noExecute('a')], [stays('a', -3)])).toBe(0)
  })

  it('knows Gt and Lt where their gate is on', () => {
    const fast: Toleration = { key: 'speed', operator: 'Gt', value: '5' }
    const options = { comparisonOperators: true }
    expect(evictionDelay([noExecute('speed', '7')], [fast], options)).toBeUndefined()
    expect(evictionDelay([noExecute('speed', '3')], [fast], options)).toBe(0)
    expect(evictionDelay([noExecute('speed', '7')], [fast])).toBe(0)
  })

  it('never grows with another taint, and never shrinks with a toleration of everything for ever in front', () => {
    const keys = fc.constantFrom('a', 'b', 'c')
    const taints = fc.array(
      keys.map((key) => noExecute(key)),
      { maxLength: 4 },
    )
    const tolerations = fc.array(
      fc.tuple(keys, fc.option(fc.integer({ min: 0, max: 9 }))).map(([key, time]) => stays(key, time ?? undefined)),
      { maxLength: 4 },
    )
    const length = (delay: number | undefined) => delay ?? Number.POSITIVE_INFINITY
    fc.assert(
      fc.property(taints, keys, tolerations, (present, key, given) => {
        const before = length(evictionDelay(present, given))
        expect(length(evictionDelay([...present, noExecute(key)], given))).toBeLessThanOrEqual(before)
        expect(length(evictionDelay(present, [{ operator: 'Exists' }, ...given]))).toBe(Number.POSITIVE_INFINITY)
      }),
    )
  })

  it('looks at NoExecute alone', () => {
    expect(evictingTaints([{ key: 'a', effect: 'NoSchedule' }, noExecute('b')])).toEqual([noExecute('b')])
  })
})

describe('the controller', () => {
  const start = async (tolerations: readonly Toleration[]) => {
    const cluster = new TestCluster({ controllers: ['taint-eviction-controller'] })
    const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, spec: {} }
    await cluster.client.nodes().create(node)
    const pod: Unstructured = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'i' }], tolerations },
    }
    await cluster.client
      .dynamic({ group: '', version: 'v1', resource: 'pods', namespaced: true })
      .namespace('default')
      .create(pod)
    await cluster.clock.advance(1000)
    const taint = async (taints: readonly Taint[]) => {
      const current = await cluster.client.nodes().get('node-1')
      await cluster.client.nodes().update({ ...current, spec: { taints } })
      await cluster.clock.advance(1000)
    }
    const pods = async () =>
      (await cluster.client.pods('default').list()).items.filter(({ metadata }) => !metadata.deletionTimestamp).length
    return { cluster, taint, pods }
  }

  it('deletes pods that do not tolerate a taint of their node', async () => {
    const { cluster, taint, pods } = await start([])
    await taint([noExecute('gone')])
    expect(await pods()).toBe(0)
    expect(cluster.errors).toEqual([])
  })

  it('waits as long as the pod tolerates it, and calls it off when the taint goes', async () => {
    const { cluster, taint, pods } = await start([stays('gone', 60)])
    await taint([noExecute('gone')])
    await cluster.clock.advance(30_000)
    await taint([])
    await cluster.clock.advance(60_000)
    expect(await pods()).toBe(1)
    await taint([noExecute('gone')])
    await cluster.clock.advance(30_000)
    expect(await pods()).toBe(1)
    await cluster.clock.advance(31_000)
    expect(await pods()).toBe(0)
    expect(cluster.errors).toEqual([])
  })
})
