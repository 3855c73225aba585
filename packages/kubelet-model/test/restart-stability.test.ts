import type { Container, PodSpec, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Program } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const probe = { httpGet: { port: 8080 }, periodSeconds: 5, failureThreshold: 3 }

/** Listens, and answers by what `healthy` says; not at all before `delay` seconds. */
function web(healthy: () => boolean, delay = 0): Program {
  return {
    networked: true,
    async run({ listen, sleep, terminated }) {
      await sleep(delay * 1000)
      listen(8080, () => ({ status: healthy() ? 200 : 500 }))
      await terminated
      return 0
    },
  }
}

function started(spec: Partial<PodSpec>, state = { healthy: true }) {
  const node = fakeNode({ app: web(() => state.healthy), helper: web(() => true) })
  node.set(boundPod('p', spec))
  return { node, state }
}

const withProbes = (probes: Partial<Container>): Partial<PodSpec> => ({
  containers: [{ name: 'app', image: 'app:1', ...probes }],
})

const shapes: Readonly<Record<string, Partial<PodSpec>>> = {
  'no probes': withProbes({}),
  'a startup probe': withProbes({ startupProbe: probe }),
  'a readiness probe': withProbes({ readinessProbe: probe }),
  both: withProbes({ startupProbe: probe, readinessProbe: probe, livenessProbe: probe }),
  'a sidecar with a startup probe': {
    initContainers: [
      {
        name: 'sidecar',
        image: 'app:1',
        restartPolicy: 'Always',
        startupProbe: probe,
        ports: [{ containerPort: 8080 }],
      },
    ],
    containers: [{ name: 'app', image: 'busybox', command: ['sleep', '1d'] }],
  },
}

/** What endpoints and people look at. */
const view = ({ containerStatuses = [], initContainerStatuses = [], conditions = [], podIP }: PodStatus) => ({
  containers: [...containerStatuses, ...initContainerStatuses].map(
    ({ ready, started: up, restartCount, containerID }) => ({
      ready,
      up,
      restartCount,
      containerID,
    }),
  ),
  ready: conditions.find(({ type }) => type === 'Ready')?.status,
  podIP,
})

