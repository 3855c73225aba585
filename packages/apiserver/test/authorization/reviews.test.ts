import { describe, expect, it } from 'vitest'
import { binding, bindings, jane, kubelet, role, roles, rule, start } from './people.ts'

const group = '/apis/authorization.k8s.io/v1'
const own = `${group}/selfsubjectaccessreviews`
const others = `${group}/subjectaccessreviews`
const local = `${group}/namespaces/default/localsubjectaccessreviews`
const listPods = { namespace: 'default', verb: 'list', resource: 'pods' }
const about = (resourceAttributes: object, more: object = {}) => ({ spec: { resourceAttributes, ...more } })

async function startWithRole() {
  const { ask, as } = await start()
  await ask('POST', roles, role('r', rule('list', '', 'pods')))
  await ask('POST', bindings, binding('b', 'Role', 'r'))
  return { ask, as }
}

describe('access reviews', () => {
  it('tell what allows', async () => {
    const { ask, as } = await startWithRole()
    const reason = 'RBAC: allowed by RoleBinding "b/default" of Role "r" to User "jane"'
    expect((await as(jane)('POST', own, about(listPods))).body.status).toEqual({ allowed: true, reason })
    expect((await ask('POST', others, about(listPods, { user: 'jane' }))).body.status).toEqual({
      allowed: true,
      reason,
    })
    expect((await ask('POST', local, about(listPods, { user: 'joe' }))).body.status).toEqual({ allowed: false })
    expect((await as(jane)('POST', others, about(listPods, { user: 'jane' }))).status).toBe(403)
  })

  it('ask about paths, and about groups', async () => {
    const { ask, as } = await start()
    const path = { spec: { nonResourceAttributes: { path: '/metrics', verb: 'get' } } }
    expect((await as(jane)('POST', own, path)).body.status).toEqual({ allowed: false })
    const masters = about({ verb: '*', group: '*', resource: '*' }, { groups: ['system:masters'] })
    expect((await ask('POST', others, masters)).body.status).toEqual({ allowed: true })
  })

  it('are refused when they do not say what they ask', async () => {
    const { ask } = await start()
    const messageOf = async (path: string, body: object) => (await ask('POST', path, body)).message
    expect(await messageOf(own, { spec: {} })).toBe(
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of ' +
        'nonResourceAttributes or resourceAttributes must be specified',
    )
    expect(await messageOf(others, about(listPods))).toContain('at least one of user or group must be specified')
    expect(await messageOf(local, about({ ...listPods, namespace: 'x' }, { user: 'u' }))).toContain(
      'spec.resourceAttributes.namespace: Invalid value: "x": must match metadata.namespace',
    )
    const both = { spec: { resourceAttributes: {}, nonResourceAttributes: {} } }
    expect(await messageOf(own, both)).toContain('Invalid value: {"Path":"","Verb":""}: cannot be specified in')
    const twice = { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] }
    expect(await messageOf(own, about({ ...listPods, labelSelector: twice }))).toContain(
      'spec.resourceAttributes.labelSelector.rawSelector: Invalid value: "a=b": may not specified at the same time',
    )
  })

  it('leave out what they cannot read of a selector, and say so', async () => {
    const { as } = await start()
    const review = async (fieldSelector: object) =>
      (await as(kubelet)('POST', own, about({ verb: 'list', resource: 'pods', fieldSelector }))).body.status
    const one = { key: 'spec.nodeName', operator: 'In', values: ['n1'] }
    expect(await review({ requirements: [one] })).toEqual({ allowed: true })
    const partly = 'spec.resourceAttributes.fieldSelector partially ignored due to parse error'
    expect(await review({ requirements: [one, { key: 'a', operator: 'Odd' }] })).toEqual({
      allowed: true,
      evaluationError: partly,
    })
    expect(await review({ rawSelector: 'a' })).toMatchObject({
      allowed: false,
      evaluationError: 'spec.resourceAttributes.fieldSelector ignored due to parse error',
    })
  })
})

describe('rules reviews', () => {
  it('list what somebody may do in a namespace', async () => {
    const { as } = await startWithRole()
    const { body } = await as(jane)('POST', `${group}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } })
    expect(body.status).toMatchObject({
      resourceRules: expect.arrayContaining([{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }]),
      incomplete: false,
    })
    const none = await as(jane)('POST', `${group}/selfsubjectrulesreviews`, { spec: {} })
    expect(none).toMatchObject({ status: 400, message: 'no namespace on request' })
  })

  it('are incomplete for nodes', async () => {
    const { as } = await start()
    const { body } = await as(kubelet)('POST', `${group}/selfsubjectrulesreviews`, { spec: { namespace: 'x' } })
    expect(body.status).toMatchObject({
      incomplete: true,
      evaluationError: 'node authorizer does not support user rule resolution',
    })
  })
})
