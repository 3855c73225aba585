import type { EphemeralContainer } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, test } from 'vitest'
import { boundPod, fakeNode } from './fake-node.ts'

const debugging = (container: Partial<EphemeralContainer> = {}) => {
  const node = fakeNode()
  const pod = boundPod('p')
  node.set(pod)
  const add = (more: Partial<EphemeralContainer> = {}) => {
    const known = node.get('p') ?? pod
    const one = { name: 'debugger', image: 'busybox', targetContainerName: 'app', ...container, ...more }
    const ephemeralContainers = [...(known.spec?.ephemeralContainers ?? []), one]
    const generation = (known.metadata.generation ?? 0) + 1
    node.set({
      ...known,
      metadata: { ...known.metadata, generation },
      spec: { containers: [], ...known.spec, ephemeralContainers },
    })
  }
  return { node, add, statuses: () => node.get('p')?.status?.ephemeralContainerStatuses }
}

describe('ephemeral containers', () => {
  test('run in a pod that runs, and say so in a list of their own', async () => {
    const { node, add, statuses } = debugging({ command: ['sleep', '1h'] })
    await node.clock.advance(5000)
    add()
    await node.clock.advance(5000)
    expect(statuses()).toMatchObject([{ name: 'debugger', ready: false, restartCount: 0, state: { running: {} } }])
    expect(statuses()?.[0]).not.toHaveProperty('started')
    expect(node.get('p')?.status).toMatchObject({ phase: 'Running', observedGeneration: 2 })
    expect(node.get('p')?.status?.containerStatuses).toHaveLength(1)
  })

  test('never run twice, whatever their exit code', async () => {
    const { node, add, statuses } = debugging({ command: ['sh', '-c', 'exit 3'] })
    await node.clock.advance(5000)
    add()
    await node.clock.advance(3_600_000)
    expect(statuses()).toMatchObject([{ restartCount: 0, state: { terminated: { exitCode: 3 } } }])
    expect(node.get('p')?.status?.phase).toBe('Running')
  })

  test('run while init containers do, and change nothing of what these do', async () => {
    const node = fakeNode()
    const init = { name: 'init', image: 'busybox', command: ['sleep', '1m'] }
    const ephemeral = { name: 'debugger', image: 'busybox', command: ['sleep', '1h'] }
    node.set(boundPod('p', { initContainers: [init], ephemeralContainers: [ephemeral] }))
    await node.clock.advance(10_000)
    expect(node.get('p')?.status).toMatchObject({
      phase: 'Pending',
      ephemeralContainerStatuses: [{ state: { running: {} } }],
      initContainerStatuses: [{ state: { running: {} } }],
    })
    await node.clock.advance(60_000)
    expect(node.get('p')?.status?.phase).toBe('Running')
  })

  test('end with their pod', async () => {
    const { node, add } = debugging({ command: ['sleep', '1h'] })
    add()
    await node.clock.advance(5000)
    node.remove('p', 30)
    await node.clock.runUntilIdle()
    expect(node.get('p')).toBeUndefined()
    expect(node.runtime.list('uid-p')).toEqual([])
  })
})
