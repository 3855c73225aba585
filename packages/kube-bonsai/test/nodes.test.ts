import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Program } from '@kube-bonsai/kubelet-model'
import { describe, expect, it } from 'vitest'
import { Cluster, DrainError, NodeStateError } from '../src/index.ts'

const deployment = (name: string, replicas: number, spec: object = {}): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: name }], ...spec } },
    },
  }) as KubeObject

async function running(replicas = 3, options: Parameters<typeof Cluster.create>[0] = {}) {
  const cluster = await Cluster.create({ nodes: 3, ...options })
  await cluster.apply(deployment('web', replicas))
  await cluster.settle()
  const pods = async () => (await cluster.client.pods('default').list()).items
  const podOn = async (node: string) => {
    const found = (await pods()).find(({ spec }) => spec?.nodeName === node)
    if (found === undefined) throw new Error(`no pod on ${node}`)
    return found
  }
  const ready = async (name: string) =>
    (await cluster.client.nodes().get(name)).status?.conditions?.find(({ type }) => type === 'Ready')?.status
  return { cluster, pods, podOn, ready, node: cluster.nodes.get('node-1') }
}

describe('a node whose power goes', () => {
  it('is unreachable, and its pods are replaced elsewhere after five minutes', async () => {
    const { cluster, node, podOn, pods, ready } = await running()
    const lost = await podOn('node-1')
    node.kill()
    expect(node.state).toBe('off')
    await cluster.advance('60s')
    expect(await ready('node-1')).toBe('Unknown')
    expect(await ready('node-2')).toBe('True')
    const condition = (await podOn('node-1')).status?.conditions?.find(({ type }) => type === 'Ready')
    expect(condition?.status).toBe('False')
    await cluster.settle()
    const stuck = (await pods()).filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    expect(stuck.map(({ metadata }) => metadata.name)).toEqual([lost.metadata.name])
    expect((await cluster.workloads())[0]).toMatchObject({ ready: 3 })
    cluster.close()
  })

  it('is not waited for by hand: settling lets the control plane notice', async () => {
    const { cluster, node, podOn } = await running()
    const lost = await podOn('node-1')
    node.kill()
    expect((await cluster.settle()).settled).toBe(true)
    expect(
      (await cluster.client.pods('default').get(lost.metadata.name ?? '')).metadata.deletionTimestamp,
    ).toBeDefined()
    cluster.close()
  })

  it('restarts its containers when it boots in time, and says that it was rebooted', async () => {
    const { cluster, node, podOn, ready } = await running()
    const before = await podOn('node-1')
    node.kill()
    await cluster.advance('90s')
    await node.boot()
    await cluster.settle()
    expect(await ready('node-1')).toBe('True')
    const after = await podOn('node-1')
    expect(after.metadata.uid).toBe(before.metadata.uid)
    const [status] = after.status?.containerStatuses ?? []
    expect(status).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    })
    expect((await cluster.client.nodes().get('node-1')).spec?.taints ?? []).toEqual([])
    const events = (await cluster.client.events('default').list()).items.map(({ reason }) => reason)
    expect(events).toContain('Rebooted')
    cluster.close()
  })

  it('removes what was deleted meanwhile when it boots late', async () => {
    const { cluster, node, pods } = await running()
    node.kill()
    await cluster.advance('10m')
    expect(await pods()).toHaveLength(4)
    await node.boot()
    await cluster.settle()
    expect(await pods()).toHaveLength(3)
    cluster.close()
  })

  it('starts no kubelet while it is off', async () => {
    const { cluster, node } = await running()
    node.kill()
    const error = await node.startKubelet().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NodeStateError)
    expect(error).toMatchObject({ node: 'node-1', state: 'off', message: 'node "node-1" is off: boot() it first' })
    cluster.close()
  })
})

describe('a node without its kubelet', () => {
  it('keeps its containers running, and a kubelet that comes back goes on with them', async () => {
    const { cluster, node, podOn, ready } = await running()
    const before = await podOn('node-1')
    node.stopKubelet()
    expect(node.state).toBe('stopped')
    await cluster.advance('2m')
    expect(await ready('node-1')).toBe('Unknown')
    expect(node.runtime.list(before.metadata.uid ?? '').map(({ state }) => state)).toEqual(['running'])
    await node.startKubelet()
    await cluster.advance('10s')
    expect(await ready('node-1')).toBe('True')
    await cluster.settle()
    const after = await podOn('node-1')
    expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses)
    expect(after.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
    cluster.close()
  })

  it('restarts nothing that ends, until it is back', async () => {
    const ends: Program = { run: async (context) => ((await context.sleep(30_000)) ? 0 : 1) }
    const { cluster, node, podOn } = await running(3, { programs: { web: ends } })
    const restarts = async () => (await podOn('node-1')).status?.containerStatuses?.[0]?.restartCount ?? 0
    const before = await restarts()
    node.stopKubelet()
    await cluster.advance('4m')
    expect(await restarts()).toBe(before)
    await node.startKubelet()
    await cluster.advance('10s')
    expect(await restarts()).toBe(before + 1)
    cluster.close()
  })

  it('is hardly noticed when it only restarts', async () => {
    const { cluster, node, pods, ready } = await running()
    const before = await pods()
    await node.restartKubelet()
    await cluster.advance('3m')
    expect(await ready('node-1')).toBe('True')
    expect((await pods()).map(({ status }) => status?.containerStatuses)).toEqual(
      before.map(({ status }) => status?.containerStatuses),
    )
    cluster.close()
  })
})

