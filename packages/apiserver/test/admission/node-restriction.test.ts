import { describe, expect, it } from 'vitest'
import { binding, group, kubelet, rbac, role, rule, start } from '../authorization/people.ts'
import { pod, pods } from './server.ts'

async function startNode() {
  const { ask, as } = await start({ admissionPlugins: { enable: ['NodeRestriction'] } })
  await ask('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  return { ask, as: as(kubelet) }
}

const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
const nodes = '/api/v1/nodes'
const mirror = { 'kubernetes.io/config.mirror': 'x' }

describe('NodeRestriction', () => {
  it('lets a node make and label itself alone', async () => {
    const { as } = await startNode()
    expect((await as('POST', nodes, { metadata: { name: 'n2' } })).message).toBe(
      'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
    )
    const bad = { 'node-restriction.kubernetes.io/x': 'y', 'x.k8s.io/z': '', 'example.com/fine': '' }
    expect((await as('POST', nodes, { metadata: { name: 'n1', labels: bad } })).message).toBe(
      'nodes "n1" is forbidden: node "n1" is not allowed to set the following labels: ' +
        'node-restriction.kubernetes.io/x, x.k8s.io/z',
    )
    const labels = { 'kubernetes.io/hostname': 'n1', 'a.node.kubernetes.io/b': 'c' }
    expect((await as('POST', nodes, { metadata: { name: 'n1', labels } })).status).toBe(201)
    const change = (body: object) => as('PATCH', `${nodes}/n1`, body, merge)
    expect((await change({ metadata: { labels: bad } })).message).toMatch(/: is not allowed to modify labels: node-r/)
    const taints = [{ key: 'a', effect: 'NoSchedule' }]
    expect((await change({ spec: { taints } })).message).toMatch(/node "n1" is not allowed to modify taints$/)
    expect((await change({ metadata: { labels: { 'example.com/x': 'y' } } })).status).toBe(200)
  })

  it('lets a node make mirror pods that use nothing of the API', async () => {
    const { as, ask } = await startNode()
    const { body } = await as('POST', nodes, { metadata: { name: 'n1' } })
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: body.metadata?.uid, controller: true }
    const messageOf = async (spec: object, metadata: object) =>
      (await as('POST', pods, pod('m', { nodeName: 'n1', ...spec }, metadata))).message
    const annotations = mirror
    expect(await messageOf({}, {})).toMatch(/pod does not have "kubernetes.io\/config.mirror" annotation, node "n1"/)
    expect(await messageOf({ nodeName: 'n2' }, { annotations })).toMatch(/spec.nodeName set to itself$/)
    expect(await messageOf({}, { annotations })).toMatch(/with an owner reference set to itself$/)
    const wrong = [{ ...owner, uid: 'x' }]
    expect(await messageOf({}, { annotations, ownerReferences: wrong })).toMatch(/UID mismatch: expected x got /)
    const meta = { annotations, ownerReferences: [owner] }
    const volumes = [{ name: 'v', configMap: { name: 'c' } }]
    expect(await messageOf({ volumes }, meta)).toMatch(/node "n1" can not create pods that reference configmaps$/)
    expect((await as('POST', pods, pod('m', { nodeName: 'n1' }, meta))).status).toBe(201)
    await ask('POST', pods, pod('foreign', { nodeName: 'n2' }))
    expect((await as('DELETE', `${pods}/foreign`)).message).toMatch(/node "n1" can only delete pods with spec.nodeName/)
    expect((await as('DELETE', `${pods}/m`)).status).toBe(200)
  })

  it('lets a node tell the status of its pods, and nothing else by it', async () => {
    const { as, ask } = await startNode()
    await ask('POST', pods, pod('own', { nodeName: 'n1' }))
    await ask('POST', pods, pod('foreign', { nodeName: 'n2' }))
    const change = (name: string, body: object) => as('PATCH', `${pods}/${name}/status`, body, merge)
    expect((await change('own', { status: { phase: 'Running' } })).status).toBe(200)
    expect((await change('foreign', { status: { phase: 'Running' } })).status).toBe(403)
    expect((await change('own', { metadata: { labels: { a: 'b' } } })).message).toMatch(
      /node "n1" cannot update labels through pod status$/,
    )
    const eviction = (name: string) => ({ metadata: { name } })
    expect((await as('POST', `${pods}/foreign/eviction`, eviction('foreign'))).message).toMatch(
      /node n1 can only evict pods with spec.nodeName set to itself$/,
    )
    expect((await as('POST', `${pods}/none/eviction`, eviction('none'))).status).toBe(404)
    expect((await as('POST', `${pods}/own/eviction`, eviction('own'))).status).toBe(201)
  })

  it('lets a node tell the size of a claim, and shows what else it would change', async () => {
    const { as, ask } = await startNode()
    const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    await ask('POST', claims, { metadata: { name: 'c' }, spec })
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }]
    await ask('POST', pods, pod('p', { nodeName: 'n1', volumes }))
    const change = (body: object) => as('PATCH', `${claims}/c/status`, body, merge)
    expect((await change({ status: { capacity: { storage: '2Gi' } } })).status).toBe(200)
    expect((await change({ status: { phase: 'Bound' } })).message).toBe(
      'persistentvolumeclaims "c" is forbidden: node "n1" is not allowed to update fields other than status.quantity and ' +
        'status.conditions: @@ -25,7 +25,7 @@\n   "VolumeAttributesClassName": null\n  },\n  "Status": {\n' +
        '-  "Phase": "Pending",\n+  "Phase": "Bound",\n   "AccessModes": null,\n   "Capacity": null,\n   "Conditions": null,\n',
    )
  })

  it('keeps leases, CSINodes and slices of others from a node', async () => {
    const { as } = await startNode()
    const lease = (namespace: string, name: string) =>
      as('POST', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, { metadata: { name } })
    expect((await lease('kube-node-lease', 'n2')).message).toMatch(/with the same name as the requesting node$/)
    expect((await lease('kube-node-lease', 'n1')).status).toBe(201)
    const csinode = (name: string) =>
      as('POST', '/apis/storage.k8s.io/v1/csinodes', { metadata: { name }, spec: { drivers: [] } })
    expect([(await csinode('n2')).status, (await csinode('n1')).status]).toEqual([403, 201])
    const pool = { name: 'p', resourceSliceCount: 1 }
    const slice = (nodeName: string) =>
      as('POST', '/apis/resource.k8s.io/v1/resourceslices', {
        metadata: { name: `s-${nodeName}` },
        spec: { driver: 'd.example.com', pool, nodeName, devices: [] },
      })
    expect([(await slice('n2')).status, (await slice('n1')).status]).toEqual([403, 201])
  })

  it('holds whatever roles a node has, and for nodes alone', async () => {
    const { as, ask } = await startNode()
    await ask('POST', `${rbac}/clusterroles`, role('all', rule('*', '*', '*')))
    await ask('POST', `${rbac}/clusterrolebindings`, binding('all', 'ClusterRole', 'all', group('system:nodes')))
    expect((await as('POST', nodes, { metadata: { name: 'n2' } })).status).toBe(403)
    expect((await as('PUT', `${pods}/x`, pod('x'))).status).not.toBe(200)
    expect((await ask('POST', nodes, { metadata: { name: 'n2' } })).status).toBe(201)
  })
})
