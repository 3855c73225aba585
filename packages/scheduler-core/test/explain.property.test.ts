import type { Node, NodeSelectorRequirement, Pod, Taint } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { explainPod, Scheduler, type Suggestion } from '../src/index.ts'

const labels = fc.dictionary(fc.constantFrom('zone', 'disk', 'size'), fc.constantFrom('a', 'b', '1', '5'), {
  maxKeys: 3,
})
const taint: fc.Arbitrary<Taint> = fc.record({
  key: fc.constantFrom('dedicated', 'gpu'),
  value: fc.constantFrom('', 'web'),
  effect: fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
})
const node: fc.Arbitrary<Node> = fc
  .record({
    labels,
    unschedulable: fc.boolean(),
    taints: fc.uniqueArray(taint, { maxLength: 3, selector: ({ key, effect }) => `${key}:${effect}` }),
    cpu: fc.integer({ min: 0, max: 4 }),
    pods: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ labels, unschedulable, taints, cpu, pods }) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'one', labels },
    spec: { taints, ...(unschedulable && { unschedulable }) },
    status: { allocatable: { cpu: `${cpu}`, memory: '1Gi', pods: `${pods}` } },
  }))
const requirement: fc.Arbitrary<NodeSelectorRequirement> = fc.oneof(
  fc.record({
    key: fc.constantFrom('zone', 'disk', 'size'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom('a', 'b', '1', '5'), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: fc.constantFrom('zone', 'disk', 'size'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  fc.record({ key: fc.constant('size'), operator: fc.constantFrom('Gt', 'Lt'), values: fc.constant(['3']) }),
)
const makePod = (name: string, spec: Partial<NonNullable<Pod['spec']>>, cpu: string, port?: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name },
  spec: {
    ...spec,
    containers: [
      {
        name: 'app',
        image: 'app',
        resources: { requests: { cpu, memory: '700Mi' } },
        ...(port !== undefined && { ports: [{ containerPort: 80, hostPort: port }] }),
      },
    ],
  },
})
const port = fc.option(fc.constantFrom(80, 81), { nil: undefined })
const pod: fc.Arbitrary<Pod> = fc
  .record({
    cpu: fc.constantFrom('100m', '1', '3'),
    port,
    nodeSelector: fc.option(labels, { nil: undefined }),
    terms: fc.option(fc.array(fc.array(requirement, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }), {
      nil: undefined,
    }),
  })
  .map(({ cpu, port, nodeSelector, terms }) =>
    makePod(
      'wanted',
      {
        ...(nodeSelector && { nodeSelector }),
        ...(terms && {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
              },
            },
          },
        }),
      },
      cpu,
      port,
    ),
  )
const neighbours = fc.array(fc.record({ cpu: fc.constantFrom('100m', '1'), port }), { maxLength: 3 })

function explain(node: Node, pods: readonly Pod[], wanted: Pod) {
  const scheduler = new Scheduler({ now: () => 0, gates: createFeatureGates() })
  scheduler.nodeChanged(undefined, node)
  for (const other of pods) scheduler.podChanged(undefined, other)
  const { decision, suggestions } = explainPod(scheduler, wanted)
  return { refusedBy: decision?.filterFailures.get('one')?.plugin, suggestions }
}

function applied(node: Node, pods: readonly Pod[], wanted: Pod, { change }: Suggestion) {
  const gone = change?.without ?? []
  const left = pods.filter(({ metadata }) => !gone.includes(`${metadata.namespace}/${metadata.name}`))
  return explain(change?.node ?? node, left, change?.pod ?? wanted)
}

test('following a suggestion always takes away the refusal that it is about', () => {
  let followed = 0
  fc.assert(
    fc.property(node, neighbours, pod, (on, others, wanted) => {
      const pods = others.map(({ cpu, port }, index) => makePod(`run-${index}`, { nodeName: 'one' }, cpu, port))
      const { refusedBy, suggestions } = explain(on, pods, wanted)
      for (const suggestion of suggestions) {
        expect(suggestion.plugin).toBe(refusedBy)
        if (suggestion.change === undefined) continue
        followed += 1
        expect(applied(on, pods, wanted, suggestion).refusedBy).not.toBe(refusedBy)
      }
    }),
    { numRuns: 400 },
  )
  expect(followed).toBeGreaterThan(0)
})

test('a pod that is refused somewhere always gets a suggestion', () => {
  fc.assert(
    fc.property(node, neighbours, pod, (on, others, wanted) => {
      const pods = others.map(({ cpu, port }, index) => makePod(`run-${index}`, { nodeName: 'one' }, cpu, port))
      const { refusedBy, suggestions } = explain(on, pods, wanted)
      expect(suggestions.length > 0).toBe(refusedBy !== undefined)
    }),
    { numRuns: 400 },
  )
})