describe('Pod stability across kubelet restarts (KEP-4781)', () => {
  for (const [name, spec] of Object.entries(shapes)) {
    test(`C1: a restart changes nothing of a pod with ${name}`, async () => {
      const { node } = started(spec)
      await node.clock.advance(30_000)
      const before = node.get('p')?.status
      expect(view(before ?? {}).ready).toBe('True')
      const written = node.history.length
      await node.restart(() => node.clock.advance(2000))
      await node.clock.advance(60_000)
      const later = node.history.slice(written)
      for (const status of later) expect(view(status)).toEqual(view(before ?? {}))
      expect(view(node.get('p')?.status ?? {})).toEqual(view(before ?? {}))
    })
  }

  for (const name of ['a readiness probe', 'both']) {
    test(`C2: with the old behaviour a pod with ${name} is unready until its probes have succeeded`, async () => {
      const { node } = started(shapes[name] ?? {})
      await node.clock.advance(30_000)
      const written = node.history.length
      const gates = createFeatureGates({ set: { ChangeContainerStatusOnKubeletRestart: true } })
      await node.restart(() => node.clock.advance(2000), { gates })
      await node.clock.advance(60_000)
      const ready = node.history.slice(written).map((status) => view(status).ready)
      expect(ready[0]).toBe('False')
      expect(ready.at(-1)).toBe('True')
    })
  }

  test('C3: a pod that was not ready stays so until one success', async () => {
    const { node, state } = started(withProbes({ readinessProbe: probe }), { healthy: false })
    await node.clock.advance(30_000)
    await node.restart(() => node.clock.advance(2000))
    await node.clock.advance(20_000)
    expect(view(node.get('p')?.status ?? {}).ready).toBe('False')
    state.healthy = true
    await node.clock.advance(6000)
    expect(view(node.get('p')?.status ?? {}).ready).toBe('True')
  })

  test('C4: one that broke meanwhile turns unready after its failures, and not before', async () => {
    const { node, state } = started(withProbes({ readinessProbe: probe }))
    await node.clock.advance(30_000)
    await node.restart(async () => {
      state.healthy = false
      await node.clock.advance(2000)
    })
    await node.clock.advance(9000)
    expect(view(node.get('p')?.status ?? {}).ready).toBe('True')
    await node.clock.advance(6000)
    expect(view(node.get('p')?.status ?? {}).ready).toBe('False')
  })

  test('C5: a container that is younger than ten seconds counts as new', async () => {
    const { node } = started(withProbes({ startupProbe: probe, readinessProbe: probe }))
    await node.clock.advance(6000)
    expect(view(node.get('p')?.status ?? {}).ready).toBe('True')
    const written = node.history.length
    await node.restart()
    await node.clock.advance(20_000)
    const seen = node.history.slice(written).map((status) => view(status).containers[0]?.ready)
    expect(seen[0]).toBe(false)
    expect(seen.at(-1)).toBe(true)
  })

  test('a container that exited meanwhile shows its code, and its restarts go on', async () => {
    const node = fakeNode()
    node.set(
      boundPod('p', { containers: [{ name: 'app', image: 'busybox', command: ['sh', '-c', 'sleep 40; exit 3'] }] }),
    )
    await node.clock.advance(30_000)
    await node.restart(() => node.clock.advance(20_000))
    await node.clock.advance(5000)
    expect(node.get('p')?.status?.containerStatuses).toMatchObject([
      { restartCount: 1, lastState: { terminated: { exitCode: 3 } }, state: { running: {} } },
    ])
  })

  test('a container that vanished meanwhile ended for reasons unknown', async () => {
    const node = fakeNode()
    node.set(boundPod('p'))
    await node.clock.advance(30_000)
    const shown = node.history.length
    await node.restart(async () => {
      for (const { id } of node.runtime.list('uid-p')) {
        await node.runtime.stop(id, 0)
        node.runtime.remove(id)
      }
    })
    await node.clock.advance(5000)
    expect(node.history.slice(shown).map(({ containerStatuses }) => containerStatuses?.[0])).toContainEqual(
      expect.objectContaining({
        restartCount: 1,
        lastState: { terminated: expect.objectContaining({ reason: 'ContainerStatusUnknown', exitCode: 137 }) },
      }),
    )
    expect(node.get('p')?.status?.containerStatuses).toMatchObject([{ restartCount: 1, state: { running: {} } }])
  })

  test('a kubelet that has ended writes, probes and starts nothing any more', async () => {
    const { node } = started(withProbes({ livenessProbe: probe, readinessProbe: probe }))
    await node.clock.advance(30_000)
    node.kubelet.stop()
    const [written, told] = [node.history.length, node.events.length]
    for (const { id } of node.runtime.list('uid-p')) await node.runtime.stop(id, 0)
    await node.clock.advance(600_000)
    expect([node.history.length, node.events.length]).toEqual([written, told])
  })

  test('PROP: what is published as ready is the same with and without restarts', async () => {
    const restarts = fc.array(fc.record({ after: fc.integer({ min: 12, max: 90 }), down: fc.nat({ max: 40 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.values(shapes)), restarts, async (spec, times) => {
        const published = async (isRestarted: boolean) => {
          const { node } = started(spec)
          await node.clock.advance(20_000)
          for (const { after, down } of times) {
            await node.clock.advance(after * 1000)
            const pause = () => node.clock.advance(down * 1000)
            if (isRestarted) await node.restart(pause)
            else await pause()
          }
          await node.clock.advance(60_000)
          const seen = node.history.map((status) => JSON.stringify(view(status)))
          return seen.filter((text, index) => text !== seen[index - 1])
        }
        expect(await published(true)).toEqual(await published(false))
      }),
      { numRuns: 60 },
    )
  })
})
