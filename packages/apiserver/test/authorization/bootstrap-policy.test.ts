import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { expect, it } from 'vitest'
import { rbac, start } from './people.ts'

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

it('what is there already stays', async () => {
  const { ask, server } = await start()
  await ask('DELETE', `${rbac}/clusterroles/system:monitoring`)
  const changed = { metadata: { name: 'system:monitoring' }, rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }
  const { body } = await ask('POST', `${rbac}/clusterroles`, changed)
  await server.bootstrap()
  expect((await ask('GET', `${rbac}/clusterroles/system:monitoring`)).body).toEqual(body)
})
