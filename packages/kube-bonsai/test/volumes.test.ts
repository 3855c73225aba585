import type { ConfigMap, Pod, PodSpec } from '@kube-bonsai/api-types/core/v1'
import type { Program, ProgramContext } from '@kube-bonsai/kubelet-model'
import { expect, onTestFinished, test } from 'vitest'
import { Cluster } from '../src/index.ts'

/** A program that can be looked into while it runs. */
function window(): { readonly program: Program; readonly context: () => ProgramContext } {
  let seen: ProgramContext | undefined
  return {
    program: {
      run: async (context) => {
        seen = context
        await context.terminated
        return 0
      },
    },
    context: () => {
      if (seen === undefined) throw new Error('the program does not run')
      return seen
    },
  }
}

async function clusterWith(programs: Readonly<Record<string, Program>>): Promise<Cluster> {
  const cluster = await Cluster.create({ seed: 1, nodes: 1, programs })
  onTestFinished(() => cluster.close())
  return cluster
}

const pod = (spec: PodSpec, labels: Readonly<Record<string, string>> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', labels },
  spec,
})

const configMap = (data: Record<string, string>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data,
})

test('a program reads a ConfigMap that is mounted, and sees it change', async () => {
  const { program, context } = window()
  const cluster = await clusterWith({ app: program })
  const maps = cluster.client.configMaps('default')
  await maps.create(configMap({ 'app.conf': 'debug=false', gone: 'x' }))
  await cluster.client.pods('default').create(
    pod({
      containers: [{ name: 'a', image: 'app', volumeMounts: [{ name: 'conf', mountPath: '/etc/conf' }] }],
      volumes: [{ name: 'conf', configMap: { name: 'settings' } }],
    }),
  )
  await cluster.settle()
  const { files } = context()
  expect(files.read('/etc/conf/app.conf')).toBe('debug=false')
  expect(() => files.write('/etc/conf/app.conf', 'debug=true')).toThrow('Read-only file system')

  await maps.patch('settings', 'merge', { data: { 'app.conf': 'debug=true', gone: null, fresh: 'y' } })
  expect(files.read('/etc/conf/app.conf')).toBe('debug=false')
  await cluster.settle()
  expect(files.read('/etc/conf/app.conf')).toBe('debug=true')
  expect(files.list('/etc/conf').filter((name) => !name.startsWith('..'))).toEqual(['app.conf', 'fresh'])
})

test('a program finds the token, the certificate and the namespace of its service account', async () => {
  const { program, context } = window()
  const cluster = await clusterWith({ app: program })
  await cluster.client.pods('default').create(pod({ containers: [{ name: 'a', image: 'app' }] }))
  await cluster.settle()
  const { files } = context()
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount'
  expect(files.read(`${folder}/namespace`)).toBe('default')
  expect(files.read(`${folder}/ca.crt`)).toContain('BEGIN CERTIFICATE')
  const token = files.read(`${folder}/token`)
  const claims = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')))
  expect(claims.sub).toBe('system:serviceaccount:default:default')
  expect(claims['kubernetes.io'].pod.name).toBe('p')

  await cluster.advance(50 * 60_000)
  expect(files.read(`${folder}/token`)).not.toBe(token)
})

test('labels in a volume follow those of the pod', async () => {
  const { program, context } = window()
  const cluster = await clusterWith({ app: program })
  const items = [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'cpu', resourceFieldRef: { containerName: 'a', resource: 'limits.cpu' } },
  ]
  await cluster.client.pods('default').create(
    pod(
      {
        containers: [{ name: 'a', image: 'app', volumeMounts: [{ name: 'info', mountPath: '/info' }] }],
        volumes: [{ name: 'info', downwardAPI: { items } }],
      },
      { app: 'web' },
    ),
  )
  await cluster.settle()
  const { files } = context()
  expect(files.read('/info/labels')).toBe('app="web"')
  expect(Number(files.read('/info/cpu'))).toBeGreaterThan(0)
  await cluster.client.pods('default').patch('p', 'merge', { metadata: { labels: { tier: 'front' } } })
  await cluster.settle()
  expect(files.read('/info/labels')).toBe('app="web"\ntier="front"')
})

test('containers of a pod share an emptyDir, which outlives them and a restart of the kubelet', async () => {
  const [one, other] = [window(), window()]
  const cluster = await clusterWith({ one: one.program, other: other.program })
  const volumeMounts = [{ name: 'data', mountPath: '/data' }]
  await cluster.client.pods('default').create(
    pod({
      containers: [
        { name: 'a', image: 'one', volumeMounts },
        { name: 'b', image: 'other', volumeMounts: [{ name: 'data', mountPath: '/in', readOnly: true }] },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    }),
  )
  await cluster.settle()
  one.context().files.write('/data/x', 'hello')
  expect(other.context().files.read('/in/x')).toBe('hello')
  expect(() => other.context().files.write('/in/y', '')).toThrow('Read-only file system')
  const [node] = cluster.nodes.names
  await cluster.nodes.get(node!).restartKubelet()
  await cluster.settle()
  expect(one.context().files.read('/data/x')).toBe('hello')
})

test('a pod waits for a Secret that it mounts, and events say so', async () => {
  const cluster = await clusterWith({})
  await cluster.client.pods('default').create(
    pod({
      containers: [{ name: 'a', image: 'app', volumeMounts: [{ name: 'key', mountPath: '/key' }] }],
      volumes: [{ name: 'key', secret: { secretName: 'tls' } }],
    }),
  )
  await cluster.advance(130_000)
  const messages = async () => (await cluster.client.events('default').list()).items.map(({ message }) => message)
  expect(await messages()).toContain('MountVolume.SetUp failed for volume "key" : secret "tls" not found')
  expect(await messages()).toContainEqual(
    'Unable to attach or mount volumes: unmounted volumes=[key], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
  )
  const waiting = (await cluster.client.pods('default').get('p')).status?.containerStatuses?.[0]?.state?.waiting
  expect(waiting?.reason).toBe('ContainerCreating')
  await cluster.client
    .secrets('default')
    .create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls', namespace: 'default' } })
  await cluster.settle()
  expect((await cluster.client.pods('default').get('p')).status?.phase).toBe('Running')
})

test('a fork goes on with what volumes hold, and what it writes stays its own', async () => {
  const { program, context } = window()
  const cluster = await clusterWith({ app: program })
  await cluster.client.configMaps('default').create(configMap({ mode: 'fast' }))
  await cluster.client.pods('default').create(
    pod({
      containers: [
        {
          name: 'a',
          image: 'app',
          env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }],
          volumeMounts: [
            { name: 'data', mountPath: '/data' },
            { name: 'conf', mountPath: '/conf' },
          ],
        },
      ],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'conf', configMap: { name: 'settings' } },
      ],
    }),
  )
  await cluster.settle()
  const { files } = context()
  files.write('/data/x', 'before')
  const fork = await cluster.fork()
  onTestFinished(() => fork.close())
  await fork.settle()
  const forked = context()
  expect(forked.files).not.toBe(files)
  expect(forked.env['MODE']).toBe('fast')
  expect(forked.files.read('/conf/mode')).toBe('fast')
  expect(forked.files.read('/data/x')).toBe('before')
  forked.files.write('/data/x', 'in the fork')
  expect(files.read('/data/x')).toBe('before')
})
