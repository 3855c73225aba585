import type { Service } from '@kube-bonsai/api-types/core/v1'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { describe, expect, it } from 'vitest'
import { createApiServer } from '../src/index.ts'

const path = '/api/v1/namespaces/default/services'

async function start(serviceClusterIPRange = '10.96.0.0/24') {
  const clock = new VirtualClock()
  const server = createApiServer({ clock, random: createRandom('1'), serviceClusterIPRange })
  await server.bootstrap()
  const request = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, query = {}) => {
    const response = await server.transport.request({ method, path, body, query })
    return { status: response.status, body: response.body as Service & { readonly message?: string } }
  }
  const create = (name: string, spec: object, query = {}) => {
    const ports = [{ port: 80 }]
    const object = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { ports, selector: { a: 'b' }, ...spec },
    }
    return request('POST', path, object, query)
  }
  return { create, request, server }
}

describe('addresses', () => {
  it('are objects while a service has them', async () => {
    const { create, request } = await start()
    const { body } = await create('a', {})
    const address = `/apis/networking.k8s.io/v1/ipaddresses/${body.spec?.clusterIP}`
    const found = await request('GET', address)
    expect(found.body.spec).toEqual({ parentRef: { resource: 'services', namespace: 'default', name: 'a' } })
    await request('DELETE', `${path}/a`)
    expect((await request('GET', address)).status).toBe(404)
    expect((await create('b', { clusterIP: body.spec?.clusterIP })).status).toBe(201)
  })

  it('are refused when taken or foreign', async () => {
    const { create } = await start()
    expect((await create('a', { clusterIP: '10.96.0.1' })).body.message).toBe(
      'Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
    )
    expect((await create('a', { clusterIP: '10.97.0.1' })).body.message).toContain(
      'failed to allocate IP 10.97.0.1: the provided network does not match the current range',
    )
  })

  it('come in pairs from two ranges, and the second goes with the policy', async () => {
    const { create, request } = await start('10.96.0.0/24,fd00::/112')
    const { body } = await create('a', { ipFamilyPolicy: 'PreferDualStack' })
    expect(body.spec?.ipFamilies).toEqual(['IPv4', 'IPv6'])
    expect(body.spec?.clusterIPs?.[1]).toMatch(/^fd00::/)
    const second = `/apis/networking.k8s.io/v1/ipaddresses/${body.spec?.clusterIPs?.[1]}`
    expect((await request('GET', second)).status).toBe(200)
    const changed = await request('PUT', `${path}/a`, {
      ...body,
      spec: { ...body.spec, ipFamilyPolicy: 'SingleStack' },
    })
    expect(changed.body.spec?.clusterIPs).toEqual([body.spec?.clusterIP])
    expect((await request('GET', second)).status).toBe(404)
  })

  it('stay free after a dry run', async () => {
    const { create } = await start()
    const { body } = await create('a', { clusterIP: '10.96.0.9' }, { dryRun: 'All' })
    expect(body.spec?.clusterIP).toBe('10.96.0.9')
    expect((await create('b', { clusterIP: '10.96.0.9' })).status).toBe(201)
  })

  it('are never given twice, also under concurrency', async () => {
    const { create } = await start('10.96.0.0/28')
    const made = await Promise.all(Array.from({ length: 20 }, (_, index) => create(`s${index}`, {})))
    const addresses = made.filter(({ status }) => status === 201).map(({ body }) => body.spec?.clusterIP)
    expect(new Set(addresses).size).toBe(13)
    expect(addresses).toHaveLength(13)
    expect(made.find(({ status }) => status !== 201)?.body.message).toBe(
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    )
  })
})

describe('node ports', () => {
  it('are shared by ports of one number, and go back with the type', async () => {
    const { create, request } = await start()
    const ports = [
      { name: 'a', port: 53, protocol: 'TCP', nodePort: 30053 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ]
    const { body } = await create('a', { type: 'NodePort', ports })
    expect(body.spec?.ports?.map(({ nodePort }) => nodePort)).toEqual([30053, 30053])
    const taken = await create('b', { type: 'NodePort', ports: [{ port: 1, nodePort: 30053 }] })
    expect(taken.body.message).toContain(
      'spec.ports[0].nodePort: Invalid value: 30053: provided port is already allocated',
    )
    await request('PUT', `${path}/a`, { ...body, spec: { ...body.spec, type: 'ClusterIP' } })
    expect((await create('b', { type: 'NodePort', ports: [{ port: 1, nodePort: 30053 }] })).status).toBe(201)
  })

  it('have to be in the range', async () => {
    const { create } = await start()
    const { body } = await create('a', { type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] })
    expect(body.message).toContain('provided port is not in the valid range. The range of valid ports is 30000-32767')
  })

  it('are kept for health checks of local load balancers', async () => {
    const { create } = await start()
    const { body } = await create('a', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' })
    expect(body.spec?.healthCheckNodePort).toBeGreaterThanOrEqual(30_000)
  })
})

describe('names outside of the cluster', () => {
  it('take no traffic policy and no IP family policy, not even empty ones', async () => {
    const { create } = await start()
    const external = { type: 'ExternalName', externalName: 'example.com' }
    const made = await create('a', { ...external, internalTrafficPolicy: 'Cluster' })
    expect(made.body.spec?.internalTrafficPolicy).toBeUndefined()
    expect((await create('b', { ...external, internalTrafficPolicy: '' })).status).toBe(422)
    expect((await create('b', { ...external, ipFamilyPolicy: '' })).body.message).toContain(
      'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
    )
  })
})

describe('dry runs', () => {
  it('count node ports up from the largest that was asked for', async () => {
    const { create } = await start()
    const ports = [
      { name: 'a', port: 1, nodePort: 30007 },
      { name: 'b', port: 2 },
    ]
    const { body } = await create('a', { type: 'NodePort', ports }, { dryRun: 'All' })
    expect(body.spec?.ports?.map(({ nodePort }) => nodePort)).toEqual([30007, 30008])
  })
})

describe('the default range', () => {
  it('is a ServiceCIDR that is ready', async () => {
    const { request } = await start()
    const { body } = await request('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes')
    expect(body.spec).toEqual({ cidrs: ['10.96.0.0/24'] })
    expect(body.status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True' })
  })
})
