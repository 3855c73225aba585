import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

interface Shown extends KubeObject {
  readonly spec?: {
    readonly matchingPrecedence?: number
    readonly priorityLevelConfiguration?: { readonly name: string }
    readonly limited?: { readonly nominalConcurrencyShares: number }
    readonly groupPriorityMinimum?: number
    readonly versionPriority?: number
  }
}

async function start(runtimeConfig: Readonly<Record<string, boolean>> = {}) {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test'), runtimeConfig })
  await server.bootstrap()
  const list = async (path: string) => {
    const { body } = await server.transport.request({ method: 'GET', path })
    return (body as { readonly items: readonly Shown[] }).items
  }
  return { server, list }
}

test('the flow schemas and levels are those of v1.35.4', async () => {
  const { list } = await start()
  const schemas = await list('/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas')
  const shown = schemas.map(({ metadata, spec }) => [
    metadata.name,
    spec?.matchingPrecedence,
    spec?.priorityLevelConfiguration?.name,
  ])
  expect(shown).toEqual([
    ['catch-all', 10000, 'catch-all'],
    ['exempt', 1, 'exempt'],
    ['global-default', 9900, 'global-default'],
    ['kube-controller-manager', 800, 'workload-high'],
    ['kube-scheduler', 800, 'workload-high'],
    ['kube-system-service-accounts', 900, 'workload-high'],
    ['probes', 2, 'exempt'],
    ['service-accounts', 9000, 'workload-low'],
    ['system-leader-election', 100, 'leader-election'],
    ['system-node-high', 400, 'node-high'],
    ['system-nodes', 500, 'system'],
  ])
  const levels = await list('/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations')
  const shares = levels.map(({ spec }) => spec?.limited?.nominalConcurrencyShares ?? 0)
  expect(shares.reduce((sum, one) => sum + one, 0)).toBe(245)
  expect(levels).toHaveLength(8)
})

test('every version that is served has an APIService, with the priorities of v1.35.4', async () => {
  const { list } = await start({ 'api/all': true })
  const services = await list('/apis/apiregistration.k8s.io/v1/apiservices')
  const priorities = new Map(
    services.map(({ metadata, spec }) => [metadata.name, [spec?.groupPriorityMinimum, spec?.versionPriority]]),
  )
  expect(priorities.get('v1.')).toEqual([18000, 1])
  expect(priorities.get('v1.apps')).toEqual([17800, 15])
  expect(priorities.get('v2.autoscaling')).toEqual([17500, 30])
  expect(priorities.get('v1beta1.coordination.k8s.io')).toEqual([16500, 13])
  expect(priorities.get('v1.resource.k8s.io')).toEqual([16200, 21])
  expect(priorities.get('v1beta2.resource.k8s.io')).toEqual([16200, 15])
  expect(priorities.has('v1.apiregistration.k8s.io')).toBe(false)
  const { list: byDefault } = await start()
  expect(await byDefault('/apis/apiregistration.k8s.io/v1/apiservices')).toHaveLength(21)
})

test('what the server makes of itself names it, and is its own', async () => {
  const { list } = await start()
  const [lease] = await list('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases')
  expect(lease?.metadata).toMatchObject({
    name: expect.stringMatching(/^apiserver-[a-z2-7]{26}$/),
    labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver' },
  })
  const namespaces = await list('/api/v1/namespaces')
  const managers = namespaces.flatMap(({ metadata }) => metadata.managedFields ?? []).map(({ manager }) => manager)
  expect(new Set(managers)).toEqual(new Set(['kube-apiserver']))
})

test('a second start changes nothing', async () => {
  const { server } = await start()
  const before = server.storage.revision
  await server.bootstrap()
  expect(server.storage.revision).toBe(before)
})
