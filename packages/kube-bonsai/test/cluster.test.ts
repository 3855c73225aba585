import { readFileSync } from 'node:fs'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import { ApplyError, Cluster } from '../src/index.ts'

const demo = readFileSync(new URL('../../../docs/demo/demo.yaml', import.meta.url), 'utf8')

/** A cluster with the demo application, settled. */
async function demoCluster(seed: number | string = 1): Promise<Cluster> {
  const cluster = await Cluster.create({ nodes: 3, seed })
  await cluster.apply(demo)
  await cluster.settle()
  return cluster
}

const deployment = (name: string, replicas: number, image = 'app:1') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
  },
})

describe('a cluster', () => {
  test('brings up everything that is applied', async () => {
    const cluster = await demoCluster()
    const states = await cluster.workloads()
    expect(states.map(({ kind, name, ready, wanted }) => `${kind} ${name} ${ready}/${wanted}`)).toEqual([
      'Deployment web 3/3',
      'StatefulSet database 2/2',
      'DaemonSet log-shipper 3/3',
      'Job fill-shelves 2/2',
    ])
    expect(await cluster.problems()).toEqual([])
    const pods = await cluster.client.pods('shop').list()
    for (const pod of pods.items) expect(pod.status?.observedGeneration).toBe(pod.metadata.generation)
    cluster.close()
  })

  test('says why a pod does not run', async () => {
    const cluster = await Cluster.create({ nodes: 1 })
    const big = deployment('big', 1)
    big.spec.template.spec.containers = [
      { name: 'app', image: 'app:1', resources: { requests: { cpu: '64' } } } as never,
    ]
    await cluster.apply(big)
    await cluster.settle()
    const problems = await cluster.problems()
    expect(problems).toMatchObject([
      {
        kind: 'Pod',
        reason: 'Unschedulable',
        message:
          '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      },
    ])
    cluster.close()
  })

  test('claims that wait for their first consumer get a volume where it runs', async () => {
    const cluster = await Cluster.create({ nodes: 2 })
    await cluster.apply(`
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: example.com/local
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: local, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers: [{name: db, image: db}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`)
    await cluster.settle()
    const pod = await cluster.client.pods('default').get('db')
    const claim = await cluster.client.persistentVolumeClaims('default').get('data')
    expect(claim.status?.phase).toBe('Bound')
    expect(claim.metadata.annotations?.['volume.kubernetes.io/selected-node']).toBe(pod.spec?.nodeName)
    expect(pod.status?.phase).toBe('Running')
    cluster.close()
  })

  test('a pod that needs what is not modelled waits and says so, and the cluster settles', async () => {
    const cluster = await Cluster.create({ nodes: 2 })
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }],
        containers: [{ name: 'c', image: 'i', resources: { claims: [{ name: 'gpu' }] } }],
      },
    }
    await cluster.apply(pod as KubeObject)
    expect((await cluster.settle()).settled).toBe(true)
    expect((await cluster.problems())[0]?.message).toContain('unsupported: DynamicResources')
    cluster.close()
  })

  test('garbage collection and namespaces work: nothing outlives its owner', async () => {
    const cluster = await demoCluster()
    await cluster.client.deployments('shop').delete('web')
    await cluster.settle()
    expect((await cluster.client.pods('shop').list({ labelSelector: 'app=web' })).items).toEqual([])
    await cluster.client.namespaces().delete('shop')
    await cluster.settle()
    expect((await cluster.client.pods().list()).items).toEqual([])
    await expect(cluster.client.namespaces().get('shop')).rejects.toMatchObject({ code: 404 })
    cluster.close()
  })

  test('a rolling update never takes more than it may', async () => {
    const cluster = await Cluster.create({ nodes: 3 })
    await cluster.apply(deployment('web', 4))
    await cluster.settle()
    const before = cluster.events().length
    await cluster.apply(deployment('web', 4, 'app:2'))
    await cluster.settle()
    const available = cluster
      .events()
      .slice(before)
      .flatMap((entry) => {
        const { status } = entry.object as { readonly status?: { readonly availableReplicas?: number } }
        return entry.kind === 'Deployment' ? [status?.availableReplicas ?? 0] : []
      })
    expect(Math.min(...available)).toBeGreaterThanOrEqual(3)
    const pods = await cluster.client.pods('default').list()
    expect(pods.items.map((pod) => pod.spec?.containers?.[0]?.image)).toEqual(Array(4).fill('app:2'))
    cluster.close()
  })

  test('a pod whose program fails is restarted with back-off', async () => {
    const cluster = await Cluster.create({ nodes: 1, programs: { app: { run: () => 1 } } })
    await cluster.apply(deployment('bad', 1))
    await cluster.advance('2m')
    const [pod] = (await cluster.client.pods('default').list()).items
    expect(pod?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    })
    cluster.close()
  })

  test('the same seed gives the same event log', async () => {
    const [one, other] = await Promise.all([demoCluster('a'), demoCluster('a')])
    expect(JSON.stringify(other.events())).toBe(JSON.stringify(one.events()))
    const third = await demoCluster('b')
    expect(JSON.stringify(third.events())).not.toBe(JSON.stringify(one.events()))
    for (const cluster of [one, other, third]) cluster.close()
  })

  test('a fork goes its own way and leaves the other alone', async () => {
    const cluster = await demoCluster()
    const before = cluster.server.storage.revision
    const fork = await cluster.fork()
    await fork.client.deployments('shop').patch('web', 'merge', { spec: { replicas: 5 } })
    await fork.settle()
    expect((await fork.workloads())[0]).toMatchObject({ name: 'web', ready: 5 })
    expect(cluster.server.storage.revision).toBe(before)
    expect((await cluster.workloads())[0]).toMatchObject({ name: 'web', ready: 3 })
    const restarts = (await fork.client.pods('shop').list()).items.flatMap((pod) => pod.status?.containerStatuses ?? [])
    expect(restarts.every((status) => status.restartCount === 0)).toBe(true)
    fork.close()
    cluster.close()
  })

  test('a day passes in a moment, and heartbeats do not keep it from settling', async () => {
    const cluster = await Cluster.create({ nodes: 2 })
    const start = cluster.clock.now()
    await cluster.advance('24h')
    expect(cluster.clock.now() - start).toBe(24 * 3600_000)
    expect((await cluster.settle()).settled).toBe(true)
    // The store forgets: after a day of heartbeats only the last minutes of history are there.
    const { storage } = cluster.server
    expect(storage.revision - storage.compactedRevision).toBeLessThan(200)
    cluster.close()
  })
})

