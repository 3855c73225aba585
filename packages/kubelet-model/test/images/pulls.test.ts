import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultConfiguration,
  type KubeletConfiguration,
  type KubeletOptions,
  loadConfiguration,
  SimulatedRegistry,
} from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'

/** A node that pulls as it is configured, from a registry where every pull takes ten seconds. */
async function pulling(configuration: KubeletConfiguration, names: readonly string[]) {
  const registry = new SimulatedRegistry({
    images: Object.fromEntries(names.map((name) => [`${name}:1`, { pullMilliseconds: 10_000, sizeBytes: 2_000_000 }])),
  })
  const node = fakeNode({}, undefined, { registry })
  const more: Partial<KubeletOptions> = { configuration: defaultConfiguration(configuration) }
  await node.restart(() => {}, more)
  const start = node.clock.now()
  const done = new Map<string, number>()
  const run = async (seconds: number) => {
    for (const name of names) node.set(boundPod(name, { containers: [{ name: 'app', image: `${name}:1` }] }))
    for (let second = 0; second < seconds; second++) {
      await node.clock.advance(1000)
      for (const name of names) {
        if (node.get(name)?.status?.phase === 'Running' && !done.has(name))
          done.set(name, Math.round((node.clock.now() - start) / 1000))
      }
    }
  }
  return { node, registry, done, run }
}

const five = ['a', 'b', 'c', 'd', 'e']

describe('Parallel image pull limit (KEP-3673)', () => {
  test('C1: two at a time, and the events tell pulling from waiting', async () => {
    const { node, done, run } = await pulling({ serializeImagePulls: false, maxParallelImagePulls: 2 }, five)
    await run(40)
    expect([...done.values()]).toEqual([10, 10, 20, 20, 30])
    const took = node.events.flatMap(
      (event) => /^Pulled: Successfully .* in (.*) including waiting/.exec(event)?.[1] ?? [],
    )
    expect(took).toEqual(['10s (10s', '10s (10s', '10s (20s', '10s (20s', '10s (30s'])
    expect(node.kubelet.metrics.value('image_pull_duration_seconds', { image_size_in_bytes: '0-10MB' })).toBe(5)
  })

  test('C2: one after the other by default, in the order of the pods', async () => {
    const { done, run } = await pulling({}, five)
    await run(60)
    expect([...done]).toEqual(five.map((name, index) => [name, 10 * (index + 1)]))
  })

  test('C3: a pull that fails leaves its place to the next', async () => {
    const { node, registry, done, run } = await pulling({ serializeImagePulls: false, maxParallelImagePulls: 2 }, five)
    registry.breakDown('a', 'rpc error: code = Unknown desc = broken')
    await run(40)
    expect(node.get('a')?.status?.phase).toBe('Pending')
    expect(done.get('e')).toBeLessThanOrEqual(21)
  })

  test('C4: all at once without a limit', async () => {
    const { done, run } = await pulling({ serializeImagePulls: false }, five)
    await run(20)
    expect([...done.values()]).toEqual([10, 10, 10, 10, 10])
  })

  test('a registry is not asked more often than configured', async () => {
    const limits = { serializeImagePulls: false, registryPullQPS: 1, registryBurst: 2 }
    const { node, run } = await pulling(limits, five)
    await run(1)
    expect(node.events.filter((event) => event.includes('pull QPS exceeded'))).toHaveLength(3)
  })

  test('BAD: no limit below one, and none above it while pulls are serial', () => {
    const load = (text: string) =>
      loadConfiguration({
        files: new Map([
          ['/k.yaml', `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${text}\n`],
        ]),
        config: '/k.yaml',
      })
    expect(() => load('maxParallelImagePulls: 0')).toThrow('maxParallelImagePulls 0 must be a positive number')
    expect(() => load('maxParallelImagePulls: 5\nserializeImagePulls: true')).toThrow(
      'maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false',
    )
  })

  test('PROP: never more than allowed at a time, and every pull has its turn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }), async (limit, count) => {
        const names = Array.from({ length: count }, (_, index) => `i${index}`)
        const { node, done, run } = await pulling(
          { serializeImagePulls: limit === 1, maxParallelImagePulls: limit },
          names,
        )
        await run(10 * Math.ceil(count / limit) + 2)
        const times = [...done.values()]
        expect(times).toHaveLength(count)
        for (const time of times) expect(times.filter((other) => other === time).length).toBeLessThanOrEqual(limit)
        expect(node.errors).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

describe('images that cannot be pulled', () => {
  const waiting = (node: ReturnType<typeof fakeNode>) => node.get('p')?.status?.containerStatuses?.[0]?.state?.waiting

  test('are tried again, ten seconds doubling to five minutes, and start once they are there', async () => {
    const registry = new SimulatedRegistry({ isStrict: true })
    const node = fakeNode({}, undefined, { registry })
    node.set(boundPod('p', { containers: [{ name: 'app', image: 'r.example/app:1' }] }))
    await node.clock.advance(500)
    const missing =
      'rpc error: code = NotFound desc = failed to pull and unpack image "r.example/app:1": failed to resolve reference "r.example/app:1": r.example/app:1: not found'
    expect(waiting(node)).toEqual({ reason: 'ErrImagePull', message: missing })
    await node.clock.advance(3000)
    expect(waiting(node)).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "r.example/app:1": ErrImagePull: ${missing}`,
    })
    await node.clock.advance(1_200_000)
    const calls = registry.calls
    expect(calls).toBe(8)
    registry.publish('r.example/app:1')
    await node.clock.advance(310_000)
    expect(node.get('p')?.status?.phase).toBe('Running')
    expect(node.events).toContain('Failed: Error: ImagePullBackOff')
  })

  test('by a name that does not parse never reach a registry', async () => {
    const registry = new SimulatedRegistry()
    const node = fakeNode({}, undefined, { registry })
    node.set(boundPod('p', { containers: [{ name: 'app', image: 'Not An Image' }] }))
    await node.clock.advance(1000)
    expect(waiting(node)?.reason).toBe('InvalidImageName')
    expect(node.events.slice(0, 2).map((event) => event.split(':')[0])).toEqual(['InspectFailed', 'Failed'])
    expect(registry.calls).toBe(0)
  })

  test('from a registry that is out of reach are told so', async () => {
    const registry = new SimulatedRegistry()
    registry.breakDown('r.example/app', 'RegistryUnavailable: no route to host')
    const node = fakeNode({}, undefined, { registry })
    node.set(boundPod('p', { containers: [{ name: 'app', image: 'r.example/app:1' }] }))
    await node.clock.advance(500)
    expect(waiting(node)).toEqual({
      reason: 'RegistryUnavailable',
      message: 'image pull failed for r.example/app:1 because the registry is unavailable: no route to host',
    })
  })
})
