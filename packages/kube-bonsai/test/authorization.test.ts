import { Cluster } from 'kube-bonsai'
import { expect, it } from 'vitest'

const pods = { method: 'GET' as const, path: '/api/v1/namespaces/default/pods' }
const jane = { name: 'jane', groups: ['system:authenticated'] }

it('who is bound to a role that controllers fill may do what it gathers', async () => {
  const cluster = await Cluster.create()
  await cluster.settle()
  const asJane = cluster.server.transportAs(jane)
  expect((await asJane.request(pods)).status).toBe(403)
  const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
  const metadata = { name: 'b', namespace: 'default' }
  const bindings = cluster.client.resource('rbac.authorization.k8s.io/v1/rolebindings').namespace('default')
  await bindings.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    subjects,
    roleRef,
  })
  expect((await asJane.request(pods)).status).toBe(200)
  expect((await asJane.request({ ...pods, method: 'DELETE' })).status).toBe(403)
  cluster.close()
})

it('authorization modes are chosen by name', async () => {
  const cluster = await Cluster.create({ authorizationModes: ['AlwaysAllow'] })
  expect((await cluster.server.transportAs(jane).request(pods)).status).toBe(200)
  cluster.close()
  await expect(Cluster.create({ authorizationModes: ['Nope'] })).rejects.toThrow(RangeError)
})
