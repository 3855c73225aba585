import type { PodSpec } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Program } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const stays: Program = {
  run: ({ terminated }) => terminated.then(() => 0),
}

function running(programs: Readonly<Record<string, Program>> = { app: stays }) {
  const node = fakeNode(programs)
  const change = (spec: Partial<PodSpec>) => {
    const known = node.get('p')
    if (known?.spec === undefined) throw new Error('no pod')
    const generation = (known.metadata.generation ?? 0) + 1
    node.set({ ...known, metadata: { ...known.metadata, generation }, spec: { ...known.spec, ...spec } })
  }
  return { node, change, observed: () => node.history.map(({ observedGeneration = 0 }) => observedGeneration) }
}

describe('Pod generation and observedGeneration (KEP-5067), as the kubelet tells it', () => {
  test('C5: a change during a slow sync is observed when that sync is over', async () => {
    const { node, change, observed } = running({ slow: { ...stays, sizeBytes: 2_000_000_000 } })
    node.set(boundPod('p', { containers: [{ name: 'app', image: 'slow:1' }] }))
    await node.clock.advance(5000)
    change({ activeDeadlineSeconds: 3600 })
    const pod = node.get('p')
    if (pod) node.set({ ...pod, metadata: { ...pod.metadata, labels: { touched: 'yes' } } })
    await node.clock.advance(5000)
    expect(node.get('p')?.status?.observedGeneration).toBe(1)
    await node.clock.advance(60_000)
    expect(node.get('p')?.status?.observedGeneration).toBe(2)
    expect(observed()).toEqual(observed().toSorted())
  })

  test('conditions carry the generation too', async () => {
    const { node, change } = running()
    node.set(boundPod('p'))
    await node.clock.advance(5000)
    change({ activeDeadlineSeconds: 3600 })
    await node.clock.advance(5000)
    const conditions = node.get('p')?.status?.conditions ?? []
    expect(conditions.map(({ type, observedGeneration }) => [type, observedGeneration])).toEqual(
      ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => [type, 2]),
    )
  })

  test('PROP: what is observed never exceeds the generation, never falls, and is the generation in the end', async () => {
    const step = fc.record({ after: fc.nat({ max: 30_000 }), restart: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.boolean(), async (steps, isSlow) => {
        const { node, change, observed } = running({ app: { ...stays, ...(isSlow && { sizeBytes: 3_000_000_000 }) } })
        node.set(boundPod('p'))
        let generation = 1
        for (const { after, restart } of steps) {
          await node.clock.advance(after)
          if (restart) await node.restart()
          change({ activeDeadlineSeconds: 100_000 - generation })
          generation++
          expect(Math.max(0, ...observed())).toBeLessThanOrEqual(generation)
        }
        await node.clock.advance(120_000)
        expect(observed()).toEqual(observed().toSorted((left, right) => left - right))
        expect(node.get('p')?.status?.observedGeneration).toBe(generation)
        expect(node.errors).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