describe('a node that is cut off', () => {
  it('goes on by itself, and tells of it when it is back', async () => {
    const fails: Program = { run: async (context) => ((await context.sleep(100_000)) ? 0 : 1) }
    const { cluster, node, podOn, ready } = await running(3, { programs: { web: fails } })
    const before = (await podOn('node-1')).status?.containerStatuses?.[0]?.restartCount ?? 0
    node.partition()
    await cluster.advance('200s')
    expect(await ready('node-1')).toBe('Unknown')
    expect((await podOn('node-1')).status?.containerStatuses?.[0]?.restartCount).toBe(before)
    await node.heal()
    await cluster.advance('15s')
    expect(await ready('node-1')).toBe('True')
    const [status] = (await podOn('node-1')).status?.containerStatuses ?? []
    expect(status?.restartCount).toBeGreaterThan(before)
    cluster.close()
  })

  it('ends what it should not run any more once it hears of that', async () => {
    const { cluster, node, pods, podOn } = await running()
    const lost = await podOn('node-1')
    const uid = lost.metadata.uid ?? ''
    node.partition()
    await cluster.advance('10m')
    await cluster.client.pods('default').delete(lost.metadata.name ?? '', { gracePeriodSeconds: 0 })
    await cluster.settle()
    expect(node.runtime.list(uid).map(({ state }) => state)).toEqual(['running'])
    await node.heal()
    await cluster.settle()
    expect(node.runtime.list(uid)).toEqual([])
    expect(await pods()).toHaveLength(3)
    cluster.close()
  })

  it('is ready again, and its pods too, when it comes back before they go', async () => {
    const { cluster, node, podOn, ready } = await running()
    const before = await podOn('node-1')
    node.partition()
    await cluster.advance('2m')
    await node.heal()
    await cluster.settle()
    expect(await ready('node-1')).toBe('True')
    const after = await podOn('node-1')
    expect(after.metadata.uid).toBe(before.metadata.uid)
    expect(after.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
    const why = after.status?.conditions?.flatMap(({ reason, message }) => [reason, message].filter(Boolean))
    expect(why).toEqual([])
    await cluster.advance('10m')
    expect((await podOn('node-1')).metadata.uid).toBe(before.metadata.uid)
    cluster.close()
  })
})

describe('a node that is drained', () => {
  it('is empty afterwards, and takes no pods until it is uncordoned', async () => {
    const { cluster, node, pods } = await running(6)
    const drain = await node.drain()
    expect(drain.pods).toHaveLength(2)
    await cluster.settle()
    await drain.finished
    expect((await pods()).map(({ spec }) => spec?.nodeName)).not.toContain('node-1')
    expect((await cluster.client.nodes().get('node-1')).spec).toMatchObject({ unschedulable: true })
    expect((await cluster.workloads())[0]).toMatchObject({ ready: 6 })
    await node.uncordon()
    expect((await cluster.client.nodes().get('node-1')).spec?.unschedulable).toBeUndefined()
    cluster.close()
  })

  it('refuses as kubectl does, and evicts nothing then', async () => {
    const { cluster, node, pods } = await running(3)
    const nodeName = 'node-1'
    await cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bare' },
        spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
      },
    ] as unknown as KubeObject[])
    await cluster.settle()
    const error = await node.drain().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DrainError)
    expect((error as Error).message).toBe(
      'unable to drain node "node-1": cannot delete Pods that declare no controller (use --force to override): default/bare',
    )
    expect(await pods()).toHaveLength(4)
    await node.drain({ force: true })
    await cluster.settle()
    expect((await pods()).map(({ metadata }) => metadata.name)).not.toContain('bare')
    cluster.close()
  })

  it('waits for a disruption budget, five seconds at a time', async () => {
    const { cluster, node, pods } = await running(3)
    await cluster.apply({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'all' },
      spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } },
    } as KubeObject)
    await node.drain()
    await cluster.advance('1m')
    expect((await pods()).filter(({ spec }) => spec?.nodeName === 'node-1')).toHaveLength(1)
    await cluster.client.resource('policy/v1/poddisruptionbudgets').namespace('default').delete('all')
    await cluster.advance('1m')
    expect((await pods()).filter(({ spec }) => spec?.nodeName === 'node-1')).toHaveLength(0)
    cluster.close()
  })
})

