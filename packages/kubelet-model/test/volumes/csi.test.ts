import type { PersistentVolume, Pod, PodSpec, Volume } from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver } from '@kube-bonsai/api-types/storage/v1'
import { describe, expect, it } from 'vitest'
import { CsiError, type FileSystem, SimulatedCsiDriver, type SimulatedCsiDriverOptions } from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'

const name = 'secrets.example'
const key = 'csi.storage.k8s.io/serviceAccount.tokens'
const tokenRequests = [{ audience: 'vault', expirationSeconds: 3600 }, { audience: '' }]
const ephemeral: CSIDriver['spec'] = {
  volumeLifecycleModes: ['Ephemeral', 'Persistent'],
  fsGroupPolicy: 'ReadWriteOnceWithFSType',
  podInfoOnMount: false,
  requiresRepublish: false,
}

function podWith(csi: Partial<NonNullable<Volume['csi']>> = {}, spec: Partial<PodSpec> = {}): Pod {
  return boundPod('p', {
    serviceAccountName: 'robot',
    volumes: [{ name: 'v', csi: { driver: name, ...csi } }],
    containers: [{ name: 'app', image: 'app:1', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    ...spec,
  })
}

const claiming: Partial<PodSpec> = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }

function world(options: SimulatedCsiDriverOptions = {}, spec?: CSIDriver['spec']) {
  const driver = new SimulatedCsiDriver(options)
  const node = fakeNode({}, undefined, {}, new Map([[name, driver]]))
  if (spec) node.setCsiDriver(name, spec)
  const run = async (pod: Pod) => {
    node.set(pod)
    await node.clock.advance(5000)
  }
  const bind = (csi: Partial<NonNullable<NonNullable<PersistentVolume['spec']>['csi']>> = {}) => {
    node.claims.set('default/data', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default', uid: 'uid-data' },
      spec: { volumeName: 'pv-1' },
      status: { phase: 'Bound' },
    })
    node.persistentVolumes.set('pv-1', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        claimRef: { name: 'data', namespace: 'default', uid: 'uid-data' },
        csi: { driver: name, volumeHandle: 'disk-7', ...csi },
      },
    })
  }
  const files = (): FileSystem => node.runtime.files(node.runtime.list('uid-p').at(-1)!.id)
  const problems = () => node.events.filter((event) => event.startsWith('FailedMount'))
  const last = () => driver.published.at(-1)!
  return { ...node, node, driver, run, bind, files, problems, last }
}

