import { describe, expect, it } from 'vitest'
import type { DeploymentDraft } from '../src/api/apps.ts'
import { deployments, replicaSets } from '../src/api/known.ts'
import { TestCluster, template } from './support/cluster.ts'

const all = ['deployment-controller', 'replicaset-controller']

function deployment(replicas: number, image = 'web:1', spec: Partial<DeploymentDraft['spec']> = {}): DeploymentDraft {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: template(image),
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 2,
      ...spec,
    },
  }
}

describe('a deployment', () => {
  it('creates a replica set and pods, and is complete', async () => {
    const cluster = new TestCluster({ controllers: all })
    await cluster.of(deployments).create(deployment(3))
    await cluster.clock.runUntilIdle()
    const { status, metadata } = await cluster.of(deployments).get('web')
    expect(cluster.errors).toEqual([])
    expect(status).toMatchObject({
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    })
    expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
    expect(status?.conditions?.map(({ type, status: on, reason }) => [type, on, reason])).toEqual([
      ['Available', 'True', 'MinimumReplicasAvailable'],
      ['Progressing', 'True', 'NewReplicaSetAvailable'],
    ])
    const [set] = (await cluster.of(replicaSets).list()).items
    expect(cluster.events().filter((event) => event.startsWith('ScalingReplicaSet'))).toEqual([
      `ScalingReplicaSet: Scaled up replica set ${set?.metadata.name} from 0 to 3`,
    ])
    expect(cluster.events().filter((event) => event.startsWith('SuccessfulCreate'))).toHaveLength(3)
  })

  it('rolls to a new template within its limits and keeps the old set for undo', async () => {
    const cluster = new TestCluster({ controllers: all })
    const client = cluster.of(deployments)
    await client.create(deployment(10))
    await cluster.clock.runUntilIdle()
    const before = await client.get('web')
    await client.update({ ...before, spec: { ...before.spec, template: template('web:2') } })
    const seen: number[][] = []
    for (let step = 0; step < 200; step++) {
      await cluster.clock.advance(250)
      const live = cluster.pods().filter((pod) => pod.metadata.deletionTimestamp === undefined)
      const available = live.filter((pod) => pod.status?.conditions?.[0]?.status === 'True')
      seen.push([live.length, available.length])
    }
    expect(Math.max(...seen.map(([total = 0]) => total))).toBeLessThanOrEqual(13)
    expect(Math.min(...seen.map(([, available = 0]) => available))).toBeGreaterThanOrEqual(8)
    const sets = (await cluster.of(replicaSets).list()).items
    expect(
      sets.map((set) => [set.spec.replicas, set.metadata.annotations?.['deployment.kubernetes.io/revision']]),
    ).toEqual([
      [0, '1'],
      [10, '2'],
    ])
    expect((await client.get('web')).status).toMatchObject({ replicas: 10, updatedReplicas: 10, observedGeneration: 2 })
  })

  it('reports a rollout that makes no progress after its deadline', async () => {
    const cluster = new TestCluster({ controllers: all, ready: () => false })
    await cluster.of(deployments).create(deployment(2))
    await cluster.clock.advance(590_000)
    const progress = async () => {
      const { status } = await cluster.of(deployments).get('web')
      return status?.conditions?.find(({ type }) => type === 'Progressing')
    }
    expect((await progress())?.reason).toBe('ReplicaSetUpdated')
    await cluster.clock.advance(30_000)
    expect(await progress()).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' })
  })

  it('makes one new set of two edits while paused', async () => {
    const cluster = new TestCluster({ controllers: all })
    const client = cluster.of(deployments)
    await client.create(deployment(2))
    await cluster.clock.runUntilIdle()
    for (const change of [
      { paused: true },
      { template: template('web:2') },
      { template: template('web:3') },
      { paused: false },
    ]) {
      const current = await client.get('web')
      await client.update({ ...current, spec: { ...current.spec, ...change } })
      await cluster.clock.runUntilIdle()
    }
    expect(
      (await cluster.of(replicaSets).list()).items.map((set) => set.spec.template.spec.containers[0]?.['image']),
    ).toEqual(['web:1', 'web:3'])
  })

  it('waits for old pods to end before it recreates', async () => {
    const cluster = new TestCluster({ controllers: all })
    const client = cluster.of(deployments)
    await client.create(deployment(3, 'web:1', { strategy: { type: 'Recreate' } }))
    await cluster.clock.runUntilIdle()
    const before = await client.get('web')
    await client.update({ ...before, spec: { ...before.spec, template: template('web:2') } })
    for (let step = 0; step < 60; step++) {
      await cluster.clock.advance(100)
      expect(new Set(cluster.pods().map((pod) => pod.spec.containers[0]?.['image'])).size).toBeLessThanOrEqual(1)
    }
    expect(cluster.pods()).toHaveLength(3)
    expect(cluster.pods()[0]?.spec.containers[0]?.['image']).toBe('web:2')
  })

  it('scales down and keeps no more old sets than its limit', async () => {
    const cluster = new TestCluster({ controllers: all })
    const client = cluster.of(deployments)
    await client.create(deployment(5))
    await cluster.clock.runUntilIdle()
    for (const image of ['web:2', 'web:3', 'web:4', 'web:5']) {
      const current = await client.get('web')
      await client.update({ ...current, spec: { ...current.spec, replicas: 2, template: template(image) } })
      await cluster.clock.runUntilIdle()
    }
    expect((await cluster.of(replicaSets).list()).items.map((set) => set.spec.replicas)).toEqual([0, 0, 2])
    expect(cluster.errors.filter((error) => !error.includes('modified'))).toEqual([])
  })
})
