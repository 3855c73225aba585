import { expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'

const resources = (cpu: string) => ({ requests: { cpu, memory: '64Mi' } })

const pod = (name: string, cpu: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'app', image: 'app:1', resources: resources(cpu) }] },
})

test('pods are resized through the resize subresource, and deferred until there is room (KEP-1287)', async () => {
  const cluster = await Cluster.create({ nodes: 1, seed: 1 })
  const pods = cluster.client.pods('default')
  await cluster.apply([pod('a', '2'), pod('c', '1')])
  await cluster.settle()
  const resize = async (name: string, cpu: string) => {
    const spec = { containers: [{ name: 'app', resources: resources(cpu) }] }
    await pods.patch(name, 'strategic', { spec }, { subresource: 'resize' })
    await cluster.settle()
    const { metadata, status } = await pods.get(name)
    return {
      generation: metadata.generation,
      observed: status?.observedGeneration,
      actual: status?.containerStatuses?.[0]?.resources?.requests?.['cpu'],
      restarts: status?.containerStatuses?.[0]?.restartCount,
      waits: status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason,
    }
  }
  const done = { generation: 2, observed: 2, restarts: 0, waits: undefined }
  expect(await resize('a', '2500m')).toEqual({ ...done, actual: '2500m' })
  expect(await resize('c', '3')).toEqual({ ...done, actual: '1', waits: 'Deferred' })
  await resize('a', '500m')
  const { status } = await pods.get('c')
  expect(status?.containerStatuses?.[0]?.resources?.requests?.['cpu']).toBe('3')
  expect(status?.conditions?.some(({ type }) => type === 'PodResizePending')).toBe(false)
  cluster.close()
})
