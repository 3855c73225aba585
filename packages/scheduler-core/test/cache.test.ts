import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SchedulerCache } from '../src/index.ts'
import { makeNode, makePod, placed } from './helpers.ts'

function inZone(name: string, zone: string) {
  return { ...makeNode(name, '4'), metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } } }
}

const names = (cache: SchedulerCache) => cache.view().nodes.map(({ name }) => name)

describe('the cache', () => {
  test('takes the zones in turn', () => {
    const cache = new SchedulerCache()
    for (const node of [inZone('a1', 'a'), inZone('a2', 'a'), inZone('a3', 'a'), inZone('b1', 'b')]) cache.putNode(node)
    expect(names(cache)).toEqual(['a1', 'b1', 'a2', 'a3'])
    cache.putNode(inZone('a1', 'b'))
    expect(names(cache)).toEqual(['a2', 'b1', 'a3', 'a1'])
  })

  test('counts an assumed pod until it is forgotten, and a second assumption is an error', () => {
    const cache = new SchedulerCache()
    cache.putNode(makeNode('a', '4'))
    const pod = makePod('web', '1')
    cache.assume(pod, 'a')
    expect(() => cache.assume(pod, 'a')).toThrow("is in the cache, so can't be assumed")
    expect(cache.view().get('a')?.requested.milliCPU).toBe(1000)
    cache.forget('uid-web')
    expect(cache.view().get('a')?.requested.milliCPU).toBe(0)
    const nameless = { ...pod, metadata: { name: 'web' } }
    expect(() => cache.assume(nameless, 'a')).toThrow('cannot get cache key for pod with empty UID')
  })

  test('names the nodes that changed since an earlier view', () => {
    const cache = new SchedulerCache()
    for (const name of ['a', 'b', 'c']) cache.putNode(makeNode(name, '4'))
    const { version } = cache.view()
    expect(cache.view().changedSince(version)).toEqual([])
    cache.assume(makePod('web', '1'), 'b')
    cache.removeNode('c')
    expect(cache.view().changedSince(version)).toEqual(['b', 'c'])
    expect(cache.view().changedSince(version + 1000)).toBeUndefined()
  })

  test('a snapshot stays as it was', () => {
    const cache = new SchedulerCache()
    cache.putNode(makeNode('a', '4'))
    const before = cache.snapshot()
    cache.assume(makePod('web', '1'), 'a')
    expect(before.get('a')?.pods).toEqual([])
    expect(cache.snapshot().get('a')?.pods).toHaveLength(1)
  })

  test('what a node counts is the sum over its pods, and an index by changes is never behind', () => {
    const step = fc.record({ do: fc.nat(4), pod: fc.nat(6), node: fc.nat(2) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (script) => {
        const cache = new SchedulerCache()
        const index = new Map<string, number>()
        let version = cache.view().version
        for (const { do: action, pod, node } of script) {
          const [info, name] = [makePod(`p${pod}`, `${pod + 1}`), `n${node}`]
          const uid = `uid-p${pod}`
          if (action === 0) cache.putNode(makeNode(name, '64'))
          else if (action === 1) cache.removeNode(name)
          else if (action === 2 && cache.nodeOf(uid) === undefined) cache.assume(info, name)
          else if (action === 3) cache.putPod(placed(info, cache.nodeOf(uid) ?? name))
          else if (action === 4) cache.removePod(uid)
          const view = cache.view()
          for (const changed of view.changedSince(version) ?? []) {
            const count = view.get(changed)?.pods.length
            if (count === undefined) index.delete(changed)
            else index.set(changed, count)
          }
          version = view.version
          for (const { name: known, pods, requested } of view.nodes) {
            expect(index.get(known)).toBe(pods.length)
            const sum = pods.reduce((total, one) => total + one.requests.milliCPU, 0)
            expect(requested.milliCPU).toBe(sum)
          }
          expect(index.size).toBe(view.nodes.length)
        }
      }),
    )
  })
})
