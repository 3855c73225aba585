import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Decisions, decide, type PodDecision, prepareSnapshot } from '../src/index.ts'

interface Cluster {
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
}

const apps = ['web', 'api']
const node = (index: number): fc.Arbitrary<Node> =>
  fc
    .record({
      cpu: fc.integer({ min: 1, max: 6 }),
      pods: fc.integer({ min: 1, max: 6 }),
      zone: fc.constantFrom('a', 'b', undefined),
      tainted: fc.boolean(),
    })
    .map(({ cpu, pods, zone, tainted }) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `node-${index}`,
        labels: { 'kubernetes.io/hostname': `node-${index}`, ...(zone && { 'topology.kubernetes.io/zone': zone }) },
      },
      spec: { ...(tainted && { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] }) },
      status: { allocatable: { cpu: `${cpu}`, memory: '8Gi', pods: `${pods}` } },
    }))
const pod = (index: number): fc.Arbitrary<Pod> =>
  fc
    .record({
      cpu: fc.constantFrom(undefined, '250m', '1', '3'),
      app: fc.constantFrom(...apps),
      priority: fc.constantFrom(0, 0, 10),
      tolerates: fc.boolean(),
      port: fc.option(fc.constantFrom(80, 81), { nil: undefined }),
      zone: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    })
    .map(({ cpu, app, priority, tolerates, port, zone }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${index}`, namespace: 'default', labels: { app } },
      spec: {
        schedulerName: 'default-scheduler',
        priority,
        ...(tolerates && { tolerations: [{ key: 'dedicated', operator: 'Exists' }] }),
        ...(zone && { nodeSelector: { 'topology.kubernetes.io/zone': zone } }),
        containers: [
          {
            name: 'app',
            image: 'app',
            ...(cpu && { resources: { requests: { cpu, memory: '64Mi' } } }),
            ...(port && { ports: [{ containerPort: 80, hostPort: port, protocol: 'TCP' }] }),
          },
        ],
      },
    }))
const many = <T>(of: (index: number) => fc.Arbitrary<T>, max: number): fc.Arbitrary<readonly T[]> =>
  fc.integer({ min: 1, max }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => of(index))))
const cluster: fc.Arbitrary<Cluster> = fc.record({ nodes: many(node, 5), pods: many(pod, 10) })

const run = ({ nodes, pods }: Cluster, options: Readonly<Record<string, unknown>> = {}): Decisions =>
  decide(prepareSnapshot({ objects: [...nodes, ...pods], options }))
const milli = (cpu: string) => (cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000)
const options = fc.record({
  mode: fc.constantFrom('once', 'settle'),
  preemption: fc.constantFrom('immediate', 'graceful'),
  tieBreak: fc.constantFrom('lexical', 'upstream'),
})

test('a node never gets more than it has, nor two pods on one host port', () => {
  fc.assert(
    fc.property(cluster, options, (given, how) => {
      const { placements } = run(given, how)
      for (const node of given.nodes) {
        const here = given.pods.filter((pod) => placements[`default/${pod.metadata.name}`] === node.metadata.name)
        const cpu = here.map((pod) => milli(String(pod.spec?.containers[0]?.resources?.requests?.['cpu'] ?? '0')))
        const has = node.status?.allocatable ?? {}
        expect(cpu.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(milli(String(has['cpu'])))
        expect(here.length).toBeLessThanOrEqual(Number(has['pods']))
        const ports = here.flatMap((pod) => pod.spec?.containers[0]?.ports?.map((port) => port.hostPort) ?? [])
        expect(new Set(ports).size).toBe(ports.length)
      }
    }),
    { numRuns: 150 },
  )
})

test('a placed pod always has the zone that it asks for and tolerates its node', () => {
  fc.assert(
    fc.property(cluster, options, (given, how) => {
      const { placements } = run(given, how)
      for (const { metadata, spec } of given.pods) {
        const node = given.nodes.find((entry) => entry.metadata.name === placements[`default/${metadata.name}`])
        if (node === undefined) continue
        const zone = spec?.nodeSelector?.['topology.kubernetes.io/zone']
        if (zone !== undefined) expect(node.metadata.labels?.['topology.kubernetes.io/zone']).toBe(zone)
        if ((node.spec?.taints ?? []).length > 0) expect(spec?.tolerations).toHaveLength(1)
      }
    }),
    { numRuns: 150 },
  )
})

test('when all nodes are looked at, the order of the nodes never changes what is feasible, good or best', () => {
  const shuffled = cluster.chain((given) =>
    fc.record({
      given: fc.constant(given),
      nodes: fc.shuffledSubarray([...given.nodes], { minLength: given.nodes.length }),
    }),
  )
  fc.assert(
    fc.property(shuffled, ({ given, nodes }) => {
      // With the smallest name winning ties, nothing is left that the order could decide.
      const [one, other] = [run(given), run({ ...given, nodes })]
      expect(other.decisions).toEqual(one.decisions)
      // As upstream breaks ties, the first decision may only differ in which of the best nodes it takes.
      const firsts = [given.nodes, nodes].map((order) => run({ ...given, nodes: order }, { tieBreak: 'upstream' }))
      const [left, right] = firsts.map(({ decisions }) => decisions[0]) as [PodDecision, PodDecision]
      expect({ ...right, node: null, best: right.best }).toEqual({ ...left, node: null, best: left.best })
      if (left.node !== null && right.node !== null && left.finalScores) expect(left.best).toContain(right.node)
    }),
    { numRuns: 100 },
  )
})

test('an empty node on which a pod fits never leaves it without a node', () => {
  const spare: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'spare',
      labels: { 'kubernetes.io/hostname': 'spare', 'topology.kubernetes.io/zone': 'a' },
    },
    status: { allocatable: { cpu: '100', memory: '100Gi', pods: '110' } },
  }
  fc.assert(
    fc.property(cluster, (given) => {
      for (const pod of given.pods) {
        const before = run({ nodes: given.nodes, pods: [pod] }).decisions[0]
        const after = run({ nodes: [...given.nodes, spare], pods: [pod] }).decisions[0]
        const zone = pod.spec?.nodeSelector?.['topology.kubernetes.io/zone']
        if (before?.result === 'scheduled' || zone === undefined || zone === 'a')
          expect(after?.result).toBe('scheduled')
        expect(after?.feasible).toEqual(expect.arrayContaining([...(before?.feasible ?? [])]))
      }
    }),
    { numRuns: 60 },
  )
})
