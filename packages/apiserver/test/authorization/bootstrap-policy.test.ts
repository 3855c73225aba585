import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { expect, it } from 'vitest'
import { rbac, rule, start } from './people.ts'

const kinds = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings']

async function counts(set: Record<string, boolean>) {
  const { ask } = await start({ gates: createFeatureGates({ set }) })
  const lists = await Promise.all(kinds.map((kind) => ask('GET', `${rbac}/${kind}`)))
  return lists.map(({ body }) => (body as { readonly items?: readonly unknown[] }).items?.length)
}

it('a cluster begins with the roles and bindings that v1.35.4 makes', async () => {
  expect(await counts({})).toEqual([68, 49, 7, 7])
  expect(await counts({ AllAlpha: true, AllBeta: true })).toEqual([74, 55, 7, 7])
})

it('gates take rules away', async () => {
  const rulesOf = async (set: Record<string, boolean>) => {
    const { ask } = await start({ gates: createFeatureGates({ set }) })
    return JSON.stringify((await ask('GET', `${rbac}/clusterroles/system:node`)).body)
  }
  expect(await rulesOf({})).not.toContain('podcertificaterequests')
  expect(await rulesOf({ PodCertificateRequest: true })).toContain('podcertificaterequests')
})

it('roles that gather have no rules of their own before a controller fills them', async () => {
  const { ask } = await start()
  const { body } = await ask('GET', `${rbac}/clusterroles/view`)
  expect(body).toMatchObject({
    metadata: {
      labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true', 'kubernetes.io/bootstrapping': 'rbac-defaults' },
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      managedFields: [{ manager: 'kube-apiserver', operation: 'Update' }],
    },
    rules: null,
    aggregationRule: {
      clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
    },
  })
})

it('a second start adds what is missing, and takes nothing away', async () => {
  const { ask, server } = await start()
  const path = `${rbac}/clusterroles/system:kube-dns`
  const { body } = await ask('GET', path)
  const rules = [rule('get', '', 'pods')]
  await ask('PUT', path, { ...body, rules })
  await server.bootstrap()
  const missing = ['endpoints', 'services'].flatMap((name) => ['list', 'watch'].map((verb) => rule(verb, '', name)))
  expect((await ask('GET', path)).body).toMatchObject({ rules: [...rules, ...missing] })
})

it('a second start leaves alone what is whole, and what asks for it', async () => {
  const { ask, server } = await start()
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
  const path = `${rbac}/clusterroles/system:monitoring`
  const { body } = await ask('PUT', path, { metadata: { name: 'system:monitoring', annotations }, rules: [] })
  const before = await ask('GET', `${rbac}/clusterroles`)
  await server.bootstrap()
  expect((await ask('GET', path)).body).toEqual(body)
  expect((await ask('GET', `${rbac}/clusterroles`)).body).toMatchObject({
    items: (before.body as { readonly items?: readonly unknown[] }).items,
  })
})
