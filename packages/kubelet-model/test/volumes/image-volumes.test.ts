import type { Container, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, it } from 'vitest'
import { type FileSystem, type RegistryImage, SimulatedRegistry } from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'
import { configured, HostNode } from '../node/host-node.ts'

const reference = 'r.example/data:v1'
const data = { '/hello': 'world', '/dir/deep': 'x', '/dir/bytes': new Uint8Array([0, 255]) }

type Mount = NonNullable<Container['volumeMounts']>[number]
type Image = NonNullable<Volume['image']>

const mounting = (name: string, mount: Partial<Mount> = {}, more: Partial<Container> = {}): Container => ({
  name,
  image: 'app:1',
  volumeMounts: [{ name: 'v', mountPath: '/data', ...mount }],
  ...more,
})

function podWith(containers: readonly Container[], image: Partial<Image> = {}): Pod {
  return boundPod('p', { volumes: [{ name: 'v', image: { reference, ...image } }], containers })
}

interface World {
  readonly images?: Readonly<Record<string, RegistryImage>>
  readonly mountsImages?: boolean
}

function world({ images = { [reference]: { files: data } }, mountsImages = true }: World = {}) {
  const registry = new SimulatedRegistry({ images: { 'app:1': {}, ...images }, isStrict: true })
  const node = fakeNode({}, undefined, { registry, mountsImages })
  const files = (name: string): FileSystem =>
    node.runtime.files(node.runtime.list('uid-p').findLast((record) => record.name === name)!.id)
  const state = (name: string) => node.get('p')?.status?.containerStatuses?.find((each) => each.name === name)?.state
  const run = async (pod: Pod) => {
    node.set(pod)
    await node.clock.advance(20_000)
  }
  const value = (metric: string) => {
    const line = node.kubelet.metrics.text().match(new RegExp(`^kubelet_image_volume_${metric}_total (.*)$`, 'm'))
    return line ? Number(line[1]) : 0
  }
  return { ...node, node, registry, files, state, run, value }
}