describe('CSI driver service-account tokens via secrets (KEP-5538)', () => {
  it('C1: true puts tokens into the secrets only, unset into the context only', async () => {
    for (const inSecrets of [true, false, undefined]) {
      const spec = {
        ...ephemeral,
        tokenRequests,
        ...(inSecrets !== undefined && { serviceAccountTokenInSecrets: inSecrets }),
      }
      const { run, last, tokens } = world({}, spec)
      await run(podWith({ volumeAttributes: { own: 'x' } }))
      const { secrets, volumeContext } = last()
      expect(Object.keys(secrets)).toEqual(inSecrets === true ? [key] : [])
      expect(Object.keys(volumeContext)).toEqual(inSecrets === true ? ['own'] : ['own', key])
      const found = JSON.parse((inSecrets === true ? secrets : volumeContext)[key]!)
      expect(found).toEqual({
        '': { token: tokens[1]!.token, expirationTimestamp: '2026-01-01T01:00:00Z' },
        vault: { token: tokens[0]!.token, expirationTimestamp: '2026-01-01T01:00:00Z' },
      })
      expect(tokens.map(({ audiences }) => audiences)).toEqual([['vault'], []])
    }
  })

  it('C1: a flip while it is mounted moves the tokens with the next publication', async () => {
    const spec = { ...ephemeral, tokenRequests, requiresRepublish: true }
    const { run, driver, last, setCsiDriver, clock } = world({}, spec)
    await run(podWith())
    expect(last().volumeContext[key]).toBeDefined()
    setCsiDriver(name, { ...spec, serviceAccountTokenInSecrets: true })
    await clock.advance(60_000)
    expect(driver.published.length).toBe(2)
    expect(last().volumeContext[key]).toBeUndefined()
    expect(last().secrets[key]).toBeDefined()
  })

  it('C2: an old driver that reads the context only refuses, and is tried again; setting it back to false heals it', async () => {
    const spec = { ...ephemeral, tokenRequests, serviceAccountTokenInSecrets: true }
    const { run, node, driver, problems, setCsiDriver, clock } = world({ tokensFrom: 'context' }, spec)
    await run(podWith())
    expect(problems()[0]).toBe(
      `FailedMount: MountVolume.SetUp failed for volume "v" : rpc error: code = InvalidArgument desc = ${key} is not in the request`,
    )
    expect(driver.published.length).toBeGreaterThan(2)
    expect(node.get('p')?.status?.phase).toBe('Pending')
    setCsiDriver(name, { ...spec, serviceAccountTokenInSecrets: false })
    await clock.advance(120_000)
    expect(node.get('p')?.status?.phase).toBe('Running')
  })

  it('rule 4: tokens go over what a secret of the pod holds under the same key', async () => {
    const { run, secrets, last } = world({}, { ...ephemeral, tokenRequests, serviceAccountTokenInSecrets: true })
    const data = { user: btoa('me'), [key]: btoa('mine') }
    secrets.set('default/login', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, data })
    await run(podWith({ nodePublishSecretRef: { name: 'login' } }))
    expect(last().secrets['user']).toBe('me')
    expect(last().secrets[key]).toContain('vault')
  })

  it('rule 5: no token without tokenRequests; one that is not given fails the mount, and it is tried again', async () => {
    const { run, last, tokens } = world({}, { ...ephemeral, serviceAccountTokenInSecrets: true })
    await run(podWith())
    expect([last().secrets, last().volumeContext, tokens]).toEqual([{}, {}, []])
    const other = world({}, { ...ephemeral, tokenRequests })
    let isOpen = false
    const api = { ...other.node.api }
    await other.node.restart(() => {}, {
      api: {
        ...api,
        requestToken: async (pod, request) => {
          if (!isOpen) throw new Error('serviceaccounts "robot" not found')
          return api.requestToken!(pod, request)
        },
      },
    })
    await other.run(podWith())
    expect(other.problems()[0]).toBe(
      'FailedMount: MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetUpAt failed to get service ' +
        'accoount token attributes: failed to fetch token: serviceaccounts "robot" not found',
    )
    expect(other.driver.published).toEqual([])
    isOpen = true
    await other.clock.advance(60_000)
    expect(other.node.get('p')?.status?.phase).toBe('Running')
  })

  it('rule 6: requiresRepublish publishes again each minute with fresh tokens, for as long as the driver wants that', async () => {
    const spec = { ...ephemeral, tokenRequests: [{ audience: 'a', expirationSeconds: 600 }], requiresRepublish: true }
    const { run, driver, tokens, setCsiDriver, clock } = world({}, spec)
    await run(podWith())
    await clock.advance(600_000)
    expect(driver.published).toHaveLength(11)
    // Exchanged when four fifths of ten minutes are over.
    expect(tokens).toHaveLength(2)
    setCsiDriver(name, { ...spec, requiresRepublish: false })
    await clock.advance(600_000)
    expect(driver.published).toHaveLength(11)
    setCsiDriver(name, spec)
    await clock.advance(120_000)
    expect(driver.published).toHaveLength(13)
  })

  it('rule 6: staging never carries tokens', async () => {
    const { run, bind, driver } = world({ stages: true }, { ...ephemeral, tokenRequests })
    bind({ volumeAttributes: { zone: 'a' } })
    await run(podWith({}, claiming))
    expect(driver.staged).toMatchObject([{ volumeId: 'disk-7', volumeContext: { zone: 'a' }, secrets: {} }])
    expect(driver.published[0]?.stagingTargetPath).toBe(driver.staged[0]?.stagingTargetPath)
    expect(driver.published[0]?.volumeContext[key]).toBeDefined()
  })
})

