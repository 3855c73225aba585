import { describe, expect, it } from 'vitest'
import { claims } from '../src/api/known.ts'
import { storageClasses, volumes } from '../src/volume/types.ts'
import { TestCluster } from './support/cluster.ts'

const claim = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'standard' },
})

describe('volumes', () => {
  it('are provisioned for claims, and deleted after them', async () => {
    const cluster = new TestCluster({ controllers: ['persistentvolume-binder-controller'] })
    await cluster.of(storageClasses).create({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard' },
      provisioner: 'x/y',
    })
    await cluster.of(claims).create(claim('a'))
    await cluster.clock.advance(1000)
    const bound = await cluster.of(claims).get('a')
    expect(cluster.errors).toEqual([])
    expect(bound.status).toMatchObject({ phase: 'Bound', capacity: { storage: '1Gi' } })
    const volume = await cluster.of(volumes).get(bound.spec?.volumeName ?? '')
    expect([volume.status?.phase, volume.spec.claimRef?.uid]).toEqual(['Bound', bound.metadata.uid])
    await cluster.of(claims).delete('a')
    await cluster.clock.advance(1000)
    expect((await cluster.of(volumes).list()).items).toEqual([])
  })

  it('go to one claim each, the smallest that fits first', async () => {
    const cluster = new TestCluster({ controllers: ['persistentvolume-binder-controller'] })
    for (const [name, storage] of [
      ['big', '5Gi'],
      ['small', '2Gi'],
      ['tiny', '1Mi'],
    ] as const) {
      const spec = {
        capacity: { storage },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        persistentVolumeReclaimPolicy: 'Retain',
      }
      await cluster.of(volumes).create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec })
    }
    for (const name of ['a', 'b', 'c']) await cluster.of(claims).create(claim(name))
    await cluster.clock.advance(1000)
    const { items } = await cluster.of(claims).list()
    expect(items.map(({ spec }) => spec?.volumeName).sort()).toEqual(['big', 'small', undefined])
    expect((await cluster.of(volumes).get('tiny')).status?.phase).toBe('Available')
  })
})
