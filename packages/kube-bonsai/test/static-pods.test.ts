import { describe, expect, it } from 'vitest'
import { Cluster, type ClusterOptions } from '../src/index.ts'

const manifest = (image = 'web:1', more = '') => `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: app, image: "${image}"${more}}]
`

async function withNode(options: ClusterOptions = {}) {
  const problems: string[] = []
  const cluster = await Cluster.create({
    nodes: 2,
    ...options,
    onError: (component, key, error) => problems.push(`${component} ${key}: ${error}`),
  })
  const node = cluster.nodes.get('node-1')
  const pods = cluster.client.pods('default')
  const containers = () => (node.runtime.pods() ?? []).flatMap((uid) => node.runtime.list(uid))
  return { cluster, node, pods, problems, containers, mirror: () => pods.get('web-node-1') }
}

describe('Static pods', () => {
  it('run on their node, and a mirror pod shows them in the API', async () => {
    const { cluster, node, mirror, containers, problems } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    const { metadata, spec, status } = await mirror()
    const [record] = containers()
    const hash = record?.podUid
    expect(metadata.annotations).toEqual({
      'kubernetes.io/config.hash': hash,
      'kubernetes.io/config.mirror': hash,
      'kubernetes.io/config.seen': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      'kubernetes.io/config.source': 'file',
    })
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(metadata.uid).not.toBe(hash)
    const { uid } = (await cluster.client.nodes().get('node-1')).metadata
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid, controller: true }
    expect(metadata.ownerReferences).toEqual([owner])
    expect(metadata.labels).toMatchObject({ app: 'web' })
    expect(spec).toMatchObject({
      nodeName: 'node-1',
      dnsPolicy: 'ClusterFirst',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    })
    expect(status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true, containerID: record?.id }] })
    expect(problems).toEqual([])
    cluster.close()
  })

  it('Pod generation (KEP-5067), rule 11: observedGeneration stays unset, and a changed manifest is a new mirror pod of generation 1', async () => {
    const { cluster, node, mirror } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    const before = await mirror()
    node.writeManifest('web.yaml', manifest('web:2'))
    await cluster.settle()
    const after = await mirror()
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
    expect(after.spec?.containers[0]?.image).toBe('web:2')
    for (const { metadata, status } of [before, after]) {
      expect(metadata.generation).toBe(1)
      expect(status?.phase).toBe('Running')
      expect(status?.observedGeneration).toBeUndefined()
      expect(status?.conditions?.filter((condition) => condition.observedGeneration !== undefined)).toEqual([])
    }
    cluster.close()
  })

  it('a changed manifest starts when the pod before it has ended', async () => {
    const { cluster, node, containers } = await withNode({
      programs: {
        web: {
          run: ({ sleep }) =>
            sleep(3_600_000)
              .then(() => sleep(0))
              .then(() => 0),
        },
      },
    })
    node.writeManifest('web.yaml', manifest())
    await cluster.advance('30s')
    node.writeManifest('web.yaml', manifest('web:2'))
    await cluster.advance('30s')
    expect(containers()).toMatchObject([{ image: 'web:2', state: 'running', attempt: 0 }])
    cluster.close()
  })

  it('a mirror pod that is deleted comes back, and the containers do not notice', async () => {
    const { cluster, node, pods, mirror, containers } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    const before = await mirror()
    const [container] = containers()
    await pods.delete('web-node-1')
    await cluster.settle()
    const again = await mirror()
    expect(again.metadata.uid).not.toBe(before.metadata.uid)
    expect(again.status?.conditions).toEqual(before.status?.conditions)
    await pods.delete('web-node-1', { gracePeriodSeconds: 0 })
    await cluster.settle()
    expect((await mirror()).metadata.uid).not.toBe(again.metadata.uid)
    expect((await mirror()).status).toMatchObject({ phase: 'Running', startTime: before.status?.startTime })
    expect(containers()).toEqual([container])
    cluster.close()
  })

  it('a manifest that is taken away ends its pod, and then its mirror pod goes', async () => {
    const { cluster, node, mirror, containers } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    node.removeManifest('web.yaml')
    await cluster.settle()
    expect(containers()).toEqual([])
    await expect(mirror()).rejects.toThrow('not found')
    cluster.close()
  })

  it('run while the API server cannot be reached, and show up when it can', async () => {
    const { cluster, node, mirror, containers } = await withNode()
    node.partition()
    node.writeManifest('web.yaml', manifest())
    await cluster.advance('30s')
    expect(containers()).toMatchObject([{ state: 'running' }])
    await expect(mirror()).rejects.toThrow('not found')
    await node.heal()
    await cluster.settle()
    expect((await mirror()).status?.phase).toBe('Running')
    cluster.close()
  })

  it('outlive a restart of the kubelet unchanged; what went meanwhile goes after it', async () => {
    const { cluster, node, mirror, containers } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    const [before, record] = [await mirror(), containers()]
    await cluster.advance('60s')
    await node.restartKubelet()
    await cluster.settle()
    expect(containers()).toEqual(record)
    const { metadata, status } = await mirror()
    expect({ uid: metadata.uid, status }).toEqual({ uid: before.metadata.uid, status: before.status })
    node.stopKubelet()
    node.removeManifest('web.yaml')
    await node.startKubelet()
    await cluster.settle()
    expect(containers()).toEqual([])
    await expect(mirror()).rejects.toThrow('not found')
    cluster.close()
  })

  it('start again with their machine, and go on in a fork', async () => {
    const { cluster, node, mirror } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    node.kill()
    await node.boot()
    await cluster.settle()
    expect((await mirror()).status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 1 }] })
    const fork = await cluster.fork()
    await fork.settle()
    const there = await fork.client.pods('default').get('web-node-1')
    expect(there.metadata.uid).toBe((await mirror()).metadata.uid)
    expect(there.status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 1 }] })
    const runtime = fork.nodes.get('node-1').runtime
    expect(runtime.pods().flatMap((uid) => runtime.list(uid))).toHaveLength(1)
    fork.close()
    cluster.close()
  })

  it('In-place resize (KEP-1287), rule 4: mirror pods cannot be resized', async () => {
    const { cluster, node, pods } = await withNode()
    node.writeManifest('web.yaml', manifest('web:1', ', resources: {requests: {cpu: 100m}}'))
    await cluster.settle()
    const wanted = { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '200m' } } }] } }
    await expect(pods.patch('web-node-1', 'strategic', wanted, { subresource: 'resize' })).rejects.toThrow(
      'static pods cannot be resized',
    )
    cluster.close()
  })

  it('are not drained, and tolerate every taint', async () => {
    const { cluster, node, mirror } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    const drain = await node.drain()
    await drain.finished
    expect(drain.pods).toEqual([])
    await cluster.client.nodes().patch('node-1', 'strategic', {
      spec: { taints: [{ key: 'k', effect: 'NoExecute' }] },
    })
    await cluster.settle()
    expect((await mirror()).status?.phase).toBe('Running')
    cluster.close()
  })

  it('logs, exec and top of a mirror pod are those of its static pod', async () => {
    const { cluster, node } = await withNode({
      programs: {
        web: {
          run: async ({ log, usage, sleep }) => {
            log('hello')
            usage({ memory: 1024 })
            for (;;) if (await sleep(1e9)) return 0
          },
        },
      },
    })
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    const read = async (path: string) => (await cluster.fetch(new Request(`https://bonsai${path}`))).text()
    expect(await read('/api/v1/namespaces/default/pods/web-node-1/log')).toBe('hello\n')
    expect(await read('/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/web-node-1')).toContain('"memory":"1Ki"')
    cluster.close()
  })

  it('Fine-grained SupplementalGroups and others: a pod that only says that it came from a file is no static pod', async () => {
    const { cluster, mirror } = await withNode()
    const annotations = { 'kubernetes.io/config.source': 'file' }
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-node-1', annotations },
      spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'c' }] },
    } as never)
    await cluster.settle()
    expect((await mirror()).status?.phase).toBe('Running')
    expect(cluster.nodes.get('node-1').runtime.pods()).toEqual([(await mirror()).metadata.uid])
    cluster.close()
  })
})

