import { describe, expect, it } from 'vitest'
import { nodes } from '../src/api/core.ts'
import { daemonSets } from '../src/api/known.ts'
import { nodeOf } from '../src/daemonset/eligibility.ts'
import { TestCluster, template } from './support/cluster.ts'

const all = ['daemonset-controller']

async function start(rollingUpdate: object) {
  const cluster = new TestCluster({ controllers: all })
  for (const name of ['a', 'b', 'c']) {
    await cluster.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
  }
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate },
    template: template(),
  }
  await cluster
    .of(daemonSets)
    .create({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', namespace: 'default' }, spec })
  await cluster.clock.runUntilIdle({ limit: 30_000 })
  return cluster
}
const placed = (cluster: TestCluster) =>
  cluster
    .pods()
    .map((pod) => targetOf(pod))
    .sort()
const targetOf = (pod: Parameters<typeof nodeOf>[0]) => nodeOf({ ...pod, spec: { ...pod.spec, nodeName: '' } }) ?? ''

describe('a daemon set', () => {
  it('has one pod for each node, new ones included', async () => {
    const cluster = await start({ maxUnavailable: 1 })
    expect(placed(cluster)).toEqual(['a', 'b', 'c'])
    await cluster.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'd' } })
    const taints = [{ key: 'k', effect: 'NoSchedule' }]
    await cluster.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'e' }, spec: { taints } })
    await cluster.clock.advance(500)
    expect(placed(cluster)).toEqual(['a', 'b', 'c', 'd'])
    expect(cluster.errors).toEqual([])
  })

  it('replaces one pod at a time', async () => {
    const cluster = await start({ maxUnavailable: 1 })
    const before = await cluster.of(daemonSets).get('d')
    await cluster.of(daemonSets).update({ ...before, spec: { ...before.spec, template: template('web:2') } })
    for (let step = 0; step < 100; step++) {
      await cluster.clock.advance(250)
      const ready = cluster
        .pods()
        .filter((pod) => pod.metadata.deletionTimestamp === undefined && pod.status?.conditions?.[0]?.status === 'True')
      expect(ready.length).toBeGreaterThanOrEqual(2)
    }
    expect(cluster.pods().map((pod) => pod.spec.containers[0]?.['image'])).toEqual(['web:2', 'web:2', 'web:2'])
    expect((await cluster.of(daemonSets).get('d')).status).toMatchObject({
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
      numberUnavailable: 0,
    })
  })

  it('puts a new pod beside the old one with a surge', async () => {
    const cluster = await start({ maxUnavailable: 0, maxSurge: 1 })
    const before = await cluster.of(daemonSets).get('d')
    await cluster.of(daemonSets).update({ ...before, spec: { ...before.spec, template: template('web:2') } })
    let most = 0
    for (let step = 0; step < 100; step++) {
      await cluster.clock.advance(250)
      const live = cluster.pods().filter((pod) => pod.metadata.deletionTimestamp === undefined)
      const ready = live.filter((pod) => pod.status?.conditions?.[0]?.status === 'True')
      expect(new Set(ready.map(nodeOf)).size).toBe(3)
      most = Math.max(most, live.length)
    }
    expect(most).toBe(4)
    expect(cluster.pods().map((pod) => pod.spec.containers[0]?.['image'])).toEqual(['web:2', 'web:2', 'web:2'])
  })
})
