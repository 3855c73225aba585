import { describe, expect, it } from 'vitest'
import { claims, pods } from '../src/api/known.ts'
import { storageClasses, volumes } from '../src/volume/types.ts'
import { TestCluster } from './support/cluster.ts'

describe('protection', () => {
  it('keeps a claim while a scheduled pod uses it, then lets it and its volume go', async () => {
    const cluster = new TestCluster({
      controllers: [
        'persistentvolume-binder-controller',
        'persistentvolumeclaim-protection-controller',
        'persistentvolume-protection-controller',
      ],
    })
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '1Gi' } } }
    const named = (name: string) => ({ metadata: { name, namespace: 'default' } })
    await cluster
      .of(storageClasses)
      .create({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 's' }, provisioner: 'x/y' })
    await cluster.of(claims).create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...named('a'), spec })
    const mounts = [{ name: 'data', persistentVolumeClaim: { claimName: 'a' } }]
    const podSpec = { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], volumes: mounts }
    await cluster.of(pods).create({ apiVersion: 'v1', kind: 'Pod', ...named('p'), spec: podSpec })
    await cluster.clock.advance(3000)
    expect((await cluster.of(claims).get('a')).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    await cluster.of(claims).delete('a')
    await cluster.clock.advance(3000)
    expect((await cluster.of(claims).list()).items).toHaveLength(1)
    await cluster.of(pods).delete('p', { gracePeriodSeconds: 0 })
    await cluster.clock.advance(5000)
    expect((await cluster.of(claims).list()).items).toEqual([])
    expect((await cluster.of(volumes).list()).items).toEqual([])
  })
})
