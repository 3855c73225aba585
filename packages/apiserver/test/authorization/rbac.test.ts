import { describe, expect, it } from 'vitest'
import { binding, bindings, group, jane, rbac, role, roles, rule, start, user } from './people.ts'

const pods = '/api/v1/namespaces/default/pods'
const maps = '/api/v1/namespaces/default/configmaps'

describe('role based access control', () => {
  it('refuses what no rule grants, in the words of the request', async () => {
    const { as } = await start()
    const { status, message } = await as(jane)('GET', pods)
    expect(status).toBe(403)
    expect(message).toBe(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    expect((await as(jane)('GET', '/metrics')).message).toBe('forbidden: User "jane" cannot get path "/metrics"')
  })

  it('allows what a bound role grants, from the next request on, and no more when the binding is gone', async () => {
    const { ask, as } = await start()
    await ask('POST', roles, role('r', rule('get,list', '', 'pods')))
    await ask('POST', bindings, binding('b', 'Role', 'r'))
    expect((await as(jane)('GET', pods)).status).toBe(200)
    expect((await as(jane)('GET', '/api/v1/namespaces/kube-system/pods')).status).toBe(403)
    await ask('PUT', `${roles}/r`, role('r', rule('get', '', 'pods')))
    expect((await as(jane)('GET', pods)).status).toBe(403)
    expect((await as(jane)('GET', `${pods}/x`)).status).toBe(404)
    await ask('DELETE', `${bindings}/b`)
    expect((await as(jane)('GET', `${pods}/x`)).status).toBe(403)
  })

  it('binds groups and service accounts, and cluster roles everywhere', async () => {
    const { ask, as } = await start()
    await ask('POST', `${rbac}/clusterroles`, role('r', rule('list', '', 'pods')))
    await ask('POST', `${rbac}/clusterrolebindings`, binding('b', 'ClusterRole', 'r', group('dev')))
    expect((await as(jane)('GET', '/api/v1/pods')).status).toBe(200)
    const account = { kind: 'ServiceAccount', name: 'robot' }
    await ask('POST', bindings, binding('robots', 'ClusterRole', 'r', account))
    const robot = { name: 'system:serviceaccount:default:robot', groups: [] }
    expect((await as(robot)('GET', pods)).status).toBe(200)
    expect((await as(robot)('GET', '/api/v1/pods')).status).toBe(403)
  })

  it('minds names, also that of a list of one, and subresources', async () => {
    const { ask, as } = await start()
    const rules = [rule('get,list', '', 'configmaps', 'a'), rule('get', 'apps', '*/scale')]
    await ask('POST', roles, role('r', ...rules))
    await ask('POST', bindings, binding('b', 'Role', 'r'))
    expect((await as(jane)('GET', `${maps}/a`)).status).toBe(404)
    expect((await as(jane)('GET', `${maps}/b`)).status).toBe(403)
    expect((await as(jane)('GET', maps)).status).toBe(403)
    expect((await as(jane)('GET', maps, undefined, { query: { fieldSelector: 'metadata.name=a' } })).status).toBe(200)
    const deployment = '/apis/apps/v1/namespaces/default/deployments/x'
    expect((await as(jane)('GET', `${deployment}/scale`)).status).toBe(404)
    expect((await as(jane)('GET', deployment)).status).toBe(403)
  })

  it('names the roles that are missing', async () => {
    const { ask, as } = await start()
    await ask('POST', bindings, binding('b', 'Role', 'zz'))
    expect((await as(jane)('GET', pods)).message).toMatch(/: RBAC: role\.rbac\.authorization\.k8s\.io "zz" not found$/)
  })

  it('takes roles without rules, bindings without subjects, and names that objects of the language have', async () => {
    const { ask, as } = await start()
    await ask('POST', roles, { metadata: { name: 'constructor' }, rules: null })
    await ask('POST', bindings, { ...binding('none', 'Role', 'constructor'), subjects: null })
    await ask('POST', bindings, binding('proto', 'Role', 'constructor', user('__proto__'), group('constructor')))
    const odd = { name: '__proto__', groups: ['constructor', 'toString'] }
    expect((await as(odd)('GET', pods)).status).toBe(403)
    await ask('PUT', `${roles}/constructor`, role('constructor', rule('list', '', 'pods')))
    expect((await as(odd)('GET', pods)).status).toBe(200)
    expect((await as({ name: 'x', groups: [] })('GET', pods)).status).toBe(403)
  })

  it('lets masters pass whatever roles there are', async () => {
    const { ask, as } = await start()
    await ask('DELETE', `${rbac}/clusterrolebindings/cluster-admin`)
    expect((await as({ name: 'x', groups: ['system:masters'] })('GET', pods)).status).toBe(200)
  })

  it('lets everybody see the version and discovery, and those who are unknown the version alone', async () => {
    const { as } = await start()
    const nobody = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
    expect((await as(jane)('GET', '/api')).status).toBe(200)
    expect((await as(nobody)('GET', '/version')).status).toBe(200)
    expect((await as(nobody)('GET', '/api')).status).toBe(403)
  })
})

describe('nobody gives away rights that they do not have', () => {
  async function startMaker() {
    const { ask, as } = await start()
    const own = rule('get,list', '', 'pods')
    const make = rule('create,update,patch,get', 'rbac.authorization.k8s.io', '*')
    await ask('POST', `${rbac}/clusterroles`, role('maker', own, make))
    await ask('POST', `${rbac}/clusterrolebindings`, binding('maker', 'ClusterRole', 'maker'))
    return { ask, as: as(jane) }
  }

  it('in roles: the missing rights are named', async () => {
    const { as } = await startMaker()
    expect((await as('POST', roles, role('less', rule('get', '', 'pods')))).status).toBe(201)
    const more = role('more', rule('get,delete', '', 'pods'), rule('list,get', '', 'secrets'))
    expect((await as('POST', roles, more)).message).toBe(
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is ' +
        'attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["list" "get"]}',
    )
  })

  it('in bindings, and roles have to be there', async () => {
    const { as } = await startMaker()
    expect((await as('POST', bindings, binding('b', 'ClusterRole', 'cluster-admin'))).message).toContain(
      '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    )
    expect((await as('POST', bindings, binding('b', 'ClusterRole', 'zz'))).message).toBe(
      'rolebindings.rbac.authorization.k8s.io "zz" not found',
    )
    expect((await as('POST', bindings, binding('b', 'ClusterRole', 'maker', user('joe')))).status).toBe(201)
  })

  it('unless they may escalate or bind', async () => {
    const { ask, as } = await startMaker()
    const may = [
      rule('escalate', 'rbac.authorization.k8s.io', 'roles'),
      rule('bind', 'rbac.authorization.k8s.io', 'clusterroles', 'view'),
    ]
    await ask('POST', roles, role('may', ...may))
    await ask('POST', bindings, binding('may', 'Role', 'may'))
    expect((await as('POST', roles, role('all', rule('*', '*', '*')))).status).toBe(201)
    expect((await as('POST', bindings, binding('view', 'ClusterRole', 'view'))).status).toBe(201)
    expect((await as('POST', `${rbac}/clusterroles`, role('all', rule('*', '*', '*')))).status).toBe(403)
  })

  it('by what a role gathers', async () => {
    const { as } = await startMaker()
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] }
    const { message } = await as('POST', `${rbac}/clusterroles`, { metadata: { name: 'all' }, aggregationRule })
    expect(message).toMatch(/must have cluster-admin privileges to use the aggregationRule$/)
  })

  it('but may do what garbage collection does', async () => {
    const { ask, as } = await startMaker()
    await ask('POST', roles, role('all', rule('*', '*', '*')))
    const headers = { 'content-type': 'application/merge-patch+json' }
    const change = (metadata: object) => as('PATCH', `${roles}/all`, { metadata }, { headers })
    expect((await change({ finalizers: ['example.com/x'] })).status).toBe(200)
    expect((await change({ labels: { a: 'b' } })).status).toBe(403)
  })
})
