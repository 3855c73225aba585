import { describe, expect, it } from 'vitest'
import type { Program } from '../../src/index.ts'
import { configured, HostNode, requesting } from './host-node.ts'

const mi = 2 ** 20
const hungry: Program = {
  async run({ args, usage, terminated }) {
    usage({ memory: Number(args[0]) * mi })
    await terminated
    return 0
  },
}

const manifest = (name: string, container: object, metadata: object = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: `uid-${name}`, ...metadata },
    spec: { containers: [{ name: 'app', image: 'app:1', ...container }] },
  })

const asking = (requests: object) => ({ resources: { requests } })

async function started(text = '', shape = {}) {
  const node = new HostNode({ host: configured(`staticPodPath: /m/\n${text}`), ...shape }, { hungry })
  await node.start()
  return node
}

const metric = (node: HostNode, name: string, labels: Readonly<Record<string, string>>) =>
  node.metrics.value(name, labels)

describe('Static pods on their node', () => {
  it('are critical: one that finds no room preempts others', async () => {
    const node = await started('', { cpu: '1' })
    node.run('a', requesting({ cpu: '600m' }))
    await node.clock.advance(5000)
    node.write('/m/s.yaml', manifest('s', asking({ cpu: '600m' })))
    await node.clock.advance(60_000)
    expect(node.get('a').status).toMatchObject({ phase: 'Failed', reason: 'Preempting' })
    expect(node.record('s')?.state).toBe('running')
    expect(metric(node, 'preemptions', { preemption_signal: 'cpu' })).toBe(1)
  })

  it('are not evicted, whatever they use', async () => {
    const node = await started('evictionHard: {memory.available: 100Mi}\n', { memory: '1Gi' })
    node.write('/m/s.yaml', manifest('s', { image: 'hungry', args: ['900'] }))
    node.run('small', { containers: [{ name: 'app', image: 'hungry', args: ['60'] }] })
    await node.clock.advance(60_000)
    expect(node.get('small').status).toMatchObject({ phase: 'Failed', reason: 'Evicted' })
    expect(node.record('s')?.state).toBe('running')
  })

  it('come in where taints keep others out', async () => {
    const node = await started()
    node.node = { ...node.node, spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } }
    node.write('/m/s.yaml', manifest('s', {}))
    node.run('a')
    await node.clock.advance(5000)
    expect(node.record('s')?.state).toBe('running')
    expect(node.record('a')).toBeUndefined()
  })

  it('In-place resize (KEP-1287), rule 11: a resize of a static pod is infeasible, without an event', async () => {
    const node = await started()
    node.write('/m/s.yaml', manifest('s', asking({ cpu: '100m' })))
    await node.clock.advance(5000)
    node.write('/m/s.yaml', manifest('s', asking({ cpu: '200m' })))
    await node.clock.advance(60_000)
    expect(metric(node, 'pod_infeasible_resizes_total', { reason_detail: 'static_pod' })).toBe(1)
    expect(node.record('s')?.resources?.requests).toEqual({ cpu: '100m' })
    expect(node.events.filter((event) => event.includes('Resize'))).toEqual([])
  })

  it('that come and go under the same uid start over', async () => {
    const node = await started()
    node.write('/m/s.yaml', manifest('s', {}))
    await node.clock.advance(5000)
    node.write('/m/s.yaml', undefined)
    node.write('/m/s.yaml', manifest('s', { image: 'app:2' }))
    await node.clock.advance(60_000)
    expect(node.runtime.list('uid-s')).toMatchObject([{ image: 'app:2', state: 'running', attempt: 0 }])
  })

  it('end in order when their node shuts down, and run again with the next kubelet', async () => {
    const node = await started('shutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 10s\n')
    node.write('/m/s.yaml', manifest('s', {}))
    await node.clock.advance(5000)
    const down = node.kubelet.shutDown()
    await node.clock.advance(31_000)
    await down
    expect(node.record('s')?.state).toBe('exited')
    await node.restart()
    await node.clock.advance(60_000)
    expect(node.record('s')?.state).toBe('running')
  })

  it('of two files with one name, the later counts; when it goes, the other does', async () => {
    const node = await started()
    node.write('/m/a.yaml', manifest('s', { image: 'app:1' }, { uid: 'uid-1' }))
    node.write('/m/b.yaml', manifest('s', { image: 'app:2' }, { uid: 'uid-2' }))
    await node.clock.advance(60_000)
    expect(node.runtime.pods()).toEqual(['uid-2'])
    node.write('/m/b.yaml', undefined)
    await node.clock.advance(60_000)
    expect(node.runtime.pods()).toEqual(['uid-1'])
  })

  it('one file may stand for the folder', async () => {
    const node = new HostNode({ host: configured('staticPodPath: /etc/pod.json\n') })
    await node.start()
    node.write('/etc/pod.json', manifest('s', {}))
    await node.clock.advance(5000)
    expect(node.record('s')?.state).toBe('running')
  })

  it('a different node, file or content gives a different uid', async () => {
    const plain = (image: string) => manifest('s', { image }, { uid: '' })
    const node = await started()
    node.write('/m/a.yaml', plain('a'))
    await node.clock.advance(60_000)
    const [first] = node.runtime.pods()
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    node.write('/m/a.yaml', plain('b'))
    await node.clock.advance(60_000)
    const [second] = node.runtime.pods()
    node.write('/m/a.yaml', `# the same\n${plain('a')}`)
    await node.clock.advance(60_000)
    expect(second).not.toBe(first)
    expect(node.runtime.pods()).toEqual([first])
  })
})

it('containers of a pod that is not known any more end when the kubelet knows its pods', async () => {
  const node = await started()
  node.run('a')
  node.run('b')
  await node.clock.advance(5000)
  node.stop()
  node.pods.delete('uid-a')
  await node.start()
  await node.clock.advance(5000)
  expect(node.runtime.pods()).toEqual(['uid-b'])
})
