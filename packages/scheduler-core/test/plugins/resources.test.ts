import { expect, test } from 'vitest'
import { brokenLinear } from '../../src/plugins/broken-linear.ts'
import {
  balancedAllocation,
  leastAllocated,
  mostAllocated,
  requestedToCapacityRatio,
} from '../../src/plugins/resource-scoring.ts'
import { decisions, node, pod, refusals, scoresOf, withArgs } from './cluster.ts'

const both = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 3 },
]

test.each([
  // requested, allocatable, least, most
  [[0, 0], [1000, 1000], 100, 0],
  [[1000, 1000], [1000, 1000], 0, 100],
  [[2000, 500], [1000, 1000], 37, 62],
  [[500, 0], [1000, 0], 50, 50],
  [[0, 0], [0, 0], 0, 0],
])('%j of %j', (requested, allocatable, least, most) => {
  expect(leastAllocated(requested, allocatable, both)).toBe(least)
  expect(mostAllocated(requested, allocatable, both)).toBe(most)
})

test('balance is the deviation of the fractions', () => {
  expect(balancedAllocation([500, 500], [1000, 1000], both)).toBe(100)
  expect(balancedAllocation([1000, 0], [1000, 1000], both)).toBe(50)
  expect(balancedAllocation([5000, 0], [1000, 1000], both)).toBe(50)
  expect(balancedAllocation([500, 0], [1000, 0], both)).toBe(100)
  expect(balancedAllocation([1000, 0, 500], [1000, 1000, 1000], [...both, { name: 'x', weight: 1 }])).toBe(59)
})

test('a ratio is scored along its shape, and resources that score nothing weigh nothing', () => {
  const shape = [
    { utilization: 0, score: 0 },
    { utilization: 100, score: 10 },
  ]
  expect(requestedToCapacityRatio(shape)([500, 0], [1000, 1000], both)).toBe(50)
  expect(requestedToCapacityRatio(shape)([333, 100], [1000, 1000], both)).toBe(16)
  const line = brokenLinear([
    { utilization: 10, score: 100 },
    { utilization: 70, score: 0 },
  ])
  expect([0, 10, 40, 70, 100].map(line)).toEqual([100, 100, 50, 0, 0])
})

const asks = (name: string, requests: Readonly<Record<string, string>>) =>
  pod(name, { containers: [{ name: 'main', image: 'app', resources: { requests } }] })

test('a full node scores best with MostAllocated', () => {
  const scoringStrategy = { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] }
  const old = { ...asks('old', { cpu: '2' }), spec: { ...asks('old', { cpu: '2' }).spec, nodeName: 'b' } }
  const objects = [node('a'), node('b'), old, asks('web', { cpu: '1' })]
  const { web } = decisions(objects, withArgs('NodeResourcesFit', { scoringStrategy }))
  expect(scoresOf(web, 'NodeResourcesFit')).toEqual({ a: 25, b: 75 })
})

test('ignored resources do not keep a pod away, by name or by group', () => {
  const objects = [node('a'), asks('web', { 'example.com/gpu': '1', 'acme.org/fpga': '1' })]
  expect(refusals(decisions(objects)['web'])).toEqual({
    a: 'NodeResourcesFit UnschedulableAndUnresolvable: Insufficient acme.org/fpga, Insufficient example.com/gpu',
  })
  const args = withArgs('NodeResourcesFit', {
    ignoredResources: ['example.com/gpu'],
    ignoredResourceGroups: ['acme.org'],
  })
  expect(decisions(objects, args)['web']?.node).toBe('a')
})

test('affinity that the profile adds binds every pod', () => {
  const requiredDuringSchedulingIgnoredDuringExecution = {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['x'] }] }],
  }
  const preference = { matchExpressions: [{ key: 'disk', operator: 'Exists' }] }
  const preferredDuringSchedulingIgnoredDuringExecution = [{ weight: 5, preference }]
  const addedAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution,
    preferredDuringSchedulingIgnoredDuringExecution,
  }
  const nodes = [node('a', { pool: 'x' }), node('b'), node('c', { pool: 'x', disk: 'ssd' })]
  const { web } = decisions([...nodes, pod('web')], withArgs('NodeAffinity', { addedAffinity }))
  expect(refusals(web)).toEqual({
    b: "NodeAffinity UnschedulableAndUnresolvable: node(s) didn't match scheduler-enforced node affinity",
  })
  expect(scoresOf(web, 'NodeAffinity')).toEqual({ a: 0, c: 200 })
})
