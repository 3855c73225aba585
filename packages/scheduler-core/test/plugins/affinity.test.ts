import { expect, test } from 'vitest'
import { decisions, hostname, node, pod, refusals, scoresOf, withArgs, zone } from './cluster.ts'

const term = (app: string, topologyKey = hostname) => ({ topologyKey, labelSelector: { matchLabels: { app } } })
const required = (app: string, topologyKey = hostname) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [term(app, topologyKey)],
})
const preferred = (weight: number, app: string, topologyKey = hostname) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term(app, topologyKey) }],
})
const two = [node('a', { [zone]: 'x' }), node('b', { [zone]: 'y' })]
const db = pod('db', { nodeName: 'a' }, { app: 'db' })

test('a pod goes where the pods are that it wants to be with', () => {
  const { web } = decisions([...two, db, pod('web', { affinity: { podAffinity: required('db', zone) } })])
  expect(web?.node).toBe('a')
  expect(refusals(web)).toEqual({
    b: "InterPodAffinity UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules",
  })
})

test('the first of a group that wants to be together may be alone, but needs the label', () => {
  const self = pod('web', { affinity: { podAffinity: required('web', zone) } }, { app: 'web' })
  expect(decisions([...two, node('c'), self])['web']?.feasible).toEqual(['a', 'b'])
})

test('a pod avoids the pods that it cannot be with, and those that cannot be with it', () => {
  const shy = pod('shy', { nodeName: 'b', affinity: { podAntiAffinity: required('web') } })
  const web = pod('web', { affinity: { podAntiAffinity: required('db') } }, { app: 'web' })
  expect(refusals(decisions([...two, db, shy, web])['web'])).toEqual({
    a: "InterPodAffinity Unschedulable: node(s) didn't match pod anti-affinity rules",
    b: "InterPodAffinity Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules",
  })
})

test('a namespace selector that asks for the absence of a label selects every namespace, as upstream', () => {
  const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other', labels: { x: '1' } } }
  const there = pod('there', { nodeName: 'a' }, { app: 'db' }, 'other')
  const namespaceSelector = { matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [{ ...term('db'), namespaceSelector }],
  }
  expect(decisions([...two, other, there, pod('web', { affinity: { podAntiAffinity } })])['web']?.node).toBe('b')
})

test('a topology key that every object inherits is no label', () => {
  const web = pod('web', { affinity: { podAffinity: required('web', 'constructor') } }, { app: 'web' })
  expect(decisions([...two, web])['web']?.feasible).toEqual([])
})

test('preferences of both sides count, from 0 to 100', () => {
  const fan = pod('fan', { nodeName: 'b', affinity: { podAffinity: preferred(30, 'web') } })
  const web = pod('web', { affinity: { podAffinity: preferred(10, 'db') } }, { app: 'web' })
  const { web: decision } = decisions([...two, node('c'), db, fan, web])
  // a: 10, b: 30, c: 0; the plugin's weight is 2.
  expect(scoresOf(decision, 'InterPodAffinity')).toEqual({ a: 66, b: 200, c: 0 })
})

test('required affinity of running pods counts as a preference of the configured weight', () => {
  const fan = pod('fan', { nodeName: 'b', affinity: { podAffinity: required('web') } }, { app: 'web' })
  const web = pod('web', {}, { app: 'web' })
  expect(scoresOf(decisions([...two, fan, web])['web'], 'InterPodAffinity')).toEqual({ a: 0, b: 200 })
  const none = decisions([...two, fan, web], withArgs('InterPodAffinity', { hardPodAffinityWeight: 0 }))
  expect(none['web']?.skippedScore).toContain('InterPodAffinity')
})

test('a pod with a selector that cannot be read waits for somebody to mend it', () => {
  const labelSelector = { matchExpressions: [{ key: 'app', operator: 'Near' }] }
  const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, labelSelector }] }
  const { web } = decisions([...two, pod('web', { affinity: { podAffinity } })])
  expect(web?.preFilter).toMatchObject({ plugin: 'InterPodAffinity', code: 'UnschedulableAndUnresolvable' })
  const problem = 'parsing pod: requiredAffinityTerms: "Near" is not a valid label selector operator'
  expect(web?.preFilter?.reasons).toEqual([problem])
})
