import type { ConfigMap, Container, Pod, Secret, Volume } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'

type Mount = NonNullable<Container['volumeMounts']>[number]

function podWith(volume: Omit<Volume, 'name'>, mount: Partial<Mount> = {}, more: Partial<Container> = {}): Pod {
  const volumeMounts = [{ name: 'v', mountPath: '/v', ...mount }]
  return boundPod('web', {
    volumes: [{ name: 'v', ...volume }],
    containers: [{ name: 'app', image: 'app:1', volumeMounts, ...more }],
  })
}

const configMap = (data: Record<string, string>, binaryData?: Record<string, string>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data,
  ...(binaryData && { binaryData }),
})

function started() {
  const node = fakeNode()
  const files = (): FileSystem => node.runtime.files(node.runtime.list('uid-web').at(-1)!.id)
  const waiting = () => node.get('web')?.status?.containerStatuses?.[0]?.state?.waiting
  const run = async (pod: Pod) => {
    node.set(pod)
    await node.clock.advance(5000)
  }
  return { ...node, node, files, waiting, run }
}

describe('volumes of ConfigMaps and Secrets', () => {
  it('hold one file for each key, behind a link that changes them all at once', async () => {
    const { configMaps, run, files } = started()
    configMaps.set('default/settings', configMap({ a: '1' }, { b: 'AAH/' }))
    await run(podWith({ configMap: { name: 'settings', defaultMode: 0o400 } }))
    expect(files().read('/v/a')).toBe('1')
    expect([...files().readBytes('/v/b')]).toEqual([0, 1, 255])
    expect(files().stat('/v/a', { follow: false })).toMatchObject({ kind: 'link', target: '..data/a' })
    expect(files().stat('/v/a')?.mode).toBe(0o400)
    expect(files().list('/v').slice(0, 2)).toEqual([expect.stringMatching(/^\.\.\d{4}(_\d\d){5}\.\d+$/), '..data'])
  })

  it('hold only the keys that are asked for, at their paths', async () => {
    const { configMaps, run, files } = started()
    configMaps.set('default/settings', configMap({ a: '1', b: '2' }))
    const items = [{ key: 'a', path: 'deep/er/file', mode: 0o600 }]
    await run(podWith({ configMap: { name: 'settings', items } }))
    expect(files().read('/v/deep/er/file')).toBe('1')
    expect(files().stat('/v/deep/er/file')?.mode).toBe(0o600)
    expect(files().exists('/v/b')).toBe(false)
  })

  it('are refused where a key is missing, unless they are optional', async () => {
    const items = [{ key: 'none', path: 'x' }]
    for (const optional of [false, true]) {
      const { configMaps, secrets, run, events } = started()
      configMaps.set('default/settings', configMap({}))
      secrets.set('default/tls', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls' } })
      await run(podWith({ configMap: { name: 'settings', items, optional } }))
      const told = events.filter((event) => event.startsWith('FailedMount'))
      const message = 'MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: none'
      if (optional) expect(told).toEqual([])
      else expect(told[0]).toBe(`FailedMount: ${message}`)
      const other = started()
      other.secrets.set('default/tls', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls' } })
      await other.run(podWith({ secret: { secretName: 'tls', items, optional } }))
      expect(other.events.some((event) => event.endsWith('references non-existent secret key: none'))).toBe(!optional)
    }
  })

  it('belong to the fsGroup of the pod', async () => {
    const { secrets, run, files } = started()
    const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls' }, data: { key: 'aGk=' } }
    secrets.set('default/tls', secret)
    const pod = podWith({ secret: { secretName: 'tls', defaultMode: 0o400 } })
    await run({ ...pod, spec: { ...pod.spec!, securityContext: { fsGroup: 2000 } } })
    expect(files().read('/v/key')).toBe('hi')
    expect(files().stat('/v/key')).toMatchObject({ mode: 0o440, gid: 2000 })
  })
})

describe('mounting', () => {
  it('tries again after half a second, one, two, and so on', async () => {
    const { run, events, clock } = started()
    await run(podWith({ configMap: { name: 'settings' } }))
    await clock.advance(3000)
    // At 0, 0.5, 1.5, 3.5 and 7.5 seconds.
    expect(events.filter((event) => event.startsWith('FailedMount'))).toHaveLength(5)
  })

  it('does not care about volumes that nobody mounts', async () => {
    const { run, node, events } = started()
    await run(boundPod('web', { volumes: [{ name: 'v', configMap: { name: 'missing' } }] }))
    expect(node.get('web')?.status?.phase).toBe('Running')
    expect(events.some((event) => event.startsWith('FailedMount'))).toBe(false)
  })

  it('refuses kinds that are not modelled by their names', async () => {
    const { run, events } = started()
    await run(podWith({ nfs: { server: 'nfs.example', path: '/' } }))
    expect(events[0]).toBe(
      'FailedMount: MountVolume.SetUp failed for volume "v" : unsupported: nfs volumes are not modelled',
    )
  })

  it('waits for claims that are not bound', async () => {
    const { run, events } = started()
    await run(podWith({ persistentVolumeClaim: { claimName: 'data' } }))
    expect(events[0]).toBe(
      'FailedMount: Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process ' +
        'volumes=[v]: error processing PVC default/data: failed to fetch PVC from API server: persistentvolumeclaims "data" not found',
    )
  })
})

describe('sub-paths', () => {
  it('show one file, which does not follow updates', async () => {
    const { configMaps, run, files, node } = started()
    configMaps.set('default/settings', configMap({ 'app.conf': 'old' }))
    await run(podWith({ configMap: { name: 'settings' } }, { mountPath: '/etc/app.conf', subPath: 'app.conf' }))
    expect(files().read('/etc/app.conf')).toBe('old')
    configMaps.set('default/settings', configMap({ 'app.conf': 'new' }))
    node.set({ ...node.get('web')!, metadata: { ...node.get('web')!.metadata, labels: { changed: 'yes' } } })
    await node.clock.advance(120_000)
    expect(files().read('/etc/app.conf')).toBe('old')
  })

  it('are made where nothing is, and take variables', async () => {
    const { run, files } = started()
    const env = [{ name: 'NAME', value: 'web-0' }]
    await run(podWith({ emptyDir: {} }, { subPathExpr: 'logs/$(NAME)' }, { env }))
    files().write('/v/x', 'y')
    expect(files().read('/v/x')).toBe('y')
  })

  it.each([
    ['$(NONE)', 'missing value for NONE'],
    ['$(ROOT)', 'error SubPath `/etc` must not be an absolute path'],
    ['a/$(UP)', "unable to provision SubPath `a/../b`: must not contain '..'"],
  ])('%s keeps the container from being made', async (subPathExpr, message) => {
    const { run, waiting } = started()
    const env = [
      { name: 'ROOT', value: '/etc' },
      { name: 'UP', value: '../b' },
    ]
    await run(podWith({ emptyDir: {} }, { subPathExpr }, { env }))
    expect(waiting()).toEqual({ reason: 'CreateContainerConfigError', message })
  })

  it('through a file keep the container from being made', async () => {
    const { configMaps, run, waiting } = started()
    configMaps.set('default/settings', configMap({ file: 'x' }))
    await run(podWith({ configMap: { name: 'settings' } }, { subPath: 'file/below' }))
    expect(waiting()).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'failed to create subPath directory for volumeMount "v" of container "app"',
    })
  })
})

