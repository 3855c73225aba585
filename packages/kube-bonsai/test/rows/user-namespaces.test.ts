import { afterEach, describe, expect, it } from 'vitest'
import { pod, startCluster } from './rows.ts'

let running: Awaited<ReturnType<typeof startCluster>> | undefined
afterEach(() => running?.cluster.close())

describe('User namespaces (KEP-127)', () => {
  it('C2: a handler without support leaves the pod Pending, and says so', async () => {
    const handlers = [{ name: '' }, { name: 'old' }, { name: 'new', userNamespaces: true }]
    running = await startCluster({ nodes: [{ name: 'node', host: { runtime: { handlers } } }] })
    const { run, cluster, pods, events, metric } = running
    await cluster.client.resource('node.k8s.io/v1/runtimeclasses').create({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'old' },
      handler: 'old',
    })
    const said = async (name: string) => events(name).filter(({ reason }) => reason === 'FailedCreatePodSandBox')
    const node = await cluster.client.nodes().get('node')
    expect(node.status?.runtimeHandlers?.map(({ name, features }) => [name, features?.userNamespaces])).toEqual([
      ['', false],
      ['old', false],
      ['new', true],
    ])
    await pods.create(pod('p', '100m', { hostUsers: false }))
    await cluster.advance('5s')
    expect((await pods.get('p')).status?.phase).toBe('Pending')
    expect(await said('p')).toMatchObject([
      {
        type: 'Warning',
        message:
          "Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not support user namespaces",
        source: { component: 'kubelet', host: 'node' },
      },
    ])
    expect(metric('node', 'started_user_namespaced_pods_total')).toBe(1)
    expect(metric('node', 'started_user_namespaced_pods_errors_total')).toBe(1)
    await pods.create(pod('h', '100m', { hostUsers: false, runtimeClassName: 'old' }))
    await cluster.advance('5s')
    expect((await said('h'))[0]?.message).toBe(
      'Failed to create pod sandbox: can\'t set `spec.hostUsers: false`, RuntimeClass handler "old" does not support user namespaces',
    )
    await run(pod('host', '100m', { hostUsers: true }))
    expect((await pods.get('host')).status?.phase).toBe('Running')
  })
})
