import type { ClusterRole } from '@kube-bonsai/api-types/rbac/v1'
import { createApiServer } from '@kube-bonsai/apiserver'
import { createClient, createInformerFactory } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createControllers } from '@kube-bonsai/controllers'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { expect, it } from 'vitest'
import { gatherRules } from '../src/clusterroleaggregation/gather.ts'

async function start() {
  const clock = new VirtualClock()
  const random = createRandom('test')
  const server = createApiServer({ clock, random })
  await server.bootstrap()
  const client = createClient(server.transport)
  const informers = createInformerFactory(client, { clock, random })
  const context = { client, informers, clock, random, gates: createFeatureGates({}), recorder: () => ({ event() {} }) }
  createControllers().get('clusterrole-aggregation-controller')?.start(context)
  informers.start()
  await clock.advance(1000)
  const roles = client.dynamic({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    resource: 'clusterroles',
    namespaced: false,
  })
  return { clock, server, roles }
}

const rulesOf = async (roles: Awaited<ReturnType<typeof start>>['roles'], name: string) =>
  ((await roles.get(name)) as unknown as ClusterRole).rules ?? []

it('roles that gather have the rules of those that they select, and of what these gather', async () => {
  const { roles } = await start()
  const [view, edit, admin] = await Promise.all(['view', 'edit', 'admin'].map((name) => rulesOf(roles, name)))
  expect(view).toEqual(await rulesOf(roles, 'system:aggregate-to-view'))
  expect(edit).toEqual(expect.arrayContaining([...(view ?? []), ...(await rulesOf(roles, 'system:aggregate-to-edit'))]))
  expect(admin).toEqual(expect.arrayContaining([...(edit ?? [])]))
})

it('a new role with the label adds its rules, and its end takes them away', async () => {
  const { clock, roles } = await start()
  const before = await rulesOf(roles, 'admin')
  const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }
  const rules = [{ verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] }]
  const metadata = { name: 'widgets', labels }
  await roles.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules } as never)
  await clock.advance(1000)
  expect(await rulesOf(roles, 'admin')).toEqual(expect.arrayContaining(rules))
  await roles.delete('widgets')
  await clock.advance(1000)
  expect(await rulesOf(roles, 'admin')).toEqual(before)
})

it('gathers each rule once, and none of its own', () => {
  const role = (name: string, labels: Record<string, string>, verbs: readonly string[]) =>
    ({ metadata: { name, labels }, rules: [{ verbs }] }) as unknown as ClusterRole
  const all = {
    ...role('all', { a: 'b' }, ['own']),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
  }
  const roles = [
    role('z', { a: 'b' }, ['1']),
    role('y', { a: 'b' }, ['2']),
    role('x', { a: 'b' }, ['1']),
    role('w', {}, ['3']),
  ]
  expect(gatherRules(all, [all, ...roles])).toEqual([{ verbs: ['1'] }, { verbs: ['2'] }])
})
