import { describe, expect, test } from 'vitest'
import { boundPod, fakeNode } from './fake-node.ts'

const podWith = (activeDeadlineSeconds: number, command: readonly string[]) =>
  boundPod('p', {
    activeDeadlineSeconds,
    containers: [{ name: 'app', image: 'busybox', command }],
    restartPolicy: 'Never',
  })

describe('activeDeadlineSeconds', () => {
  test('ends a pod that was active for too long, and says so', async () => {
    const node = fakeNode()
    node.set(podWith(60, ['sleep', '1h']))
    await node.clock.advance(59_000)
    expect(node.get('p')?.status?.phase).toBe('Running')
    await node.clock.advance(35_000)
    expect(node.get('p')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
      containerStatuses: [{ ready: false, state: { terminated: {} } }],
    })
    expect(node.events.filter((event) => event.startsWith('DeadlineExceeded'))).toHaveLength(1)
  })

  test('leaves a pod alone that ended before', async () => {
    const node = fakeNode()
    node.set(podWith(60, ['sleep', '5']))
    await node.clock.advance(300_000)
    expect(node.get('p')?.status?.phase).toBe('Succeeded')
    expect(node.get('p')?.status?.reason).toBeUndefined()
  })

  test('may be brought nearer while the pod runs', async () => {
    const node = fakeNode()
    node.set(podWith(3600, ['sleep', '2h']))
    await node.clock.advance(30_000)
    const known = node.get('p')
    if (known?.spec === undefined) throw new Error('no pod')
    node.set({
      ...known,
      metadata: { ...known.metadata, generation: 2 },
      spec: { ...known.spec, activeDeadlineSeconds: 40 },
    })
    await node.clock.advance(45_000)
    expect(node.get('p')?.status?.reason).toBe('DeadlineExceeded')
  })
})
