import type { Node } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readyOf, withUnknownStatus } from '../src/nodelifecycle/unknown-status.ts'
import { evictionRate, zoneState } from '../src/nodelifecycle/zones.ts'
import { TestCluster } from './support/cluster.ts'

const prefix = 'node.kubernetes.io/'
const iso = (time: number) => new Date(time).toISOString().replace('Z', '000Z')

/** A cluster whose nodes beat every ten seconds until told to be silent. */
async function beating(count: number, options: { readonly zone?: (index: number) => string } = {}) {
  const cluster = new TestCluster({ controllers: ['node-lifecycle-controller', 'taint-eviction-controller'] })
  const { client, clock } = cluster
  const silent = new Set<string>()
  const names = Array.from({ length: count }, (_, index) => `n${index}`)
  const status = (ready = 'True'): NonNullable<Node['status']> => ({
    conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
      type,
      status: type === 'Ready' ? ready : 'False',
      lastHeartbeatTime: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    })),
  })
  for (const [index, name] of names.entries()) {
    const labels = options.zone && { 'topology.kubernetes.io/zone': options.zone(index) }
    await client.nodes().create({ apiVersion: 'v1', kind: 'Node', metadata: { name, ...(labels && { labels }) } })
    await client.nodes().updateStatus({ ...(await client.nodes().get(name)), status: status() })
    await client.leases('kube-node-lease').create({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name },
      spec: { holderIdentity: name, renewTime: iso(clock.now()) },
    })
  }
  const beat = async () => {
    clock.schedule(clock.now() + 10_000, beat, { background: true })
    for (const name of names) {
      if (silent.has(name)) continue
      const leases = client.leases('kube-node-lease')
      const lease = await leases.get(name)
      await leases.update({ ...lease, spec: { ...lease.spec, renewTime: iso(clock.now()) } })
    }
  }
  await beat()
  const report = async (name: string, ready = 'True') =>
    void (await client.nodes().updateStatus({ ...(await client.nodes().get(name)), status: status(ready) }))
  const taints = async (name: string) =>
    ((await client.nodes().get(name)).spec?.taints ?? []).map(
      ({ key, effect }) => `${key.replace(prefix, '')}:${effect}`,
    )
  const ready = async (name: string) => readyOf(await client.nodes().get(name))
  return { cluster, client, clock, silent, names, report, taints, ready }
}

async function runPod(cluster: TestCluster, name: string, nodeName: string, tolerations: readonly object[] = []) {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } }
  const spec = { nodeName, containers: [{ name: 'c', image: 'i' }], tolerations }
  await cluster.client.pods('default').create({ ...pod, spec } as never)
}

describe('a node that nobody hears of', () => {
  it('is not known to be ready after 50 seconds, and says why', async () => {
    const { silent, clock, ready, client } = await beating(3)
    await clock.advance(60_000)
    silent.add('n0')
    await clock.advance(45_000)
    expect(await ready('n0')).toMatchObject({ status: 'True' })
    await clock.advance(15_000)
    const { status } = await client.nodes().get('n0')
    for (const condition of status?.conditions ?? [])
      expect(condition).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      })
    expect(status?.conditions).toHaveLength(4)
    expect(await ready('n1')).toMatchObject({ status: 'True' })
  })

  it('is tainted, its pods are not ready, and they go when they have tolerated it long enough', async () => {
    const { cluster, silent, clock, taints } = await beating(3)
    const unreachable = { key: `${prefix}unreachable`, effect: 'NoExecute', operator: 'Exists' }
    await runPod(cluster, 'brief', 'n0', [{ ...unreachable, tolerationSeconds: 300 }])
    await runPod(cluster, 'daemon', 'n0', [unreachable])
    await clock.advance(20_000)
    const pod = (name: string) => cluster.pods().find((one) => one.metadata.name === name)
    expect(pod('brief')?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True' }])
    silent.add('n0')
    await clock.advance(60_000)
    expect((await taints('n0')).sort()).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule'])
    expect(pod('brief')?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'False' }])
    expect(cluster.events()).toContain('NodeNotReady: Node is not ready')
    expect(cluster.events()).toContain('NodeNotReady: Node n0 status is now: NodeNotReady')
    await clock.advance(280_000)
    expect(pod('brief')?.metadata.deletionTimestamp).toBeUndefined()
    await clock.advance(30_000)
    expect(pod('brief')).toBeUndefined()
    expect(pod('daemon')?.metadata.deletionTimestamp).toBeUndefined()
    expect(cluster.errors).toEqual([])
  })

  it('is forgiven when it comes back: its taints go, and pods that are not gone stay', async () => {
    const { cluster, silent, clock, taints, report } = await beating(3)
    await runPod(cluster, 'p', 'n0', [
      { key: `${prefix}unreachable`, effect: 'NoExecute', operator: 'Exists', tolerationSeconds: 300 },
    ])
    silent.add('n0')
    await clock.advance(120_000)
    expect(await taints('n0')).toContain('unreachable:NoExecute')
    silent.delete('n0')
    await report('n0')
    await clock.advance(10_000)
    expect(await taints('n0')).toEqual([])
    await clock.advance(600_000)
    expect(cluster.pods()).toHaveLength(1)
  })

  it('changes from unreachable to not-ready at once when its kubelet reports that', async () => {
    const { silent, clock, taints, report } = await beating(3)
    silent.add('n0')
    await clock.advance(70_000)
    silent.delete('n0')
    await report('n0', 'False')
    await clock.advance(6_000)
    expect((await taints('n0')).sort()).toEqual(['not-ready:NoExecute', 'not-ready:NoSchedule'])
  })

  it('that never reported gets 60 seconds', async () => {
    const { client, clock, ready } = await beating(1)
    await client.nodes().create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'mute' } })
    await clock.advance(58_000)
    expect(await ready('mute')).toBeUndefined()
    await clock.advance(10_000)
    expect(await ready('mute')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
    })
  })
})

