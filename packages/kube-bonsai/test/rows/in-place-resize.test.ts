import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { conditionOf, pod, startCluster } from './rows.ts'

let running: Awaited<ReturnType<typeof startCluster>> | undefined
afterEach(() => running?.cluster.close())

async function start(cpu: string) {
  running = await startCluster({ nodes: [{ name: 'node', cpu, memory: '4Gi' }] })
  return running
}

const sizes = ({ metadata, status }: Pod) => {
  const container = status?.containerStatuses?.[0]
  return {
    generation: metadata.generation,
    observed: status?.observedGeneration,
    actual: container?.resources?.requests?.['cpu'],
    allocated: container?.allocatedResources?.['cpu'],
    restarts: container?.restartCount,
  }
}
const reasons = (events: readonly { readonly reason?: string }[]) =>
  events.map(({ reason }) => reason ?? '').filter((reason) => reason.startsWith('Resize'))

describe('In-place Pod resize (KEP-1287)', () => {
  it('C1: a patch of the subresource takes effect in the running container', async () => {
    const { run, resize, cluster, pods, history, events } = await start('4')
    await run(pod('p', '100m'))
    await resize('p', { cpu: '150m' })
    await cluster.settle()
    const resized = await pods.get('p')
    expect(sizes(resized)).toEqual({ generation: 2, observed: 2, actual: '150m', allocated: '150m', restarts: 0 })
    const progress = history('p').map((one) => conditionOf(one, 'PodResizeInProgress'))
    expect(progress.find((condition) => condition !== undefined)).toMatchObject({
      status: 'True',
      observedGeneration: 2,
    })
    expect(conditionOf(resized, 'PodResizeInProgress')).toBeUndefined()
    expect(reasons(events('p'))).toEqual(['ResizeStarted', 'ResizeCompleted'])
  })

  it('C3: a deferred resize completes without a new request when another pod shrinks', async () => {
    const { run, resize, cluster, pods, metric, events } = await start('4')
    await run(pod('a', '2'), pod('b', '1'), pod('c', '500m'))
    await resize('c', { cpu: '1500m' })
    await cluster.settle()
    const deferred = await pods.get('c')
    expect(conditionOf(deferred, 'PodResizePending')).toMatchObject({
      status: 'True',
      reason: 'Deferred',
      message: "Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000",
      observedGeneration: 2,
    })
    expect(sizes(deferred)).toMatchObject({ generation: 2, observed: 2, actual: '500m', allocated: '500m' })
    await resize('a', { cpu: '1' })
    await cluster.settle()
    const done = await pods.get('c')
    expect(sizes(done)).toEqual({ generation: 2, observed: 2, actual: '1500m', allocated: '1500m', restarts: 0 })
    expect(conditionOf(done, 'PodResizePending')).toBeUndefined()
    expect(metric('node', 'pod_deferred_accepted_resizes_total', { retry_trigger: 'pod_resized' })).toBe(1)
    expect(reasons(events('c'))).toEqual(['ResizeDeferred', 'ResizeStarted', 'ResizeCompleted'])
  })

  it('C3: or when another pod is deleted', async () => {
    const { run, resize, cluster, pods, metric } = await start('4')
    await run(pod('a', '2'), pod('b', '1'), pod('c', '500m'))
    await resize('c', { cpu: '1500m' })
    await cluster.settle()
    await pods.delete('a')
    await cluster.settle()
    expect(sizes(await pods.get('c'))).toMatchObject({ actual: '1500m', allocated: '1500m', restarts: 0 })
    expect(metric('node', 'pod_deferred_accepted_resizes_total', { retry_trigger: 'pods_removed' })).toBe(1)
    expect(metric('node', 'pod_deferred_accepted_resizes_total', { retry_trigger: 'pod_resized' }) ?? 0).toBe(0)
  })

  it('C4: an infeasible resize leaves the pod, and the scheduler counts its old size', async () => {
    const { run, resize, cluster, pods, events } = await start('4')
    await run(pod('p', '1'))
    await resize('p', { cpu: '5' })
    await cluster.settle()
    await cluster.advance('10m')
    const refused = await pods.get('p')
    expect(conditionOf(refused, 'PodResizePending')).toMatchObject({
      reason: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000",
      observedGeneration: 2,
    })
    expect(sizes(refused)).toEqual({ generation: 2, observed: 2, actual: '1', allocated: '1', restarts: 0 })
    expect(reasons(events('p'))).toEqual(['ResizeInfeasible'])
    await run(pod('fits', '3'), pod('too-much', '100m'))
    expect((await pods.get('fits')).status?.phase).toBe('Running')
    expect((await pods.get('too-much')).spec?.nodeName).toBeUndefined()
  })

  it('rule 8: the scheduler counts a deferred resize as if it were granted', async () => {
    const { run, resize, cluster, pods } = await start('4')
    await run(pod('a', '2'), pod('c', '1'))
    await resize('c', { cpu: '3' })
    await run(pod('waits', '500m'))
    expect((await pods.get('waits')).spec?.nodeName).toBeUndefined()
    await resize('c', { cpu: '1' })
    await cluster.settle()
    await cluster.advance('1m')
    expect((await pods.get('waits')).status?.phase).toBe('Running')
  })
})