describe('CSI volumes', () => {
  it('hold what their driver puts there, and go with the pod', async () => {
    const { run, files, driver, remove, clock } = world({ files: () => ({ '/keys/db': 's3cret' }) }, ephemeral)
    await run(podWith({ readOnly: true }))
    expect(files().read('/v/keys/db')).toBe('s3cret')
    expect(() => files().write('/v/x', '')).toThrow('Read-only file system')
    const [request] = driver.published
    expect(request?.volumeId).toMatch(/^csi-[0-9a-f]{64}$/)
    expect(request?.targetPath).toBe('/var/lib/kubelet/pods/uid-p/volumes/kubernetes.io~csi/v/mount')
    remove('p', 0)
    await clock.advance(5000)
    expect(driver.unpublished.map(({ volumeId }) => volumeId)).toEqual([request?.volumeId])
  })

  it('tell their driver of the pod where it wants to know', async () => {
    const { run, last } = world({}, { ...ephemeral, podInfoOnMount: true })
    await run(podWith())
    expect(last().volumeContext).toEqual({
      'csi.storage.k8s.io/pod.name': 'p',
      'csi.storage.k8s.io/pod.namespace': 'default',
      'csi.storage.k8s.io/pod.uid': 'uid-p',
      'csi.storage.k8s.io/serviceAccount.name': 'robot',
      'csi.storage.k8s.io/ephemeral': 'true',
    })
  })

  it.each<[string, Partial<PodSpec>, string]>([
    [
      'inline',
      { volumes: [{ name: 'v', csi: { driver: 'none.example' } }] },
      'MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: ' +
        'driver name none.example not found in the list of registered CSI drivers',
    ],
    [
      'claimed',
      claiming,
      'MountVolume.MountDevice failed for volume "pv-1" : kubernetes.io/csi: attacher.MountDevice failed to create ' +
        'newCsiDriverClient: driver name none.example not found in the list of registered CSI drivers',
    ],
  ])('of drivers that are not registered wait: %s', async (_kind, spec, message) => {
    const { run, bind, problems } = world({}, ephemeral)
    bind({ driver: 'none.example' })
    await run(podWith({}, spec))
    expect(problems()[0]).toBe(`FailedMount: ${message}`)
  })

  it('are refused in a mode that their driver does not have', async () => {
    const unknown = world()
    await unknown.run(podWith())
    const refused =
      'FailedMount: MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetupAt failed to check volume lifecycle mode: '
    expect(unknown.problems()[0]).toBe(
      `${refused}volume mode "Ephemeral" not supported by driver ${name} (no CSIDriver object)`,
    )
    const persistent = world({}, { ...ephemeral, volumeLifecycleModes: ['Persistent'] })
    await persistent.run(podWith())
    expect(persistent.problems()[0]).toBe(
      `${refused}volume mode "Ephemeral" not supported by driver ${name} (only supports ["Persistent"])`,
    )
  })

  it('wait for the secret that their driver is to get', async () => {
    const { run, problems } = world({}, ephemeral)
    await run(podWith({ nodePublishSecretRef: { name: 'login' } }))
    expect(problems()[0]).toBe(
      'FailedMount: MountVolume.SetUp failed for volume "v" : fetching NodePublishSecretRef default/login failed: ' +
        'kubernetes.io/csi: failed to find the secret login in the namespace default with error: secrets "login" not found',
    )
  })

  it.each<[string, boolean, string | undefined, number]>([
    ['File', false, undefined, 2000],
    ['None', false, 'ext4', 0],
    ['ReadWriteOnceWithFSType', false, 'ext4', 2000],
    ['ReadWriteOnceWithFSType', false, undefined, 0],
    ['File', true, undefined, 0],
  ])(
    'fsGroupPolicy %s, group by the driver %s, file system %s: group %i',
    async (fsGroupPolicy, mountsGroups, fsType, gid) => {
      const { run, files, last } = world({ mountsGroups, files: () => ({ '/x': '' }) }, { ...ephemeral, fsGroupPolicy })
      await run(podWith(fsType ? { fsType } : {}, { securityContext: { fsGroup: 2000 } }))
      expect(files().stat('/v/x')?.gid).toBe(gid)
      expect(last().volumeMountGroup).toBe(mountsGroups ? '2000' : '')
    },
  )

  it('are staged once for all pods of a node, and what they hold outlives pods', async () => {
    const { run, bind, driver, files, remove, clock, set } = world({ stages: true })
    bind()
    const pod = podWith({}, claiming)
    await run(pod)
    const second = { ...pod, metadata: { ...pod.metadata, name: 'q', uid: 'uid-q' } }
    await run(second)
    files().write('/v/kept', 'yes')
    expect(driver.staged).toHaveLength(1)
    remove('p', 0)
    await clock.advance(5000)
    expect(driver.unstaged).toEqual([])
    remove('q', 0)
    await clock.advance(5000)
    expect(driver.unstaged).toMatchObject([{ volumeId: 'disk-7' }])
    set(pod)
    await clock.advance(5000)
    expect(files().read('/v/kept')).toBe('yes')
    expect(driver.staged).toHaveLength(2)
  })

  it('are told of a driver that fails while they are mounted, and stay', async () => {
    const { run, driver, problems, node, clock } = world({}, { ...ephemeral, requiresRepublish: true })
    await run(podWith())
    driver.breakDown(new CsiError('Unavailable', 'the vault is closed'))
    await clock.advance(60_000)
    expect(problems()).toEqual([
      'FailedMount: MountVolume.SetUp failed for volume "v" : rpc error: code = Unavailable desc = the vault is closed',
    ])
    expect(node.get('p')?.status?.phase).toBe('Running')
  })
})
