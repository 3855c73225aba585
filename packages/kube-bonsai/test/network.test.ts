import type { ContainerNetwork, Program, ProgramRequest } from '@kube-bonsai/kubelet-model'
import { Cluster } from 'kube-bonsai'
import { afterEach, describe, expect, it } from 'vitest'

let cluster: Cluster | undefined
afterEach(() => cluster?.close())

const get = (path = '/'): ProgramRequest => ({ method: 'GET', path, headers: {}, body: '' })

/** Answers with its pod's name and what it was asked. */
const server: Program = {
  networked: true,
  async run(context) {
    context.listen(8080, ({ method, path }) => ({ status: 200, body: `${context.pod.name} ${method} ${path}` }))
    await context.terminated
    return 0
  },
}

const pod = (
  name: string,
  image: string,
  labels: Record<string, string>,
  more: object = {},
  container: object = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { ...more, containers: [{ name: 'c', image, ...container }] },
})
const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })

/** A cluster with these objects, and what a container in it sees of the network. */
async function start(...objects: readonly object[]): Promise<ContainerNetwork> {
  let network: ContainerNetwork | undefined
  const client: Program = {
    async run(context) {
      network = context.network
      await context.terminated
      return 0
    },
  }
  cluster = await Cluster.create({ nodes: 2, programs: { server, client } })
  await cluster.apply([...objects, pod('client', 'client', {})] as never)
  await cluster.settle()
  if (network === undefined) throw new Error('no network')
  return network
}

const text = async (answer: Promise<{ readonly status: number; readonly body?: string }>) => {
  try {
    const { status, body } = await answer
    return `${status} ${body ?? ''}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('the network that containers see', () => {
  it('finds services by their names, and who stands behind them', async () => {
    const network = await start(
      pod('web', 'server', { app: 'web' }),
      service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] }),
    )
    const found = [
      'web',
      'web.default',
      'web.default.svc',
      'web.default.svc.cluster.local',
      'WEB.default.svc.cluster.local.',
    ]
    const [address = ''] = network.resolve('web') ?? []
    expect(address).toMatch(/^10\./)
    for (const name of found) expect(network.resolve(name)).toEqual([address])
    for (const name of ['other', 'web.kube-system', 'example.com', '', 'a.b.web'])
      expect(network.resolve(name)).toBeUndefined()
    expect(await text(network.request(address, 80, get('/a?b')))).toBe('200 web GET /a?b')
    expect(await text(network.request(address, 81, get()))).toBe('nobody listens on port 81: connection refused')
    expect(await text(network.request('203.0.113.1', 80, get()))).toBe('nobody listens on port 80: connection refused')
  })

  it('finds the pods of headless services, all of them and each by its host name, and aliases', async () => {
    const network = await start(
      pod('a', 'server', { app: 'db' }, { hostname: 'a', subdomain: 'db' }),
      pod('b', 'server', { app: 'db' }, { hostname: 'b', subdomain: 'db' }),
      service('db', { clusterIP: 'None', selector: { app: 'db' } }),
      service('alias', { type: 'ExternalName', externalName: 'db.default.svc.cluster.local' }),
      service('loop', { type: 'ExternalName', externalName: 'loop.default.svc.cluster.local' }),
      service('nobody', { clusterIP: 'None', selector: { app: 'none' } }),
    )
    const addresses = network.resolve('db') ?? []
    expect(addresses).toHaveLength(2)
    expect(network.resolve('alias')).toEqual(addresses)
    expect(network.resolve('loop')).toBeUndefined()
    expect(network.resolve('nobody')).toBeUndefined()
    const [one = ''] = network.resolve('b.db') ?? []
    expect(addresses).toContain(one)
    expect(await text(network.request(one, 8080, get()))).toBe('200 b GET /')
    expect(network.resolve(`${one.replaceAll('.', '-')}.default.pod`)).toEqual([one])
  })

  it('reaches pods through ports of nodes, pods in the network of their node, and its own pod', async () => {
    const network = await start(
      pod('web', 'server', { app: 'web' }),
      pod('host', 'server', {}, { hostNetwork: true, nodeName: 'node-2' }),
      service('web', {
        type: 'NodePort',
        selector: { app: 'web' },
        ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
      }),
    )
    const [first = '', second = ''] = [...(cluster?.nodes ?? [])].map(({ hostIP }) => hostIP)
    expect(await text(network.request(first, 30080, get()))).toBe('200 web GET /')
    expect(await text(network.request(second, 8080, get()))).toBe('200 host GET /')
    expect(await text(network.request(first, 8080, get()))).toContain('connection refused')
    expect(network.addresses).toHaveLength(1)
    expect(await text(network.request(network.addresses[0] ?? '', 8080, get()))).toContain('connection refused')
    expect(await text(network.request('127.0.0.1', 8080, get()))).toContain('connection refused')
  })

  it('asks nobody who is not ready, or whose machine is off', async () => {
    const network = await start(
      pod('web', 'server', { app: 'web' }, { nodeName: 'node-2' }),
      service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] }),
    )
    const [address = ''] = network.resolve('web') ?? []
    expect(await text(network.request(address, 80, get()))).toContain('200')
    cluster?.nodes.get('node-2').kill()
    expect(await text(network.request(address, 80, get()))).toContain('connection refused')
  })

  it('images that nobody wrote answer where their containers declare a port, as they pass probes', async () => {
    const network = await start(
      pod('web', 'example/app', { app: 'web' }, {}, { ports: [{ containerPort: 80 }] }),
      service('web', {
        selector: { app: 'web' },
        ports: [
          { name: 'w', port: 80 },
          { name: 'x', port: 81 },
        ],
      }),
    )
    const [address = ''] = network.resolve('web') ?? []
    expect(await text(network.request(address, 80, get()))).toBe('200 ')
    expect(await text(network.request(address, 81, get()))).toContain('connection refused')
  })

  it('the service kubernetes is the API server', async () => {
    const network = await start()
    const [address = ''] = network.resolve('kubernetes.default') ?? []
    const { status, body = '' } = await network.request(address, 443, get('/version'))
    expect([status, JSON.parse(body)]).toMatchObject([200, { minor: '35' }])
  })
})