describe('hostPath volumes', () => {
  it('show what is on the node, shared by its pods', async () => {
    const { run, files, node } = started()
    await run(podWith({ hostPath: { path: '/opt/data', type: 'DirectoryOrCreate' } }))
    files().write('/v/x', 'from web')
    const other = podWith({ hostPath: { path: '/opt', type: '' } })
    node.set({ ...other, metadata: { ...other.metadata, name: 'other', uid: 'uid-other' } })
    await node.clock.advance(5000)
    expect(node.runtime.files(node.runtime.list('uid-other')[0]!.id).read('/v/data/x')).toBe('from web')
  })

  it.each([
    ['Directory', '/nowhere', 'hostPath type check failed: /nowhere is not a directory'],
    ['File', '/etc', 'hostPath type check failed: /etc is not a file'],
    ['Socket', '/run/x.sock', 'hostPath type check failed: /run/x.sock is not a socket file'],
    ['CharDevice', '/dev/null', 'hostPath type check failed: /dev/null is not a character device'],
    ['BlockDevice', '/dev/sda', 'hostPath type check failed: /dev/sda is not a block device'],
  ])('of type %s must be that', async (type, path, message) => {
    const { run, events } = started()
    await run(podWith({ hostPath: { path, type } }))
    expect(events[0]).toBe(`FailedMount: MountVolume.SetUp failed for volume "v" : ${message}`)
  })
})
