import type { ResourceInfo } from '@kube-bonsai/api-types'
import { newNotFound, type PortRequest, type Unstructured } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { describe, expect, it } from 'vitest'
import { type ApiExtension, createApiServer, type NodeProxy } from '../src/index.ts'

const asked: PortRequest[] = []
const nodeProxy: NodeProxy = {
  async *logs() {},
  ports: (pod) => ({
    pod: pod.metadata.uid ?? '',
    listens: (port) => port === 8080,
    request: async (_port, request) => {
      asked.push(request)
      return { status: 201, headers: { 'x-from': 'program' }, body: `${request.method} ${request.path}` }
    },
  }),
  page: async (node, { path }) => ({ status: 200, body: `${node}${path}` }),
}

async function start(extensions: readonly ApiExtension[] = []) {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('proxy'), nodeProxy, extensions })
  await server.bootstrap()
  const send = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) =>
    server.transport.request({ method, path, ...(body !== undefined && { body }) })
  const core = '/api/v1/namespaces/default'
  const make = (resource: string, object: object) =>
    send('POST', `${core}/${resource}`, { apiVersion: 'v1', ...object })
  await make('serviceaccounts', { kind: 'ServiceAccount', metadata: { name: 'default' } })
  await send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
  const containers = [{ name: 'c', image: 'i', ports: [{ containerPort: 8080 }] }]
  await make('pods', { kind: 'Pod', metadata: { name: 'p' }, spec: { containers, nodeName: 'n' } })
  await server.transport.request({
    method: 'PATCH',
    path: `${core}/pods/p/status`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { podIP: '10.244.0.5', podIPs: [{ ip: '10.244.0.5' }] } },
  })
  await make('services', {
    kind: 'Service',
    metadata: { name: 's' },
    spec: { ports: [{ name: 'web', port: 80, targetPort: 8080 }] },
  })
  const endpoints = (addresses: readonly object[]) =>
    make('endpoints', {
      kind: 'Endpoints',
      metadata: { name: 's' },
      subsets: addresses.length > 0 ? [{ addresses, ports: [{ name: 'web', port: 8080 }] }] : [],
    })
  const text = async (path: string, method: 'GET' | 'POST' = 'GET', body?: unknown) => {
    const answer = await send(method, path, body)
    const { message } = (answer.body ?? {}) as { readonly message?: string }
    return [answer.status, answer.body instanceof Uint8Array ? new TextDecoder().decode(answer.body) : message]
  }
  return { server, core, endpoints, send, text }
}

describe('what goes through a proxy', () => {
  it('reaches a pod by its first port, by number, and with a scheme', async () => {
    const { core, text } = await start()
    expect(await text(`${core}/pods/p/proxy/a/b`)).toEqual([201, 'GET /a/b'])
    expect(await text(`${core}/pods/p:8080/proxy/`)).toEqual([201, 'GET /'])
    expect(await text(`${core}/pods/http:p:8080/proxy/x`, 'POST', 'anything')).toEqual([201, 'POST /x'])
    expect(asked.at(-1)?.body).toBe('anything')
  })

  it('keeps its query and its headers, but not who asked', async () => {
    const { server, core } = await start()
    await server.transport.request({
      method: 'GET',
      path: `${core}/pods/p/proxy/q`,
      query: { a: ['1', '2'] },
      headers: { authorization: 'Bearer secret', 'x-own': 'y' },
    })
    expect(asked.at(-1)).toEqual({ method: 'GET', path: '/q?a=1&a=2', headers: { 'x-own': 'y' }, body: '' })
  })

  it('is sent on to a path that ends in a slash', async () => {
    const { core, send } = await start()
    const answer = await send('GET', `${core}/pods/p/proxy`)
    expect([answer.status, answer.headers['location']]).toEqual([301, `${core}/pods/p/proxy/`])
  })

  it('reaches a pod behind a service by the name and the number of its port', async () => {
    const { core, endpoints, text } = await start()
    expect(await text(`${core}/services/s:web/proxy/`)).toEqual([503, 'no endpoints available for service "s"'])
    await endpoints([{ ip: '10.244.0.5', targetRef: { kind: 'Pod', name: 'p', namespace: 'default' } }])
    expect(await text(`${core}/services/s:web/proxy/a`)).toEqual([201, 'GET /a'])
    expect(await text(`${core}/services/s:80/proxy/a`)).toEqual([201, 'GET /a'])
    expect(await text(`${core}/services/s:81/proxy/a`)).toEqual([503, 'no service port 81 found for service "s"'])
    expect(await text(`${core}/services/s:other/proxy/a`)).toEqual([
      503,
      'no endpoints available for service "s:other"',
    ])
  })

  it('reaches the pages of a kubelet', async () => {
    const { text } = await start()
    expect(await text('/api/v1/nodes/n/proxy/metrics')).toEqual([200, 'n/metrics'])
  })

  it('is refused for bad names, for what is not there, and where nobody listens', async () => {
    const { core, text } = await start()
    expect(await text(`${core}/pods/p:0/proxy/`)).toEqual([400, 'invalid pod request "p:0"'])
    expect(await text(`${core}/pods/ftp:p:1/proxy/`)).toEqual([400, 'invalid pod request "ftp:p:1"'])
    expect(await text(`${core}/pods/nobody/proxy/`)).toEqual([404, 'pods "nobody" not found'])
    const refused = 'error trying to reach service: dial tcp 10.244.0.5:81: connect: connection refused'
    expect(await text(`${core}/pods/p:81/proxy/`)).toEqual([503, refused])
    expect((await text('/api/v1/nodes/nobody/proxy/'))[0]).toBe(404)
  })
})

it("an API beside the server's own is shown, asked and checked as any other", async () => {
  const widgets: ResourceInfo = {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    kind: 'NodeMetrics',
    resource: 'nodes',
    singular: '',
    namespaced: false,
    verbs: ['get', 'list'],
    shortNames: [],
    categories: [],
    subresources: [],
    type: 'io.k8s.NodeMetrics',
    servedByDefault: true,
  }
  const { server, send } = await start([
    {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      resources: [widgets],
      async answer({ name, verb }) {
        if (name === 'none') throw newNotFound({ group: 'metrics.k8s.io', resource: 'nodes' }, name)
        return { status: 200, headers: {}, body: { kind: 'NodeMetrics', verb, metadata: { name } } }
      },
    },
  ])
  const groups = (await send('GET', '/apis')).body as { readonly groups: readonly { readonly name: string }[] }
  expect(groups.groups.map(({ name }) => name)).toContain('metrics.k8s.io')
  const list = (await send('GET', '/apis/metrics.k8s.io/v1beta1')).body as Unstructured
  expect(list['resources']).toMatchObject([{ name: 'nodes', kind: 'NodeMetrics' }])
  expect((await send('GET', '/apis/metrics.k8s.io/v1beta1/nodes/n')).body).toMatchObject({ verb: 'get' })
  expect((await send('GET', '/apis/metrics.k8s.io/v1beta1/nodes/none')).status).toBe(404)
  const service = await send('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io')
  expect((service.body as Unstructured)['spec']).toMatchObject({ groupPriorityMinimum: 100, versionPriority: 100 })
  const nobody = server.transportAs({ name: 'nobody', groups: ['system:authenticated'] })
  const refused = await nobody.request({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes' })
  expect(refused.status).toBe(403)
})
