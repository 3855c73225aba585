import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { expect, test } from 'vitest'
import { boundPod, fakeNode } from './fake-node.ts'

const app = (cpu: string, memory: string, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: 'app:1',
  resources: { requests: { cpu, memory }, limits: { memory } },
  ...more,
})

const resized = (pod: Pod, containers: readonly Container[], generation: number): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, generation },
  spec: { ...pod.spec!, containers: [...containers] },
})

async function running(...pods: readonly Pod[]) {
  const node = fakeNode({}, { cpu: 4000n, memory: 2n ** 33n })
  for (const pod of pods) node.set(pod)
  await node.clock.advance(60_000)
  return node
}

const types = (pod: Pod | undefined) =>
  (pod?.status?.conditions ?? [])
    .filter(({ type }) => type.startsWith('PodResize'))
    .map(({ type, reason }) => [type, reason])

test('C1: a running pod is resized in place (KEP-1287)', async () => {
  const node = await running(boundPod('p', { containers: [app('100m', '64Mi')] }))
  node.set(resized(node.get('p')!, [app('150m', '64Mi')], 2))
  await node.clock.advance(1000)
  const pod = node.get('p')
  expect(pod?.status).toMatchObject({
    observedGeneration: 2,
    containerStatuses: [
      { restartCount: 0, resources: { requests: { cpu: '150m' } }, allocatedResources: { cpu: '150m' } },
    ],
  })
  expect(types(pod)).toEqual([])
  const reasons = node.events.map((event) => event.split(':')[0]).filter((reason) => reason?.startsWith('Resize'))
  expect(reasons).toEqual(['ResizeStarted', 'ResizeCompleted'])
})

test('C2: a resource whose policy says so restarts the container once', async () => {
  const policy = { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] }
  const node = await running(boundPod('p', { containers: [app('100m', '64Mi', policy)] }))
  node.set(resized(node.get('p')!, [app('200m', '64Mi', policy)], 2))
  await node.clock.advance(60_000)
  expect(node.get('p')?.status?.containerStatuses?.[0]?.restartCount).toBe(0)
  node.set(resized(node.get('p')!, [app('300m', '128Mi', policy)], 3))
  await node.clock.advance(60_000)
  expect(node.get('p')?.status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    resources: { requests: { cpu: '300m', memory: '128Mi' } },
  })
  expect(node.events).toContain('Killing: Container app resize requires restart')
})

test('C3: a deferred resize is had as soon as another pod leaves', async () => {
  const node = await running(
    boundPod('a', { containers: [app('3', '64Mi')] }),
    boundPod('c', { containers: [app('500m', '64Mi')] }),
  )
  node.set(resized(node.get('c')!, [app('2', '64Mi')], 2))
  await node.clock.advance(1000)
  expect(types(node.get('c'))).toEqual([['PodResizePending', 'Deferred']])
  expect(node.get('c')?.status?.containerStatuses?.[0]?.allocatedResources?.['cpu']).toBe('500m')
  node.remove('a', 1)
  await node.clock.advance(60_000)
  expect(types(node.get('c'))).toEqual([])
  expect(node.get('c')?.status?.containerStatuses?.[0]?.allocatedResources?.['cpu']).toBe('2')
})

test('C4, C7: an infeasible resize waits for another wish', async () => {
  const node = await running(boundPod('p', { containers: [app('1', '64Mi')] }))
  node.set(resized(node.get('p')!, [app('5', '64Mi')], 2))
  await node.clock.advance(1000)
  expect(types(node.get('p'))).toEqual([['PodResizePending', 'Infeasible']])
  expect(node.events.filter((event) => event.startsWith('ResizeInfeasible'))).toHaveLength(1)
  node.set(resized(node.get('p')!, [app('1', '64Mi')], 3))
  await node.clock.advance(1000)
  expect(types(node.get('p'))).toEqual([])
  expect(node.get('p')?.status?.containerStatuses?.[0]?.restartCount).toBe(0)
})
