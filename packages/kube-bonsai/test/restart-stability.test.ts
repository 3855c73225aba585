import { expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'

const pod = `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
  - name: web
    image: web:1
    readinessProbe: { httpGet: { port: 80 }, periodSeconds: 5 }
`

async function running() {
  const state = { healthy: true }
  const cluster = await Cluster.create({
    nodes: 1,
    programs: {
      web: {
        networked: true,
        async run({ listen, terminated }) {
          listen(80, () => ({ status: state.healthy ? 200 : 500 }))
          await terminated
          return 0
        },
      },
    },
  })
  await cluster.apply(pod)
  await cluster.advance('2m')
  const ready = async () => {
    const { status } = await cluster.client.pods('default').get('web')
    return status?.conditions?.find(({ type }) => type === 'Ready')?.status
  }
  return { cluster, state, ready, node: cluster.nodes.get('node-1') }
}

test('Pod stability across kubelet restarts (KEP-4781), C6: after a long outage only a probe makes a pod ready again', async () => {
  const { cluster, state, ready, node } = await running()
  expect(await ready()).toBe('True')
  node?.stopKubelet()
  await cluster.advance('2m')
  expect(await ready()).toBe('False')
  state.healthy = false
  await node?.startKubelet()
  await cluster.advance('1m')
  expect(await ready()).toBe('False')
  state.healthy = true
  await cluster.advance('10s')
  expect(await ready()).toBe('True')
  cluster.close()
})

test('Pod stability across kubelet restarts (KEP-4781): a short outage changes nothing', async () => {
  const { cluster, ready, node } = await running()
  const before = await cluster.client.pods('default').get('web')
  await node?.restartKubelet()
  await cluster.advance('1m')
  const after = await cluster.client.pods('default').get('web')
  expect(await ready()).toBe('True')
  expect(after.status).toEqual(before.status)
  cluster.close()
})
