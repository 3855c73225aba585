import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultConfiguration,
  type KubeletConfiguration,
  loadConfiguration,
  type RuntimeCall,
} from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'

const minute = 60_000

async function collecting(
  configuration: KubeletConfiguration,
  more: { readonly imageDiskBytes?: number; readonly faults?: (call: RuntimeCall) => string | undefined } = {},
) {
  const node = fakeNode({}, undefined, more)
  await node.restart(() => {}, { configuration: defaultConfiguration(configuration) })
  const run = (name: string, image: string) =>
    node.set(boundPod(name, { containers: [{ name: 'app', image }], restartPolicy: 'Never' }))
  const gone = async (name: string) => {
    node.remove(name, 0)
    await node.clock.advance(3000)
  }
  return { node, run, gone, images: () => node.runtime.images().map(({ name }) => name) }
}

describe('Image GC after a maximum age (KEP-4210)', () => {
  test('C1: an image that was not used for more than an hour goes within five minutes', async () => {
    const { node, run, gone, images } = await collecting({ imageMaximumGCAge: '1h' })
    run('p', 'app:1')
    await node.clock.advance(6 * minute)
    await gone('p')
    await node.clock.advance(54 * minute)
    expect(images()).toEqual(['app:1'])
    await node.clock.advance(12 * minute)
    expect(images()).toEqual([])
    expect(node.kubelet.metrics.value('image_garbage_collected_total', { reason: 'age' })).toBe(1)
  })

  test('C2: one that was never used goes at the next pass, however new it is', async () => {
    const { node, images } = await collecting({ imageMaximumGCAge: '1h' })
    await node.clock.advance(124 * minute)
    node.runtime.preload('new:1')
    await node.clock.advance(2 * minute)
    expect(images()).toEqual([])
  })

  test('C3: nothing goes while the kubelet runs for exactly as long', async () => {
    const { node, images } = await collecting({ imageMaximumGCAge: '1h' })
    node.runtime.preload('old:1')
    await node.clock.advance(60 * minute)
    expect(images()).toEqual(['old:1'])
    await node.clock.advance(5 * minute)
    expect(images()).toEqual([])
  })

  test('C4: the wait begins again with the kubelet', async () => {
    const { node, images } = await collecting({ imageMaximumGCAge: '1h' })
    node.runtime.preload('old:1')
    await node.clock.advance(50 * minute)
    await node.restart(() => {}, { configuration: defaultConfiguration({ imageMaximumGCAge: '1h' }) })
    await node.clock.advance(50 * minute)
    expect(images()).toEqual(['old:1'])
    await node.clock.advance(20 * minute)
    expect(images()).toEqual([])
  })

  test('C5: pinned images and those of containers, running or not, stay', async () => {
    const { node, run, images } = await collecting({ imageMaximumGCAge: '1h' })
    node.runtime.preload('pinned:1', { pinned: true })
    run('p', 'app:1')
    node.set(
      boundPod('done', {
        restartPolicy: 'Never',
        containers: [{ name: 'app', image: 'busybox:1', command: ['true'] }],
      }),
    )
    await node.clock.advance(180 * minute)
    expect(node.get('done')?.status?.phase).toBe('Succeeded')
    expect(images().toSorted()).toEqual(['app:1', 'busybox:1', 'pinned:1'])
  })

  test('C6: removals that fail are told of at the second time', async () => {
    const faults = ({ call }: RuntimeCall) => (call === 'removeImage' ? 'read-only file system' : undefined)
    const { node, images } = await collecting({ imageMaximumGCAge: '1h' }, { faults })
    node.runtime.preload('old:1')
    const told = () => node.events.filter((event) => event.startsWith('node ImageGCFailed'))
    await node.clock.advance(65 * minute)
    expect(told()).toHaveLength(0)
    await node.clock.advance(5 * minute)
    expect(told()).toHaveLength(1)
    expect(told()[0]).toContain('read-only file system')
    expect(images()).toEqual(['old:1'])
  })

  test('a full disk is freed down to the low threshold, or the node says that it could not', async () => {
    const { node, run, images } = await collecting({}, { imageDiskBytes: 200_000_000 })
    for (const name of ['one:1', 'two:1']) node.runtime.preload(name)
    await node.clock.advance(6 * minute)
    run('p', 'app:1')
    run('q', 'other:1')
    await node.clock.advance(15 * minute)
    expect(images().toSorted()).toEqual(['app:1', 'other:1', 'two:1'])
    expect(node.kubelet.metrics.value('image_garbage_collected_total', { reason: 'space' })).toBe(1)
    run('r', 'third:1')
    run('s', 'fourth:1')
    await node.clock.advance(15 * minute)
    expect(images().toSorted()).toEqual(['app:1', 'fourth:1', 'other:1', 'third:1'])
    expect(node.events.findLast((event) => event.startsWith('node FreeDiskSpaceFailed'))).toContain(
      "Insufficient free disk space on the node's image filesystem (100% of 190.7 MiB used)",
    )
  })

  test('PROP: what is in use or pinned never goes, and nothing goes by age without an age', async () => {
    const image = fc.record({ used: fc.boolean(), pinned: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(image, { maxLength: 5 }), fc.boolean(), async (list, hasAge) => {
        const { node, run, images } = await collecting(hasAge ? { imageMaximumGCAge: '10m' } : {}, {
          imageDiskBytes: 150_000_000,
        })
        for (const [index, { used, pinned }] of list.entries()) {
          node.runtime.preload(`i${index}:1`, { pinned })
          if (used) run(`p${index}`, `i${index}:1`)
        }
        await node.clock.advance(40 * minute)
        for (const [index, { used, pinned }] of list.entries())
          if (used || pinned) expect(images()).toContain(`i${index}:1`)
        if (!hasAge)
          expect(node.kubelet.metrics.value('image_garbage_collected_total', { reason: 'age' })).toBeUndefined()
      }),
      { numRuns: 40 },
    )
  })

  test('BAD: ages below zero, and a maximum that is not above the minimum', () => {
    const load = (age: string) =>
      loadConfiguration({
        files: new Map([
          [
            '/k.yaml',
            `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nimageMaximumGCAge: ${age}\n`,
          ],
        ]),
        config: '/k.yaml',
      })
    expect(() => load('-1ns')).toThrow('imageMaximumGCAge -1ns must not be negative')
    expect(() => load('2m')).toThrow('imageMaximumGCAge 2m0s must be greater than imageMinimumGCAge 2m0s')
  })
})
