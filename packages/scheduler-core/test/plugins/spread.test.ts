import type { TopologySpreadConstraint } from '@kube-bonsai/api-types/core/v1'
import { expect, test } from 'vitest'
import { decisions, hostname, node, pod, refusals, scoresOf, withArgs, zone } from './cluster.ts'

const app = { app: 'web' }
const constraint = (rest: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: zone,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: app },
  ...rest,
})
const zones = [node('a', { [zone]: 'x' }), node('b', { [zone]: 'y' }), node('c')]
const running = (name: string, nodeName: string) => pod(name, { nodeName }, app)
const spread = (rest: Partial<TopologySpreadConstraint> = {}) =>
  pod('web', { topologySpreadConstraints: [constraint(rest)] }, app)

test('a pod goes where the skew stays small, and never where the label is missing', () => {
  const { web } = decisions([...zones, running('one', 'a'), spread()])
  expect(web?.node).toBe('b')
  expect(refusals(web)).toEqual({
    a: "PodTopologySpread Unschedulable: node(s) didn't match pod topology spread constraints",
    c: "PodTopologySpread UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing required label)",
  })
})

test('with fewer domains than asked for, the fewest are none', () => {
  const pods = [running('one', 'a'), running('two', 'b')]
  expect(decisions([...zones, ...pods, spread()])['web']?.feasible).toEqual(['a', 'b'])
  expect(decisions([...zones, ...pods, spread({ minDomains: 3 })])['web']?.feasible).toEqual([])
})

test('domains that the pod cannot reach do not count, unless the constraint says so', () => {
  const web = (nodeAffinityPolicy: string) =>
    pod('web', { nodeSelector: { [zone]: 'x' }, topologySpreadConstraints: [constraint({ nodeAffinityPolicy })] }, app)
  const at = (policy: string) => decisions([...zones, running('one', 'a'), web(policy)])['web']?.feasible
  expect([at('Honor'), at('Ignore')]).toEqual([['a'], []])
})

test('domains whose taints the pod does not tolerate count unless it honours taints', () => {
  const tainted = node('b', { [zone]: 'y' }, { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })
  const at = (nodeTaintsPolicy: string) =>
    decisions([node('a', { [zone]: 'x' }), tainted, running('one', 'a'), spread({ nodeTaintsPolicy })])['web']?.feasible
  expect([at('Ignore'), at('Honor')]).toEqual([[], ['a']])
})

test('soft constraints score crowded domains low', () => {
  const web = spread({ whenUnsatisfiable: 'ScheduleAnyway' })
  const { web: decision } = decisions([...zones, running('one', 'a'), web])
  // One matching pod times ln(2 + 2) rounds to 1 against 0; the plugin's weight is 2, and a node without the label gets nothing.
  expect(scoresOf(decision, 'PodTopologySpread')).toEqual({ a: 0, b: 200, c: 0 })
})

test("the system's defaults spread the pods of a service by host", () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: app, ports: [{ port: 80 }] },
  }
  const pods = [running('one', 'a'), running('two', 'a'), running('three', 'a'), pod('web', {}, app)]
  const scores = scoresOf(decisions([node('a'), node('b'), service, ...pods])['web'], 'PodTopologySpread')
  expect(scores['b']).toBeGreaterThan(scores['a'] ?? 0)
  const off = withArgs('PodTopologySpread', { defaultingType: 'List' })
  expect(decisions([node('a'), node('b'), service, ...pods], off)['web']?.skippedScore).toContain('PodTopologySpread')
})

test('a list of default constraints binds pods without their own', () => {
  const defaultConstraints = [{ maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule' }]
  const args = withArgs('PodTopologySpread', { defaultingType: 'List', defaultConstraints })
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: app, ports: [{ port: 80 }] },
  }
  const objects = [node('a'), node('b'), service, running('one', 'a'), pod('web', {}, app)]
  expect(decisions(objects, args)['web']?.feasible).toEqual(['b'])
})