describe('Image volumes (KEP-4639)', () => {
  it('C1: shows the files of an image, refuses writes, and pulls once for two containers', async () => {
    const { run, files, events, value } = world()
    await run(podWith([mounting('a'), mounting('b', { mountPath: '/other', readOnly: false })]))
    expect(files('a').read('/data/hello')).toBe('world')
    expect([...files('b').readBytes('/other/dir/bytes')]).toEqual([0, 255])
    for (const change of [
      () => files('b').write('/other/hello', ''),
      () => files('b').write('/other/new', ''),
      () => files('b').remove('/other/hello'),
      () => files('b').changeMode('/other/hello', 0o777),
    ]) {
      expect(change).toThrow('Read-only file system')
    }
    expect(events.filter((event) => event === `Pulling: Pulling image "${reference}"`)).toHaveLength(1)
    expect([value('requested'), value('mounted_succeed'), value('mounted_errors')]).toEqual([2, 2, 0])
  })

  it('C2: a subPath shows that part only; one that is not there keeps only its own container from being made', async () => {
    const { run, files, state, value } = world()
    await run(
      podWith([
        mounting('a', { subPath: 'dir' }),
        mounting('b', { subPath: 'nope' }),
        mounting('c', { subPath: 'hello' }),
      ]),
    )
    expect(files('a').list('/data')).toEqual(['bytes', 'deep'])
    expect(files('c').read('/data')).toBe('world')
    expect(state('b')?.waiting).toEqual({
      reason: 'CreateContainerError',
      message: 'ImageVolumeMountFailed: stat nope: no such file or directory',
    })
    expect(state('a')?.running).toBeDefined()
    expect(value('mounted_errors')).toBeGreaterThan(0)
  })

  it('C3: an image that is not there: ErrImagePull, then back-off; once it is published, its container starts', async () => {
    const { run, state, registry, clock, events } = world({ images: {} })
    await run(podWith([mounting('a'), { name: 'other', image: 'app:1' }]))
    const reasons = new Set<string>()
    for (let second = 0; second < 60; second++) {
      reasons.add(state('a')?.waiting?.reason ?? '')
      await clock.advance(1000)
    }
    expect([...reasons].sort()).toEqual(['ErrImagePull', 'ImagePullBackOff'])
    expect(state('other')?.running).toBeDefined()
    expect(events).toContain('Failed: Error: ErrImagePull')
    expect(events).toContain(`BackOff: Back-off pulling image "${reference}"`)
    const pulls = () => events.filter((event) => event === `Pulling: Pulling image "${reference}"`).length
    // At 0, 10, 30 and 70 seconds.
    expect(pulls()).toBe(4)
    registry.publish(reference, { files: data })
    await clock.advance(300_000)
    expect(state('a')?.running).toBeDefined()
  })

  it('C4: collection by age spares an image that is mounted, and takes it when the pod is gone', async () => {
    const registry = new SimulatedRegistry({ images: { [reference]: { files: data } } })
    const host = configured('imageMaximumGCAge: 10m\nimageMinimumGCAge: 1m\n')
    const node = new HostNode({ host }, {}, { registry })
    await node.start()
    node.run('p', podWith([mounting('a')]).spec)
    await node.clock.advance(3_600_000)
    const present = () => node.runtime.images().some(({ name }) => name === reference)
    expect(present()).toBe(true)
    node.remove('p')
    await node.clock.advance(3_600_000)
    expect(present()).toBe(false)
  })

  it('rule 4: a policy of Never waits, and a name that is none says so', async () => {
    const never = world()
    await never.run(podWith([mounting('a')], { pullPolicy: 'Never' }))
    expect(never.state('a')?.waiting?.reason).toBe('ErrImageNeverPull')
    const bad = world()
    await bad.run(podWith([mounting('a')], { reference: 'r.example/Data:v1' }))
    expect(bad.state('a')?.waiting?.reason).toBe('InvalidImageName')
  })

  it('rule 4: a policy of Always asks the registry again whenever the pod is looked at', async () => {
    const { run, registry, node, files } = world()
    await run(podWith([mounting('a')], { pullPolicy: 'Always' }))
    const before = registry.calls
    registry.publish(reference, { files: { '/hello': 'moon' } })
    const pod = node.get('p')!
    node.set({ ...pod, metadata: { ...pod.metadata, generation: 2 } })
    await node.clock.advance(5000)
    expect(registry.calls).toBe(before + 1)
    // Who has mounted it goes on with what it held then.
    expect(files('a').read('/data/hello')).toBe('world')
    await node.runtime.stop(node.runtime.list('uid-p')[0]!.id, 0)
    await node.clock.advance(20_000)
    expect(files('a').read('/data/hello')).toBe('moon')
  })

  it('rule 4: an image that only some may read is pulled with the secrets of the pod', async () => {
    const { run, registry, state, secrets, node } = world()
    registry.restrict('r.example/data', [{ username: 'u', password: 'p' }])
    const auth = { auths: { 'r.example': { username: 'u', password: 'p' } } }
    secrets.set('default/key', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key', namespace: 'default', uid: 'uid-key' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': btoa(JSON.stringify(auth)) },
    })
    const pod = podWith([mounting('a')])
    await run(pod)
    expect(state('a')?.waiting?.message).toContain('pull access denied')
    node.remove('p', 0)
    await node.clock.advance(1000)
    await run({ ...pod, spec: { ...pod.spec!, imagePullSecrets: [{ name: 'key' }] } })
    expect(state('a')?.running).toBeDefined()
  })

  it.each([
    ['$(UP)', "unable to provision SubPath `../x`: must not contain '..'"],
    ['$(ROOT)', 'error SubPath `/etc` must not be an absolute path'],
  ])('rule 5: the sub-path %s keeps the container from being made', async (subPathExpr, message) => {
    const { run, state } = world()
    const env = [
      { name: 'UP', value: '../x' },
      { name: 'ROOT', value: '/etc' },
    ]
    await run(podWith([mounting('a', { subPathExpr }, { env })]))
    expect(state('a')?.waiting).toEqual({ reason: 'CreateContainerConfigError', message })
  })

  it('rule 5: a runtime that cannot mount images makes no container', async () => {
    const { run, state, value } = world({ mountsImages: false })
    await run(podWith([mounting('a'), { name: 'other', image: 'app:1' }]))
    expect(state('a')?.waiting?.reason).toBe('CreateContainerError')
    expect(state('other')?.running).toBeDefined()
    // Only failures that the runtime calls so are counted as such.
    expect(value('mounted_errors')).toBe(0)
  })

  it('an image of a registry is what its own containers see, too', async () => {
    const images: Record<string, RegistryImage> = { 'app:1': { files: { '/etc/app.conf': 'debug' } } }
    const { run, files } = world({ images })
    await run(boundPod('p', { containers: [{ name: 'a', image: 'app:1' }] }))
    expect(files('a').read('/etc/app.conf')).toBe('debug')
  })
})
