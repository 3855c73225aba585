import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AppsV1Api,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  makeInformer,
  type RequestContext,
  ResponseContext,
  ServerConfiguration,
  setHeaderOptions,
  Watch,
  wrapHttpLibrary,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'
import type { RunningServer } from '../src/server/index.ts'

const configMap = (name: string) => ({ metadata: { name, labels: { app: 'test' } }, data: { a: '1' } })

describe('@kubernetes/client-node over a loopback server', () => {
  let cluster: Cluster
  let server: RunningServer
  let home: string
  let config: KubeConfig

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'bonsai-client-node-'))
    cluster = await Cluster.create({ clock: 'system', nodes: 1 })
    server = await cluster.listen({ kubeconfig: join(home, 'config') })
    config = new KubeConfig()
    config.loadFromString(server.kubeconfig)
  })

  afterAll(async () => {
    await server.close()
    cluster.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('lists, creates, patches', async () => {
    const core = config.makeApiClient(CoreV1Api)
    const nodes = await core.listNode()
    expect(nodes.items.map((node) => node.metadata?.name)).toEqual(['node-1'])
    await core.createNamespacedConfigMap({ namespace: 'default', body: configMap('one') })
    const patched = await core.patchNamespacedConfigMap(
      { namespace: 'default', name: 'one', body: { data: { b: '2' } } },
      setHeaderOptions('Content-Type', 'application/merge-patch+json'),
    )
    expect(patched.data).toEqual({ a: '1', b: '2' })
    await expect(core.readNamespacedPod({ namespace: 'default', name: 'nobody' })).rejects.toMatchObject({ code: 404 })
  })

  test('watches', async () => {
    const seen: string[] = []
    const watch = new Watch(config)
    const core = config.makeApiClient(CoreV1Api)
    await new Promise<void>((resolve, reject) => {
      const path = '/api/v1/namespaces/default/configmaps'
      watch
        .watch(
          path,
          { labelSelector: 'app=test' },
          (phase, object: { readonly metadata: { readonly name: string } }) => {
            seen.push(`${phase} ${object.metadata.name}`)
            if (seen.includes('ADDED two')) resolve()
          },
          (error: unknown) => error && reject(error),
        )
        .then(() => core.createNamespacedConfigMap({ namespace: 'default', body: configMap('two') }))
        .catch(reject)
    })
    expect(seen).toContain('ADDED two')
  })

  test('informs', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    const informer = makeInformer(config, '/apis/apps/v1/namespaces/default/deployments', () =>
      apps.listNamespacedDeployment({ namespace: 'default' }),
    )
    const added = new Promise<string>((resolve) =>
      informer.on('add', (deployment) => resolve(deployment.metadata?.name ?? '')),
    )
    await informer.start()
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'x' }] } }
    const body = { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'x' } }, template } }
    await apps.createNamespacedDeployment({ namespace: 'default', body })
    expect(await added).toBe('web')
    await informer.stop()
  })
})

test('@kubernetes/client-node in process, without a socket', async () => {
  const cluster = await Cluster.create({ nodes: 1 })
  const httpApi = wrapHttpLibrary({
    async send(request: RequestContext) {
      const body = request.getBody()
      const init = {
        method: request.getHttpMethod(),
        headers: request.getHeaders(),
        ...(body !== undefined && { body: body as string }),
      }
      const answer = await cluster.fetch(new Request(request.getUrl(), init))
      const text = await answer.text()
      return new ResponseContext(answer.status, Object.fromEntries(answer.headers), {
        text: async () => text,
        binary: async () => Buffer.from(text),
      })
    },
  })
  const core = new CoreV1Api(createConfiguration({ httpApi, baseServer: new ServerConfiguration('http://bonsai', {}) }))
  await core.createNamespacedConfigMap({ namespace: 'default', body: configMap('one') })
  const patched = await core.patchNamespacedConfigMap(
    { namespace: 'default', name: 'one', body: [{ op: 'replace', path: '/data/a', value: '9' }] },
    setHeaderOptions('Content-Type', 'application/json-patch+json'),
  )
  expect(patched.data).toEqual({ a: '9' })
  const list = await core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'app=test' })
  expect(list.items.map((item) => item.metadata?.name)).toEqual(['one'])
  cluster.close()
})