describe('bad input', () => {
  test('is refused object by object, and the rest is applied', async () => {
    const cluster = await Cluster.create()
    const good = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'good' } }
    const bad = [
      { apiVersion: 'v1', kind: 'Widget', metadata: { name: 'x' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not Valid' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost', namespace: 'nowhere' } },
    ]
    const error = await cluster.apply([...bad, good] as KubeObject[]).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApplyError)
    const messages = (error as ApplyError).results.map((result) =>
      result.action === 'failed' ? result.error.message : result.action,
    )
    expect(messages[0]).toBe('no matches for kind "Widget" in version "v1"')
    expect(messages[1]).toMatch(
      /^ConfigMap "Not Valid" is invalid: metadata.name: Invalid value: "Not Valid": a lowercase RFC 1123 subdomain/,
    )
    expect(messages[2]).toBe('namespaces "nowhere" not found')
    expect(messages[3]).toBe('created')
    cluster.close()
  })

  test('of every hostile kind changes nothing', async () => {
    const cluster = await Cluster.create()
    const before = cluster.server.storage.revision
    const post = (body: string, type = 'application/json') =>
      cluster.fetch(
        new Request('http://bonsai/api/v1/namespaces/default/configmaps', {
          method: 'POST',
          body,
          headers: { 'content-type': type },
        }),
      )
    const deep = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}}`
    const answers = await Promise.all([
      post('{"apiVersion": "v1", "kind": "ConfigMap", '),
      post('[]'),
      post('"text"'),
      post('{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}}'),
      post('{"apiVersion":"v9","kind":"ConfigMap","metadata":{"name":"x"}}'),
      post('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":1}}'),
      post('x', 'text/html'),
      post(' '.repeat(3 * 1024 * 1024 + 1)),
      post(deep),
    ])
    const codes = answers.map((answer) => answer.status)
    expect(codes).toEqual([400, 400, 400, 400, 400, 400, 415, 413, 400])
    expect(cluster.server.storage.revision).toBe(before)
    cluster.close()
  })

  test('__proto__ and constructor are data like any other, or refused', async () => {
    const cluster = await Cluster.create()
    await cluster.apply(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p","labels":{"constructor":"a"}},"data":{"constructor":"b"}}',
    )
    const map = await cluster.client.configMaps('default').get('p')
    expect(map.data?.constructor).toBe('b')
    await cluster
      .apply('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"q"},"data":{"__proto__":"evil"}}')
      .catch(() => undefined)
    expect(({} as { evil?: unknown }).evil).toBeUndefined()
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
    cluster.close()
  })

  test('an absurd quantity is refused at once', async () => {
    const cluster = await Cluster.create()
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1e99999999999' } } }] },
    }
    await expect(cluster.apply(pod as KubeObject)).rejects.toThrow(ApplyError)
    await expect(cluster.client.pods('default').list()).resolves.toMatchObject({ items: [] })
    cluster.close()
  })
})

test('bodies and answers may be YAML', async () => {
  const cluster = await Cluster.create()
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: "1"}\n'
  const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' }
  const url = 'http://bonsai/api/v1/namespaces/default/configmaps'
  const answer = await cluster.fetch(new Request(url, { method: 'POST', body, headers }))
  expect(answer.status).toBe(201)
  expect(answer.headers.get('content-type')).toBe('application/yaml')
  expect(await answer.text()).toMatch(/^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\n/)
  const broken = await cluster.fetch(new Request(url, { method: 'POST', body: 'a: [', headers }))
  expect(broken.status).toBe(400)
  cluster.close()
})
