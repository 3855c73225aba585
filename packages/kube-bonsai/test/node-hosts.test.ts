import { KubeletStartError } from '@kube-bonsai/kubelet-model'
import { expect, it } from 'vitest'
import { Cluster } from '../src/index.ts'

const condition = async (cluster: Cluster, name: string, type = 'Ready') =>
  (await cluster.client.nodes().get(name)).status?.conditions?.find((entry) => entry.type === type)?.status

const pod = (name: string, cpu: string, nodeName?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    ...(nodeName && { nodeName }),
    containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu } } }],
  },
})

it('Removal of cgroup v1 (KEP-5573), C1: a machine whose kubelet refuses does not join; the cluster goes on', async () => {
  const cluster = await Cluster.create({ nodes: 1 })
  const old = cluster.nodes.add({ name: 'old', host: { cgroupVersion: 1 } })
  await expect(old).rejects.toBeInstanceOf(KubeletStartError)
  await expect(cluster.client.nodes().get('old')).rejects.toThrow('not found')
  await cluster.nodes.add({ name: 'old', host: { cgroupVersion: 1, flags: { failCgroupV1: false } } })
  expect(await condition(cluster, 'old')).toBe('True')
  await cluster.settle()
  const events = (await cluster.client.events('default').list()).items
  expect(events.filter(({ reason }) => reason === 'CgroupV1')).toHaveLength(1)
})

it('Pod generation (KEP-5067), C4: a pod that is bound past the node is refused there, and says so', async () => {
  const cluster = await Cluster.create({ nodes: [{ name: 'small', cpu: '1' }] })
  await cluster.apply(pod('large', '2', 'small'))
  await cluster.settle()
  const { status, metadata } = await cluster.client.pods('default').get('large')
  expect(metadata.generation).toBe(1)
  expect(status).toMatchObject({
    observedGeneration: 1,
    phase: 'Failed',
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 0, capacity: 1000",
  })
})

it('a node that shuts down ends its pods first', async () => {
  const flags = { shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s' }
  const cluster = await Cluster.create({ nodes: [{ name: 'node-1', host: { flags } }] })
  await cluster.apply(pod('p', '100m'))
  await cluster.settle()
  const node = cluster.nodes.get('node-1')
  const off = node.shutDown()
  await cluster.advance('30s')
  await off
  expect(node.state).toBe('off')
  expect((await cluster.client.pods('default').get('p')).status).toMatchObject({
    phase: 'Failed',
    reason: 'Terminated',
    message: 'Pod was terminated in response to imminent node shutdown.',
  })
  expect(await condition(cluster, 'node-1')).not.toBe('True')
})
