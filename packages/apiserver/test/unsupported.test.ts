import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

test('what is not modelled is refused by its name, and neither answered nor stored', async () => {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test') })
  await server.bootstrap()
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }
  await server.transport.request({ method: 'POST', path: '/api/v1/nodes', body: node })
  const service = '/api/v1/namespaces/default/services/kubernetes'
  const before = server.storage.revision
  const answers = await Promise.all([
    server.transport.request({ method: 'GET', path: '/api/v1/nodes/n/proxy' }),
    server.transport.request({ method: 'GET', path: `${service}/proxy` }),
  ])
  expect(answers.map(({ body }) => (body as { readonly message?: string }).message)).toEqual([
    'unsupported: nodes/proxy is not modelled',
    'unsupported: services/proxy is not modelled',
  ])
  expect(server.storage.revision).toBe(before)
})

test('status and the answers about access can still be read', async () => {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test') })
  await server.bootstrap()
  const read = await server.transport.request({ method: 'GET', path: '/api/v1/namespaces/default/status' })
  expect(read.status).toBe(200)
  const spec = { resourceAttributes: { verb: 'get', resource: 'pods' } }
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: {}, spec }
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const asked = await server.transport.request({ method: 'POST', path, body: review })
  expect(asked.body).toMatchObject({ status: { allowed: true } })
})
