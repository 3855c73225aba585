import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createControllers } from '@kube-bonsai/controllers'
import { describe, expect, it } from 'vitest'
import { namespaces, nodes, services } from '../src/api/core.ts'
import { deployments, pods, replicaSets } from '../src/api/known.ts'
import { namespaced, type ResourceRef } from '../src/api/resources.ts'
import { endpointSlices } from '../src/endpointslice/types.ts'
import { TestCluster, template } from './support/cluster.ts'

const configMaps: ResourceRef<KubeObject & { readonly data?: object }> = namespaced('', 'v1', 'configmaps', 'ConfigMap')
const accounts: ResourceRef<KubeObject> = namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount')

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'Recreate' },
    template: template(),
  },
}

describe('endpoint slices', () => {
  it('follow the pods of a service', async () => {
    const cluster = new TestCluster({
      controllers: [
        'deployment-controller',
        'replicaset-controller',
        'endpointslice-controller',
        'endpoints-controller',
      ],
    })
    await cluster.of(nodes).create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'a' } },
    })
    const spec = {
      selector: { app: 'web' },
      clusterIP: '10.96.0.9',
      ipFamilies: ['IPv4'],
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    }
    await cluster
      .of(services)
      .create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec })
    await cluster.of(deployments).create(deployment)
    await cluster.clock.runUntilIdle()
    const { items } = await cluster.of(endpointSlices).list()
    expect(items).toHaveLength(1)
    expect(items[0]?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }])
    expect(
      items[0]?.endpoints.map(({ addresses, conditions, zone }) => [addresses[0], conditions?.ready, zone]),
    ).toEqual([
      ['10.0.0.1', true, 'a'],
      ['10.0.0.2', true, 'a'],
    ])
    expect(cluster.errors).toEqual([])
    const endpoints = cluster.api.list('/api/v1/endpoints') as unknown as { subsets: unknown[] }[]
    expect(endpoints[0]?.subsets).toMatchObject([
      { addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ port: 8080 }] },
    ])
  })
})

describe('garbage collection', () => {
  const all = ['deployment-controller', 'replicaset-controller', 'garbage-collector-controller']
  const start = async () => {
    const cluster = new TestCluster({ controllers: all })
    await cluster.of(deployments).create(deployment)
    await cluster.clock.runUntilIdle({ limit: 30_000 })
    expect(cluster.pods()).toHaveLength(2)
    return cluster
  }
  it('deletes dependents in the background', async () => {
    const cluster = await start()
    await cluster.of(deployments).delete('web', { propagationPolicy: 'Background' })
    await cluster.clock.advance(30_000)
    expect(cluster.pods()).toEqual([])
    expect(cluster.api.list('/apis/apps/v1/replicasets')).toEqual([])
  })
  it('keeps a foreground owner until its dependents are gone', async () => {
    const cluster = await start()
    await cluster.of(deployments).delete('web', { propagationPolicy: 'Foreground' })
    await cluster.clock.advance(500)
    expect(cluster.api.list('/apis/apps/v1/deployments')).toHaveLength(1)
    expect(cluster.pods().every((pod) => pod.metadata.deletionTimestamp !== undefined)).toBe(true)
    await cluster.clock.advance(30_000)
    expect(cluster.pods()).toEqual([])
    expect(cluster.api.list('/apis/apps/v1/deployments')).toEqual([])
  })
  it('leaves orphans behind', async () => {
    const cluster = await start()
    await cluster.of(deployments).delete('web', { propagationPolicy: 'Orphan' })
    await cluster.clock.advance(30_000)
    expect(cluster.api.list('/apis/apps/v1/deployments')).toEqual([])
    const [set] = (await cluster.of(replicaSets).list()).items
    expect(set?.metadata.ownerReferences ?? []).toEqual([])
    expect(cluster.pods()).toHaveLength(2)
  })
})

describe('namespaces', () => {
  it('get a service account and the root certificates, and end when they are empty, pods first', async () => {
    const made = createControllers({ rootCa: 'PEM' })
    const wanted = ['serviceaccount-controller', 'root-ca-certificate-publisher-controller', 'namespace-controller']
    const cluster = new TestCluster({ controllers: wanted.map((name) => made.get(name)!) })
    const spec = { finalizers: ['kubernetes'] }
    await cluster.of(namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' }, spec })
    await cluster.clock.advance(1000)
    expect((await cluster.of(configMaps, 'shop').get('kube-root-ca.crt')).data).toEqual({ 'ca.crt': 'PEM' })
    expect((await cluster.of(accounts, 'shop').get('default')).metadata.name).toBe('default')
    await cluster
      .of(pods, 'shop')
      .create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: template().spec })
    await cluster.clock.advance(2000)
    await cluster.of(namespaces).delete('shop')
    await cluster.clock.advance(6000)
    expect(cluster.pods()).toHaveLength(1)
    expect(cluster.api.list('/api/v1/configmaps')).toHaveLength(1)
    await cluster.clock.advance(60_000)
    expect(cluster.errors).toEqual([])
    expect(cluster.api.list('/api/v1/configmaps')).toEqual([])
    expect(cluster.api.list('/api/v1/namespaces')).toEqual([])
  })
})
