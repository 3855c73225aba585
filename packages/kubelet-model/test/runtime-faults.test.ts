import type { PodSpec } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Program, type RuntimeCall, RuntimeError } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const stays: Program = { run: ({ terminated }) => terminated.then(() => 0) }

/** A node whose runtime fails at these calls for the first `seconds`. */
function failing(calls: readonly RuntimeCall['call'][], seconds: number, programs = { app: stays }) {
  const start = Date.parse('2026-01-01T00:00:00Z')
  return fakeNode(programs, undefined, {
    faults: ({ call, now }) => (calls.includes(call) && now < start + seconds * 1000 ? `cannot ${call}` : undefined),
  })
}

describe('a runtime that fails', () => {
  test('to create a container: it waits, says why, and is tried again', async () => {
    const node = failing(['create'], 25)
    node.set(boundPod('p'))
    await node.clock.advance(20_000)
    expect(node.get('p')?.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'CreateContainerError', message: 'cannot create' } } }],
    })
    expect(node.events).toContain('Failed: Error: cannot create')
    await node.clock.advance(20_000)
    expect(node.get('p')?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 0 }] })
  })

  test('to start it: the next one counts as a restart', async () => {
    const node = failing(['start'], 5)
    node.set(boundPod('p'))
    await node.clock.advance(4000)
    expect(node.get('p')?.status?.containerStatuses).toMatchObject([
      { state: { waiting: { reason: 'RunContainerError', message: 'cannot start' } } },
    ])
    await node.clock.advance(20_000)
    expect(node.get('p')?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 1 }] })
  })

  test('to stop it: the pod is not gone before it can', async () => {
    const node = failing(['stop'], 60)
    node.set(boundPod('p'))
    await node.clock.advance(5000)
    node.remove('p', 5)
    await node.clock.advance(40_000)
    expect(node.get('p')).toBeDefined()
    expect(node.events).toContain(
      'FailedKillPod: error killing pod: failed to "KillContainer" for "app" with KillContainerError: "cannot stop"',
    )
    await node.clock.advance(40_000)
    expect(node.get('p')).toBeUndefined()
    expect(node.runtime.list('uid-p')).toEqual([])
  })

  test('to stop a container that a probe has condemned: it is killed later', async () => {
    const sick: Program = { ...stays, probe: () => ({ success: false, message: 'no' }) }
    const node = failing(['stop'], 60, { app: sick })
    const livenessProbe = { exec: { command: ['x'] }, periodSeconds: 1, failureThreshold: 1 }
    node.set(boundPod('p', { containers: [{ name: 'app', image: 'app:1', livenessProbe }] }))
    await node.clock.advance(50_000)
    expect(node.get('p')?.status?.containerStatuses?.[0]?.restartCount).toBe(0)
    await node.clock.advance(30_000)
    expect(node.get('p')?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0)
  })

  test('a pod has not ended before all of it has', async () => {
    const main: Program = { run: ({ sleep }) => sleep(5000).then(() => 0) }
    const slow: Program = {
      async run({ terminated, clock }) {
        await terminated
        await new Promise<void>((resolve) => clock.schedule(clock.now() + 8000, resolve))
        return 0
      },
    }
    const node = fakeNode({ main, slow })
    node.set(
      boundPod('p', {
        restartPolicy: 'Never',
        initContainers: [{ name: 'sidecar', image: 'slow:1', restartPolicy: 'Always' }],
        containers: [{ name: 'main', image: 'main:1' }],
      }),
    )
    await node.clock.advance(60_000)
    for (const { phase, initContainerStatuses = [] } of node.history) {
      if (initContainerStatuses[0]?.state?.running) expect(phase).not.toBe('Succeeded')
    }
    expect(node.get('p')?.status?.phase).toBe('Succeeded')
  })
})

test('PROP: after any faults of the runtime and restarts of the kubelet, pods end up where they would have', async () => {
  const outcomes = fc.constantFrom<readonly ['stays' | 'ends' | 'fails', string]>(
    ['stays', 'Running'],
    ['ends', 'Succeeded'],
    ['fails', 'Failed'],
  )
  const programs: Readonly<Record<string, Program>> = {
    stays,
    ends: { run: ({ sleep }) => sleep(3000).then(() => 0) },
    fails: { run: ({ sleep }) => sleep(3000).then(() => 1) },
  }
  const faults = fc.array(fc.record({ call: fc.constantFrom('create', 'start', 'stop', 'update'), nth: fc.nat(6) }), {
    maxLength: 6,
  })
  const restarts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(outcomes, { minLength: 1, maxLength: 3 }),
      faults,
      restarts,
      fc.boolean(),
      async (pods, broken, pauses, isDeleted) => {
        const counts = new Map<string, number>()
        const node = fakeNode(programs, undefined, {
          faults: ({ call }) => {
            const nth = counts.get(call) ?? 0
            counts.set(call, nth + 1)
            return broken.some((fault) => fault.call === call && fault.nth === nth) ? 'broken' : undefined
          },
        })
        const spec = (image: string): Partial<PodSpec> => ({
          restartPolicy: 'Never',
          containers: [{ name: 'app', image: `${image}:1` }],
        })
        for (const [index, [image]] of pods.entries()) node.set(boundPod(`p${index}`, spec(image)))
        for (const pause of pauses) {
          await node.clock.advance(pause * 1000)
          await node.restart()
        }
        await node.clock.advance(300_000)
        for (const [index, [, phase]] of pods.entries()) expect(node.get(`p${index}`)?.status?.phase).toBe(phase)
        if (isDeleted) {
          for (const index of pods.keys()) node.remove(`p${index}`, 5)
          await node.clock.advance(120_000)
          for (const index of pods.keys()) expect(node.get(`p${index}`)).toBeUndefined()
        }
        for (const error of node.errors) {
          expect(error instanceof RuntimeError || String(error).includes('KillContainerError')).toBe(true)
        }
      },
    ),
    { numRuns: 100 },
  )
})
