import { describe, expect, it } from 'vitest'
import { commonNameOf, organizationsOf } from '../../src/admission/certificate-subject.ts'
import { binding, jane, rbac, role, rule, start } from '../authorization/people.ts'

const certificates = 'certificates.k8s.io'
const requests = `/apis/${certificates}/v1/certificatesigningrequests`
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
const maps = '/api/v1/namespaces/default/configmaps'

/** Something with the form of a request and the subject O=x, CN=someone. */
const der = String.fromCharCode(0x30, 0x1a, 0x31, 0x08, 0x30, 0x06, 0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 0x01, 0x78)
const named = `${der}${String.fromCharCode(0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x07)}someone`
const pem = (body: string) =>
  btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${btoa(body)}\n-----END CERTIFICATE REQUEST-----\n`)

async function startWith(...rules: readonly object[]) {
  const { ask, as } = await start({ admissionPlugins: { enable: ['OwnerReferencesPermissionEnforcement'] } })
  await ask('POST', `${rbac}/clusterroles`, role('r', ...rules))
  await ask('POST', `${rbac}/clusterrolebindings`, binding('b', 'ClusterRole', 'r'))
  return { ask, as: as(jane) }
}

describe('subjects of certificate requests', () => {
  it('are read by their parts', () => {
    expect(commonNameOf(pem(named))).toBe('someone')
    expect(organizationsOf(pem(named))).toEqual(['x'])
    expect(commonNameOf(pem(der))).toBe('')
    expect(commonNameOf('nothing')).toBeUndefined()
  })
})

describe('owners of objects', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'u' }
  const write = rule('create,update,patch,get', '', 'configmaps')
  const owned = (name: string, more: object = {}) => ({ metadata: { name, ownerReferences: [{ ...owner, ...more }] } })

  it('hold up deletions only by those who may do their finalizers', async () => {
    const { ask, as } = await startWith(write)
    expect((await as('POST', maps, owned('a'))).status).toBe(201)
    expect((await as('POST', maps, owned('b', { blockOwnerDeletion: true }))).message).toBe(
      'configmaps "b" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource ' +
        "you can't set finalizers on: , <nil>",
    )
    const odd = owned('c', { kind: 'Odd', blockOwnerDeletion: true })
    expect((await as('POST', maps, odd)).message).toMatch(/: no matches for kind "Odd" in version "apps\/v1"$/)
    await ask('PUT', `${rbac}/clusterroles/r`, role('r', write, rule('update', 'apps', 'deployments/finalizers')))
    expect((await as('POST', maps, owned('b', { blockOwnerDeletion: true }))).status).toBe(201)
  })

  it('change only by those who may delete the object', async () => {
    const { ask, as } = await startWith(write)
    await ask('POST', maps, { metadata: { name: 'a' } })
    const { message } = await as('PATCH', `${maps}/a`, owned('a'), merge)
    expect(message).toMatch(/cannot set an ownerRef on a resource you can't delete: , <nil>$/)
    await ask('PUT', `${rbac}/clusterroles/r`, role('r', write, rule('delete', '', 'configmaps')))
    expect((await as('PATCH', `${maps}/a`, owned('a'), merge)).status).toBe(200)
  })
})

describe('signers', () => {
  it('are for those who may approve or sign for them, or for their domain', async () => {
    const change = rule('patch', certificates, 'certificatesigningrequests/approval,certificatesigningrequests/status')
    const { ask, as } = await startWith(change, rule('approve', certificates, 'signers', 'example.com/*'))
    const spec = { request: pem(named), usages: ['client auth'] }
    for (const [name, signerName] of [
      ['a', 'example.com/x'],
      ['b', 'other.com/x'],
    ])
      await ask('POST', requests, { metadata: { name }, spec: { ...spec, signerName } })
    const conditions = [{ type: 'Approved', status: 'True', reason: 'r', message: 'm' }]
    const approve = (name: string) => as('PATCH', `${requests}/${name}/approval`, { status: { conditions } }, merge)
    expect((await approve('b')).message).toBe(
      'certificatesigningrequests.certificates.k8s.io "b" is forbidden: user not permitted to approve requests with ' +
        'signerName "other.com/x"',
    )
    expect((await approve('a')).status).toBe(200)
    const fail = { status: { conditions: [...conditions, { ...conditions[0], type: 'Failed' }] } }
    expect((await as('PATCH', `${requests}/a/status`, fail, merge)).message).toMatch(
      /user not permitted to sign requests with signerName "example.com\/x"$/,
    )
  })
})
