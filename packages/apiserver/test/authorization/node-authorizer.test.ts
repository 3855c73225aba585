import { describe, expect, it } from 'vitest'
import { pod, pods } from '../admission/server.ts'
import { kubelet, start } from './people.ts'

const inDefault = (resource: string) => `/api/v1/namespaces/default/${resource}`
const account = { metadata: { name: 'default' } }

async function startNode() {
  const { ask, as } = await start()
  await ask('POST', inDefault('serviceaccounts'), account)
  return { ask, as: as(kubelet) }
}

const unrelated = /: no relationship found between node 'n1' and this object$/

describe('the node authorizer', () => {
  it('lets a node read what its pods name, as long as they are there', async () => {
    const { ask, as } = await startNode()
    await ask('POST', inDefault('secrets'), { metadata: { name: 's' } })
    expect((await as('GET', inDefault('secrets/s'))).message).toMatch(unrelated)
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]
    const containers = [{ name: 'main', image: 'i', env, envFrom: [{ configMapRef: { name: 'c' } }] }]
    await ask('POST', pods, pod('p', { nodeName: 'n1', containers }))
    expect((await as('GET', inDefault('secrets/s'))).status).toBe(200)
    expect((await as('GET', inDefault('configmaps/c'))).status).toBe(404)
    expect((await as('GET', inDefault('configmaps/other'))).status).toBe(403)
    expect((await as('GET', inDefault('secrets'))).message).toMatch(/: No Object name found$/)
    expect((await as('GET', `${pods}/p`)).status).toBe(200)
    await ask('DELETE', `${pods}/p`, undefined, { query: { gracePeriodSeconds: '0' } })
    expect((await as('GET', inDefault('secrets/s'))).status).toBe(403)
  })

  it('gives nothing to a node that only another one needs', async () => {
    const { ask, as } = await startNode()
    const volumes = [{ name: 'v', secret: { secretName: 's' } }]
    await ask('POST', pods, pod('p', { nodeName: 'n2', volumes }))
    expect((await as('GET', inDefault('secrets/s'))).message).toMatch(unrelated)
    expect((await as('GET', `${pods}/p`)).message).toMatch(unrelated)
  })

  it('follows claims to volumes and their secrets', async () => {
    const { ask, as } = await startNode()
    const csi = {
      driver: 'd.example.com',
      volumeHandle: 'h',
      nodePublishSecretRef: { namespace: 'default', name: 'publish' },
      controllerPublishSecretRef: { namespace: 'default', name: 'control' },
    }
    const claimRef = { namespace: 'default', name: 'claim' }
    const capacity = { storage: '1Gi' }
    const spec = { capacity, accessModes: ['ReadWriteOnce'], claimRef, csi }
    await ask('POST', '/api/v1/persistentvolumes', { metadata: { name: 'pv' }, spec })
    expect((await as('GET', '/api/v1/persistentvolumes/pv')).status).toBe(403)
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }]
    await ask('POST', pods, pod('p', { nodeName: 'n1', volumes }))
    expect((await as('GET', '/api/v1/persistentvolumes/pv')).status).toBe(200)
    expect((await as('GET', inDefault('secrets/publish'))).status).toBe(404)
    expect((await as('GET', inDefault('secrets/control'))).status).toBe(403)
    await ask('DELETE', '/api/v1/persistentvolumes/pv')
    await ask(
      'PATCH',
      '/api/v1/persistentvolumes/pv',
      { metadata: { finalizers: null } },
      {
        headers: { 'content-type': 'application/merge-patch+json' },
      },
    )
    expect((await as('GET', inDefault('secrets/publish'))).status).toBe(403)
  })

  it('lets a node see itself, its pods and its lease alone', async () => {
    const { as } = await startNode()
    expect((await as('GET', '/api/v1/nodes/n1')).status).toBe(404)
    expect((await as('GET', '/api/v1/nodes/n2')).message).toMatch(
      /: node 'n1' cannot read 'n2', only its own Node object$/,
    )
    expect((await as('GET', '/api/v1/nodes')).message).toMatch(/ cannot read all nodes, only its own Node object$/)
    const select = (fieldSelector: string) => as('GET', '/api/v1/pods', undefined, { query: { fieldSelector } })
    expect((await select('spec.nodeName=n1')).status).toBe(200)
    expect((await select('spec.nodeName=n2')).message).toMatch(/: can only list\/watch pods with spec.nodeName field/)
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
    expect((await as('GET', `${leases}/n1`)).status).toBe(404)
    expect((await as('GET', `${leases}/n2`)).status).toBe(403)
  })

  it('does not let a node read by a mirror pod', async () => {
    const { ask, as } = await startNode()
    const volumes = [{ name: 'v', configMap: { name: 'c' } }]
    const annotations = { 'kubernetes.io/config.mirror': 'x' }
    const made = await ask('POST', pods, pod('p', { nodeName: 'n1', volumes }, { annotations }))
    expect([made.status, (await as('GET', inDefault('configmaps/c'))).status]).not.toContain(200)
  })

  it('does not know nodes by name without the group, nor by the group without a name', async () => {
    const { as } = await startNode()
    const start2 = await start()
    const lone = start2.as({ name: 'system:node:n1', groups: [] })
    expect((await lone('GET', '/api/v1/nodes/n1')).status).toBe(403)
    const nameless = start2.as({ name: 'system:node:', groups: ['system:nodes'] })
    expect((await nameless('GET', '/api/v1/nodes/n1')).message).toMatch(/: unknown node for user "system:node:"$/)
    expect((await as('GET', '/apis/apps/v1/deployments')).status).toBe(403)
  })
})
