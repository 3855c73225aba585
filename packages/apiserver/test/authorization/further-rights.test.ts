import { describe, expect, it } from 'vitest'
import { binding, jane, rbac, role, rule, start } from './people.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const admissionregistration = 'admissionregistration.k8s.io'
const policies = `/apis/${admissionregistration}/v1/validatingadmissionpolicies`
const policyBindings = `/apis/${admissionregistration}/v1/validatingadmissionpolicybindings`

async function startWith(...rules: readonly object[]) {
  const { ask, as } = await start()
  await ask('POST', `${rbac}/clusterroles`, role('r', ...rules))
  await ask('POST', `${rbac}/clusterrolebindings`, binding('b', 'ClusterRole', 'r'))
  return {
    ask,
    as: as(jane),
    give: (...more: readonly object[]) => ask('PUT', `${rbac}/clusterroles/r`, role('r', ...more)),
  }
}

describe('further rights', () => {
  it('an update or an apply that makes an object takes the right to create it', async () => {
    const change = rule('update,patch', 'coordination.k8s.io,', 'leases,configmaps')
    const { as, give } = await startWith(change)
    const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/x'
    const make = () => as('PUT', lease, { metadata: { name: 'x' }, spec: {} })
    expect((await make()).message).toBe(
      'leases.coordination.k8s.io "x" is forbidden: User "jane" cannot create resource "leases" in API group ' +
        '"coordination.k8s.io" in the namespace "default"',
    )
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }
    const apply = () => as('PATCH', `${maps}/x`, applied, { headers, query: { fieldManager: 'f' } })
    expect((await apply()).status).toBe(403)
    await give(change, rule('create', '*', '*'))
    expect([(await make()).status, (await apply()).status]).toEqual([201, 201])
  })

  it('a stream into a pod takes the right to create it, even for a GET', async () => {
    const { as, give } = await startWith(rule('get', '', 'pods/exec'))
    const exec = '/api/v1/namespaces/default/pods/x/exec'
    expect(await as('GET', exec)).toMatchObject({ status: 403, message: 'pods "x" is forbidden: ' })
    await give(rule('get,create', '', 'pods/exec'))
    expect((await as('GET', exec)).status).not.toBe(403)
  })

  it('parameters of policies have to be readable by who names them', async () => {
    const make = rule('create', admissionregistration, '*')
    const { as, ask, give } = await startWith(make)
    const matchConstraints = {
      resourceRules: [{ operations: ['CREATE'], apiGroups: ['x'], apiVersions: ['v1'], resources: ['y'] }],
    }
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'Secret' },
      matchConstraints,
      validations: [{ expression: 'true' }],
    }
    const policy = { metadata: { name: 'p' }, spec }
    expect((await as('POST', policies, policy)).message).toBe(
      'ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.paramKind: Forbidden: user ' +
        '&{jane  [dev system:authenticated] map[]} must have "get" permission on all objects of the referenced ' +
        'paramKind (kind=Secret, apiVersion=v1)',
    )
    await ask('POST', policies, policy)
    const paramRef = { name: 'x', namespace: 'default', parameterNotFoundAction: 'Deny' }
    const bound = { metadata: { name: 'b' }, spec: { policyName: 'p', paramRef, validationActions: ['Deny'] } }
    expect((await as('POST', policyBindings, bound)).message).toContain(
      'spec.paramRef: Forbidden: user &{jane  [dev system:authenticated] map[]} does not have "get" permission on the ' +
        'object referenced by paramRef',
    )
    expect((await as('POST', policyBindings, { ...bound, spec: { ...bound.spec, policyName: 'zz' } })).message).toMatch(
      /unable to get policy zz to determine minimum required permissions and user .* for all groups, versions/,
    )
    await give(make, rule('get', '', 'secrets'))
    expect((await as('POST', policyBindings, bound)).status).toBe(201)
  })

  it('expressions ask what the user may do', async () => {
    const { as, ask, give } = await startWith(rule('create', '', 'configmaps'))
    const expression = "authorizer.requestResource.check('delete').allowed()"
    const resourceRules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }]
    await ask('POST', policies, {
      metadata: { name: 'p' },
      spec: { matchConstraints: { resourceRules }, validations: [{ expression, message: 'who makes may delete' }] },
    })
    await ask('POST', policyBindings, {
      metadata: { name: 'b' },
      spec: { policyName: 'p', validationActions: ['Deny'] },
    })
    const make = (name: string) => as('POST', maps, { metadata: { name } })
    expect((await make('a')).message).toContain('who makes may delete')
    await give(rule('create,delete', '', 'configmaps'))
    expect((await make('a')).status).toBe(201)
    expect((await ask('POST', maps, { metadata: { name: 'b' } })).status).toBe(201)
  })
})