describe('zones', () => {
  it('that lose nodes lose them to the taint one in ten seconds', async () => {
    const { silent, clock, taints, names } = await beating(8)
    for (const name of ['n0', 'n1', 'n2']) silent.add(name)
    const tainted = async () => {
      const all = await Promise.all(names.map(taints))
      return all.filter((one) => one.includes('unreachable:NoExecute')).length
    }
    await clock.advance(56_000)
    expect(await tainted()).toBe(1)
    await clock.advance(10_000)
    expect(await tainted()).toBe(2)
    await clock.advance(10_000)
    expect(await tainted()).toBe(3)
  })

  it('that are small and mostly silent drive nobody away', async () => {
    const { silent, clock, taints } = await beating(5)
    for (const name of ['n0', 'n1', 'n2']) silent.add(name)
    await clock.advance(200_000)
    // The first was tainted while the zone still counted as well.
    expect(await taints('n1')).toEqual(['unreachable:NoSchedule'])
    expect(await taints('n2')).toEqual(['unreachable:NoSchedule'])
  })

  it('that are all silent lose no pods: then the control plane is probably at fault', async () => {
    const { cluster, silent, clock, taints, report } = await beating(2)
    await runPod(cluster, 'p', 'n0')
    silent.add('n0').add('n1')
    await clock.advance(600_000)
    expect(await taints('n0')).toEqual(['unreachable:NoSchedule'])
    expect(cluster.pods()).toHaveLength(1)
    silent.delete('n1')
    await report('n1')
    await clock.advance(30_000)
    expect(await taints('n0')).toContain('unreachable:NoExecute')
    expect(await taints('n1')).toEqual([])
  })

  it('are judged each by itself', async () => {
    const { silent, clock, taints } = await beating(6, { zone: (index) => (index < 3 ? 'a' : 'b') })
    for (const name of ['n0', 'n1', 'n2']) silent.add(name)
    await clock.advance(90_000)
    for (const name of ['n0', 'n1', 'n2']) expect(await taints(name)).toContain('unreachable:NoExecute')
  })
})

it('nodes that come and go are told of', async () => {
  const { cluster, client, clock } = await beating(2)
  await clock.advance(6_000)
  expect(cluster.events()).toContain('RegisteredNode: Node n0 event: Registered Node n0 in Controller')
  await client.nodes().delete('n1')
  await clock.advance(6_000)
  expect(cluster.events()).toContain('RemovingNode: Node n1 event: Removing Node n1 from Controller')
})

it('ten thousand heartbeats cost a handful of looks', async () => {
  const { clock } = await beating(50)
  const before = clock.size
  await clock.advance(2_000_000)
  expect(clock.size).toBeLessThanOrEqual(before + 2)
})

describe('zone states', () => {
  const node = (status: string): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    status: { conditions: [{ type: 'Ready', status }] },
  })
  const zone = (good: number, bad: number) => [
    ...Array.from({ length: good }, () => node('True')),
    ...Array.from({ length: bad }, () => node('Unknown')),
  ]

  it('need three bad nodes and more than half of all', () => {
    expect(zoneState(zone(1, 2))).toBe('Normal')
    expect(zoneState(zone(2, 3))).toBe('PartialDisruption')
    expect(zoneState(zone(3, 3))).toBe('Normal')
    expect(zoneState(zone(0, 1))).toBe('FullDisruption')
    expect(zoneState([])).toBe('Normal')
  })

  it('never make eviction faster as they get worse', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (good, bad) => {
        const rate = evictionRate(zoneState(zone(good, bad)), good + bad)
        expect(rate).toBeLessThanOrEqual(0.1)
        if (good > 0 && bad > 2 && bad / (good + bad) >= 0.55) expect(rate).toBe(good + bad > 50 ? 0.01 : 0)
      }),
    )
  })
})

it('an unknown status is always the same the second time', () => {
  const types = fc.constantFrom('Ready', 'MemoryPressure', 'NetworkUnavailable', 'Own')
  fc.assert(
    fc.property(fc.dictionary(types, fc.constantFrom('True', 'False', 'Unknown')), (states) => {
      const node: Node = {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n' },
        status: { conditions: Object.entries(states).map(([type, status]) => ({ type, status })) },
      }
      const once = withUnknownStatus(node, 0)
      expect(withUnknownStatus(once, 5000)).toEqual(once)
      for (const { type, status } of once.status?.conditions ?? [])
        if (type in states && !['Ready', 'MemoryPressure'].includes(type)) expect(status).toBe(states[type])
        else expect(status).toBe('Unknown')
    }),
  )
})
