import { describe, expect, it } from 'vitest'
import type { StatefulSetDraft } from '../src/api/apps.ts'
import { claims, statefulSets } from '../src/api/known.ts'
import { TestCluster, template } from './support/cluster.ts'

const all = ['statefulset-controller']

function set(replicas: number, spec: Partial<StatefulSetDraft['spec']> = {}): StatefulSetDraft {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'web' } },
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      template: template(),
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'] },
        },
      ],
      ...spec,
    },
  }
}
const names = (cluster: TestCluster) =>
  cluster
    .pods()
    .map((pod) => pod.metadata.name)
    .sort()

describe('a stateful set', () => {
  it('creates its pods in order, each with its claim', async () => {
    const cluster = new TestCluster({ controllers: all })
    await cluster.of(statefulSets).create(set(3))
    for (let step = 0; step < 40; step++) {
      await cluster.clock.advance(100)
      expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2'].slice(0, cluster.pods().length))
    }
    const { status } = await cluster.of(statefulSets).get('db')
    expect(cluster.errors).toEqual([])
    expect(status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    })
    expect(status?.currentRevision).toBe(status?.updateRevision)
    expect((await cluster.of(claims).list()).items.map(({ metadata }) => metadata.name)).toEqual([
      'data-db-0',
      'data-db-1',
      'data-db-2',
    ])
    expect(cluster.pods()[1]?.spec).toMatchObject({
      hostname: 'db-1',
      subdomain: 'db',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }],
    })
    expect(cluster.events()).toContain(
      'SuccessfulCreate: create Pod db-0 in StatefulSet db successful'.replace('create Pod', 'Create Pod'),
    )
  })

  it('waits for a pod that does not become ready, unless it is parallel', async () => {
    const ready = (pod: { metadata: { name: string } }) => pod.metadata.name !== 'db-1'
    const ordered = new TestCluster({ controllers: all, ready })
    await ordered.of(statefulSets).create(set(3))
    await ordered.clock.advance(30_000)
    expect(names(ordered)).toEqual(['db-0', 'db-1'])
    const parallel = new TestCluster({ controllers: all, ready })
    await parallel.of(statefulSets).create(set(3, { podManagementPolicy: 'Parallel' }))
    await parallel.clock.advance(30_000)
    expect(names(parallel)).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('rolls from the highest ordinal down to the partition', async () => {
    const cluster = new TestCluster({ controllers: all })
    const client = cluster.of(statefulSets)
    await client.create(set(3))
    await cluster.clock.runUntilIdle()
    const before = await client.get('db')
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } }
    await client.update({ ...before, spec: { ...before.spec, updateStrategy, template: template('web:2') } })
    await cluster.clock.runUntilIdle()
    const images = () =>
      Object.fromEntries(cluster.pods().map((pod) => [pod.metadata.name, pod.spec.containers[0]?.['image']]))
    expect(images()).toEqual({ 'db-0': 'web:1', 'db-1': 'web:2', 'db-2': 'web:2' })
    const half = await client.get('db')
    expect(half.status?.currentRevision).not.toBe(half.status?.updateRevision)
    await client.update({ ...half, spec: { ...half.spec, updateStrategy: set(3).spec.updateStrategy! } })
    await cluster.clock.runUntilIdle()
    expect(images()['db-0']).toBe('web:2')
    const done = await client.get('db')
    expect(done.status?.currentRevision).toBe(done.status?.updateRevision)
  })

  it('scales down from the highest ordinal and keeps claims as the policy says', async () => {
    const cluster = new TestCluster({ controllers: [...all, 'garbage-collector-controller'] })
    const client = cluster.of(statefulSets)
    const policy = { whenDeleted: 'Delete', whenScaled: 'Delete' }
    await client.create(set(3, { persistentVolumeClaimRetentionPolicy: policy, ordinals: { start: 5 } }))
    await cluster.clock.runUntilIdle({ limit: 60_000 })
    expect(names(cluster)).toEqual(['db-5', 'db-6', 'db-7'])
    const before = await client.get('db')
    await client.update({ ...before, spec: { ...before.spec, replicas: 1 } })
    await cluster.clock.advance(60_000)
    expect(names(cluster)).toEqual(['db-5'])
    expect((await cluster.of(claims).list()).items.map(({ metadata }) => metadata.name)).toEqual(['data-db-5'])
  })
})
