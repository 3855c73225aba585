import { expect, test } from 'vitest'
import { claim, claimVolume, decisions, hostname, node, pod, refusals, storageClass, volume, zone } from './cluster.ts'

const two = [node('a', { [zone]: 'x' }), node('b', { [zone]: 'y' })]
const on = (name: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: hostname, operator: 'In', values: [name] }] }] },
  },
})
const local = storageClass('local', 'kubernetes.io/no-provisioner')
const delayed = (name: string, size = '10Gi') =>
  claim(name, { storageClassName: 'local', resources: { requests: { storage: size } } })
const user = (name: string, ...claims: readonly string[]) => pod(name, { volumes: claims.map(claimVolume) })

test('a claim that waits gets the smallest volume that is large enough', () => {
  const volumes = [volume('large', '100Gi'), volume('small', '5Gi'), volume('right', '20Gi')]
  const { web } = decisions([...two, local, ...volumes, delayed('data'), user('web', 'data')])
  expect(web?.volumes).toEqual({ data: 'right' })
})

test('a pod follows the volume, and the next one does not get it again', () => {
  const volumes = [volume('here', '10Gi', on('a'))]
  const objects = [
    ...two,
    local,
    ...volumes,
    delayed('one'),
    delayed('two'),
    user('first', 'one'),
    user('second', 'two'),
  ]
  const { first, second } = decisions(objects)
  expect([first?.node, second?.node]).toEqual(['a', null])
  const reason = "VolumeBinding UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind"
  expect(refusals(first)).toEqual({ b: reason })
  expect(refusals(second)).toEqual({ a: reason, b: reason })
})

test('a bound claim keeps its pod near the volume', () => {
  const bound = claim('data', { volumeName: 'here', storageClassName: 'local' }, true)
  const { web } = decisions([...two, local, volume('here', '10Gi', on('b')), bound, user('web', 'data')])
  expect(refusals(web)).toEqual({
    a: "VolumeBinding UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity",
  })
})

test('volumes are made where the class allows it and where there is room', () => {
  const allowedTopologies = [{ matchLabelExpressions: [{ key: zone, values: ['x'] }] }]
  const driver = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: 'disk.example.com' },
    spec: { storageCapacity: true },
  }
  const room = (name: string, size: string, at: string) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIStorageCapacity',
    metadata: { name, namespace: 'default' },
    storageClassName: 'fast',
    nodeTopology: { matchLabels: { [hostname]: at } },
    capacity: size,
  })
  const wanted = claim('data', { storageClassName: 'fast' })
  const zonal = storageClass('fast', 'disk.example.com', { allowedTopologies })
  const { web } = decisions([...two, zonal, wanted, user('web', 'data')])
  expect([web?.node, web?.volumes]).toEqual(['a', { data: '<provision>' }])
  const fast = storageClass('fast', 'disk.example.com')
  const capacities = [room('little', '5Gi', 'a'), room('much', '50Gi', 'b')]
  expect(refusals(decisions([...two, fast, driver, ...capacities, wanted, user('web', 'data')])['web'])).toEqual({
    a: 'VolumeBinding UnschedulableAndUnresolvable: node(s) did not have enough free storage',
  })
})

test.each([
  ['missing', [], 'persistentvolumeclaim "data" not found'],
  ['unbound', [claim('data', { storageClassName: 'now' })], 'pod has unbound immediate PersistentVolumeClaims'],
])('a claim that is %s stops the pod before any node is looked at', (_what, objects, reason) => {
  const now = storageClass('now', 'disk.example.com', { volumeBindingMode: 'Immediate' })
  const { web } = decisions([...two, now, ...objects, user('web', 'data')])
  expect(web?.result).toBe('unschedulable')
  expect(JSON.stringify(web)).toContain(JSON.stringify(reason).slice(1, -1))
})

test('a volume with a zone is for nodes of the zone', () => {
  const zonal = { ...volume('here', '10Gi'), metadata: { name: 'here', labels: { [zone]: 'y__z' } } }
  const bound = claim('data', { volumeName: 'here', storageClassName: 'local' }, true)
  expect(refusals(decisions([...two, local, zonal, bound, user('web', 'data')])['web'])).toEqual({
    a: 'VolumeZone UnschedulableAndUnresolvable: node(s) had no available volume zone',
  })
})

test('a node attaches no more volumes than its CSINode says, each counted once', () => {
  const limits = (name: string, count: number) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name },
    spec: { drivers: [{ name: 'disk.example.com', nodeID: name, allocatable: { count } }] },
  })
  const bound = (name: string) => claim(name, { volumeName: `pv-${name}`, storageClassName: 'local' }, true)
  const objects = [
    ...two,
    local,
    ...[limits('a', 1), limits('b', 2)],
    ...['one', 'two'].flatMap((name) => [bound(name), volume(`pv-${name}`, '10Gi')]),
    pod('old', { nodeName: 'a', volumes: [claimVolume('one')] }),
  ]
  expect(refusals(decisions([...objects, user('web', 'two')])['web'])).toEqual({
    a: 'NodeVolumeLimits Unschedulable: node(s) exceed max volume count',
  })
  expect(decisions([...objects, user('web', 'one')])['web']?.feasible).toEqual(['a', 'b'])
})

test('a claim for one pod only is not shared, and a disk is not mounted twice to be written', () => {
  const only = claim('only', { accessModes: ['ReadWriteOncePod'], volumeName: 'v', storageClassName: 'local' }, true)
  const old = pod('old', { nodeName: 'a', volumes: [claimVolume('only')] })
  const conflict = refusals(decisions([...two, local, volume('v', '10Gi'), only, old, user('web', 'only')])['web'])
  expect(conflict['b']).toMatch(/^VolumeRestrictions Unschedulable: .* already in-use by another pod$/)
  const disk = { name: 'd', gcePersistentDisk: { pdName: 'disk' } }
  const holder = pod('holder', { nodeName: 'a', volumes: [disk] })
  expect(refusals(decisions([...two, holder, pod('web', { volumes: [disk] })])['web'])).toEqual({
    a: 'VolumeRestrictions Unschedulable: node(s) had no available disk',
  })
})