describe('a node that is filled up', () => {
  it('reports pressure, takes no more pods and evicts, until there is room again', async () => {
    const { cluster, node, pods } = await running()
    const pressure = async () => {
      const { status, spec } = await cluster.client.nodes().get('node-1')
      const condition = status?.conditions?.find(({ type }) => type === 'MemoryPressure')
      return [condition?.status, (spec?.taints ?? []).map(({ key }) => key).join()]
    }
    node.fill({ memory: '16Gi' })
    await cluster.advance('1m')
    expect(await pressure()).toEqual(['True', 'node.kubernetes.io/memory-pressure'])
    expect((await pods()).filter(({ status }) => status?.reason === 'Evicted')).toHaveLength(1)
    expect((await cluster.workloads())[0]).toMatchObject({ ready: 3 })
    node.release()
    await cluster.advance('10m')
    expect(await pressure()).toEqual(['False', ''])
    cluster.close()
  })

  it('disk and processes run short too; the node is clean when all is released', async () => {
    const hosts = { kubelet: { flags: { evictionHard: { 'pid.available': '10%', 'nodefs.available': '10%' } } } }
    const { cluster, node, pods } = await running(3, {
      nodes: [{ name: 'node-1', host: hosts.kubelet }, { name: 'node-2' }],
    })
    const taints = async () => ((await cluster.client.nodes().get('node-1')).spec?.taints ?? []).map(({ key }) => key)
    node.fill({ disk: '95Gi' })
    node.fill({ pids: 4_000_000 })
    await cluster.advance('1m')
    expect(await taints()).toEqual(['node.kubernetes.io/disk-pressure', 'node.kubernetes.io/pid-pressure'])
    const evicted = (await pods()).filter(({ status }) => status?.reason === 'Evicted')
    expect(evicted.map(({ spec }) => spec?.nodeName)).toContain('node-1')
    expect((await cluster.workloads())[0]).toMatchObject({ ready: 3 })
    const fork = await cluster.fork()
    await fork.advance('10m')
    expect((await fork.client.nodes().get('node-1')).spec?.taints).toHaveLength(2)
    fork.close()
    node.release()
    await cluster.advance('10m')
    expect(await taints()).toEqual([])
    cluster.close()
  })

  it('refuses what is no amount', async () => {
    const { cluster, node } = await running()
    expect(() => node.fill({ memory: 'much' })).toThrow('quantities must match the regular expression')
    expect(() => node.fill({ memory: -1 })).toThrow(RangeError)
    cluster.close()
  })
})

it('a node that is upgraded tells its new versions', async () => {
  const { cluster, node } = await running()
  await node.upgrade({ runtime: { version: '2.3.0' }, kubeletVersion: 'v1.35.5' })
  const { status } = await cluster.client.nodes().get('node-1')
  expect(status?.nodeInfo).toMatchObject({ containerRuntimeVersion: 'containerd://2.3.0', kubeletVersion: 'v1.35.5' })
  cluster.close()
})

it('a fork goes on with nodes as they are, those that were added and those that are off', async () => {
  const { cluster, node } = await running(3, { nodes: 6 })
  await cluster.nodes.add({ name: 'late' })
  node.kill()
  cluster.nodes.get('node-2').partition()
  cluster.nodes.get('node-3').stopKubelet()
  const fork = await cluster.fork()
  const states = new Map([...fork.nodes].map(({ name, state }) => [name, state]))
  expect([...states.values()]).toEqual(['off', 'partitioned', 'stopped', 'running', 'running', 'running', 'running'])
  expect([...states.keys()].at(-1)).toBe('late')
  await fork.settle()
  expect((await fork.workloads())[0]).toMatchObject({ ready: 3 })
  await fork.nodes.get('node-1').boot()
  await fork.nodes.get('node-2').heal()
  await fork.nodes.get('node-3').startKubelet()
  await fork.settle()
  expect((await fork.client.pods('default').list()).items).toHaveLength(3)
  fork.close()
  cluster.close()
})

it('a name that is no node is refused with the names that are', async () => {
  const cluster = await Cluster.create({ nodes: 2 })
  expect(() => cluster.nodes.get('nobody')).toThrow('there is no simulated node "nobody"; there are node-1, node-2')
  await expect(cluster.nodes.add({ name: 'node-1' })).rejects.toThrow('there is a node "node-1" already')
  cluster.close()
})