describe('Manifests that are no static pods', () => {
  const bad = async (text: string) => {
    const { cluster, node, problems, containers } = await withNode()
    node.writeManifest('good.yaml', manifest())
    node.writeManifest('bad.yaml', text)
    await cluster.settle()
    expect(containers()).toHaveLength(1)
    cluster.close()
    expect(problems.length).toBeGreaterThan(0)
    return problems[0]
  }
  const spec = (text: string) => `{apiVersion: v1, kind: Pod, metadata: {name: bad}, spec: ${text}}`
  const using = (what: string) => spec(`{containers: [{name: c, image: c}], ${what}}`)

  it.each([
    ['{apiVersion: v1, kind: Pod', "couldn't parse as pod("],
    ['{apiVersion: v1, kind: Service, metadata: {name: s}}', "couldn't parse as pod(invalid pod: v1, Kind=Service)"],
    ['{metadata: {name: s}}', "couldn't parse as pod(Object 'Kind' is missing in"],
    ['', "couldn't parse as pod("],
    ['{apiVersion: v1, kind: Pod, spec: {containers: [{name: c, image: c}]}}', 'name is needed for the pod'],
    [spec('{}'), 'invalid pod: [spec.containers: Required value]'],
    [spec('{containers: []}'), 'invalid pod: [spec.containers: Required value]'],
    [using('restartPolicy: Sometimes'), 'spec.restartPolicy: Unsupported value: "Sometimes"'],
    [using('serviceAccountName: a'), 'static pods may not reference serviceaccounts'],
    [using('imagePullSecrets: [{name: a}]'), 'static pods may not reference secrets'],
    [using('volumes: [{name: v, configMap: {name: c}}]'), 'static pods may not reference configmaps'],
    [using('volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]'), 'reference persistentvolumeclaims'],
    [using('volumes: [{name: v, csi: {driver: d}}]'), 'static pods may not reference csidrivers (via CSI volumes)'],
    [
      using('volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]'),
      'serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set]',
    ],
    [
      spec('{containers: [{name: c, image: c, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}'),
      'static pods may not reference secrets',
    ],
    [
      spec('{containers: [{name: c, image: c, envFrom: [{configMapRef: {name: s}}]}]}'),
      'static pods may not reference configmaps',
    ],
  ])('%s', async (text, expected) => {
    expect(await bad(text)).toContain(expected)
  })

  it('a broken change takes the pod away with the next look at the folder, and a repaired one brings it back', async () => {
    const { cluster, node, mirror, containers, problems } = await withNode()
    node.writeManifest('web.yaml', manifest())
    await cluster.advance('20s')
    const before = await mirror()
    node.writeManifest('web.yaml', 'oops: [')
    await cluster.advance('1s')
    expect(containers()).toMatchObject([{ state: 'running' }])
    expect(problems).toHaveLength(1)
    await cluster.settle()
    expect(containers()).toEqual([])
    node.writeManifest('web.yaml', manifest())
    await cluster.settle()
    expect((await mirror()).metadata.annotations).toMatchObject({
      'kubernetes.io/config.hash': before.metadata.annotations?.['kubernetes.io/config.hash'],
    })
    cluster.close()
  })

  it('one that the API server refuses runs all the same', async () => {
    const { cluster, node, containers, problems } = await withNode()
    node.writeManifest('web.yaml', manifest().replace('name: web,', 'name: web, namespace: nowhere,'))
    await cluster.settle()
    expect(containers()).toMatchObject([{ state: 'running' }])
    expect(problems[0]).toContain('namespaces "nowhere" not found')
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nowhere' } } as never)
    await cluster.advance('2m')
    expect((await cluster.client.pods('nowhere').get('web-node-1')).status?.phase).toBe('Running')
    cluster.close()
  })

  it('hidden files and files in folders do not count, and without a path there are none', async () => {
    const { cluster, node, containers } = await withNode()
    node.writeManifest('.hidden.yaml', manifest())
    node.writeManifest('/etc/kubernetes/manifests/deeper/web.yaml', manifest())
    node.writeManifest('/etc/web.yaml', manifest())
    await cluster.settle()
    expect(containers()).toEqual([])
    await cluster.nodes.add({ name: 'plain', host: { flags: { maxPods: 10 } } })
    expect(() => cluster.nodes.get('plain').writeManifest('a.yaml', manifest())).toThrow('staticPodPath')
    cluster.close()
  })
})
