import { expect, it } from 'vitest'
import { deployments } from '../src/api/known.ts'
import { TestCluster, template } from './support/cluster.ts'

it('creates 1000 pods of one deployment with few writes of its status', async () => {
  const cluster = new TestCluster({ controllers: ['deployment-controller', 'replicaset-controller'] })
  const spec = {
    replicas: 1000,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'Recreate' },
    template: template(),
  }
  await cluster
    .of(deployments)
    .create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec })
  await cluster.clock.runUntilIdle()
  const writes = cluster.api.requests.filter((one) => one.endsWith(`/replicasets/${one.split('/').at(-2)}/status`))
  expect(cluster.api.requests.filter((one) => one === 'POST /api/v1/namespaces/default/pods')).toHaveLength(1000)
  expect(writes.length).toBeLessThan(50)
  expect((await cluster.of(deployments).get('web')).status).toMatchObject({ availableReplicas: 1000 })
})
