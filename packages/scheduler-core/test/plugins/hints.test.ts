import { expect, test } from 'vitest'
import { newPodInfo } from '../../src/index.ts'
import { hintAfterNode, hintAfterPod } from '../../src/plugins/inter-pod-affinity/hints.ts'
import { nodePorts } from '../../src/plugins/node-ports.ts'
import { hostname, node, pod, zone } from './cluster.ts'

const terms = (app: string, topologyKey: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
})
const friendly = newPodInfo(pod('friendly', { affinity: { podAffinity: terms('db', zone) } }))
const shy = newPodInfo(pod('shy', { affinity: { podAntiAffinity: terms('db', hostname) } }))
const db = pod('db', { nodeName: 'a' }, { app: 'db' })
const other = pod('db', { nodeName: 'a' }, { app: 'other' })

test('affinity hears of placed pods that come to match', () => {
  expect(hintAfterPod(friendly, undefined, db)).toBe('Queue')
  expect(hintAfterPod(friendly, other, db)).toBe('Queue')
  expect(hintAfterPod(friendly, undefined, other)).toBe('Skip')
  expect(hintAfterPod(friendly, undefined, pod('db', {}, { app: 'db' }))).toBe('Skip')
})

test('anti-affinity hears of placed pods that go, or match no longer', () => {
  expect(hintAfterPod(shy, db, undefined)).toBe('Queue')
  expect(hintAfterPod(shy, db, other)).toBe('Queue')
  expect(hintAfterPod(shy, other, undefined)).toBe('Skip')
})

test('nodes matter that come to another place in the topology of a term', () => {
  const [x, y, none] = [node('a', { [zone]: 'x' }), node('a', { [zone]: 'y' }), node('a')]
  expect(hintAfterNode(friendly, undefined, x)).toBe('Queue')
  expect(hintAfterNode(friendly, x, y)).toBe('Queue')
  expect(hintAfterNode(friendly, x, none)).toBe('Skip')
  expect(hintAfterNode(friendly, x, x)).toBe('Skip')
  expect(hintAfterNode(shy, undefined, none)).toBe('Queue')
})

test('the host port of a sidecar is free when its pod goes', () => {
  const hint = nodePorts.eventsToRegister?.()[0]?.hint
  const port = { containerPort: 80, hostPort: 80 }
  const waiting = newPodInfo(pod('web', { containers: [{ name: 'main', ports: [port] }] }))
  const sidecar = { name: 'proxy', restartPolicy: 'Always', ports: [port] }
  expect(hint?.(waiting, pod('old', { nodeName: 'a', initContainers: [sidecar] }), undefined)).toBe('Queue')
  expect(hint?.(waiting, pod('old', { nodeName: 'a' }), undefined)).toBe('Skip')
})
