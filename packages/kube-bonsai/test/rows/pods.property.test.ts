import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Program } from '@kube-bonsai/kubelet-model'
import { Quantity } from '@kube-bonsai/quantity'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cluster } from '../../src/index.ts'
import { pod } from './rows.ts'

const ends =
  (code: number): Program['run'] =>
  async ({ sleep }) => {
    await sleep(20_000)
    return code
  }
const stays: Program['run'] = async ({ terminated }) => {
  await terminated
  return 0
}
const programs: Readonly<Record<string, Program>> = {
  ends: { run: ends(0) },
  fails: { run: ends(1) },
  stays: { run: stays },
}

const name = fc.nat(4).map((index) => `p${index}`)
const size = fc.integer({ min: 1, max: 25 }).map((tenths) => `${tenths}00m`)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('resize' as const), name, size }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      name,
      size,
      image: fc.constantFrom('stays', 'ends', 'fails'),
      restarts: fc.constantFrom('Always', 'OnFailure', 'Never'),
      priority: fc.constantFrom(undefined, 'system-node-critical'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('edit' as const), name, deadline: fc.integer({ min: 30, max: 900 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('image' as const), name, image: fc.constantFrom('stays', 'fails') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('label' as const), name, value: size }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), name, grace: fc.constantFrom(0, 1, 30) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(0.01, 1, 25, 200) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kubelet' as const), down: fc.constantFrom(0, 5, 90) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function act(cluster: Cluster, one: Step): Promise<unknown> {
  const pods = cluster.client.pods('kube-system')
  const spec = (container: object) => ({ spec: { containers: [{ name: 'a', ...container }] } })
  switch (one.do) {
    case 'create': {
      const made = pod(one.name, one.size, {
        restartPolicy: one.restarts,
        terminationGracePeriodSeconds: 5,
        ...(one.priority !== undefined && { priorityClassName: one.priority }),
      })
      const [container] = made.spec?.containers ?? []
      const { image } = one
      const filled = { ...made.spec, containers: [{ ...container, name: 'a', image }] }
      return pods.create({ ...made, metadata: { name: one.name, namespace: 'kube-system' }, spec: filled })
    }
    case 'resize':
      return pods.patch(one.name, 'strategic', spec({ resources: { requests: { cpu: one.size } } }), {
        subresource: 'resize',
      })
    case 'edit':
      return pods.patch(one.name, 'merge', { spec: { activeDeadlineSeconds: one.deadline } })
    case 'image':
      return pods.patch(one.name, 'strategic', spec({ image: one.image }))
    case 'label':
      return pods.patch(one.name, 'merge', { metadata: { labels: { size: one.value } } })
    case 'delete':
      return pods.delete(one.name, { gracePeriodSeconds: one.grace })
    case 'wait':
      return cluster.advance(one.seconds * 1000)
    case 'kubelet': {
      const node = cluster.nodes.get('node')
      node.stopKubelet()
      await cluster.advance(one.down * 1000)
      return node.startKubelet()
    }
  }
}

const isTerminal = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** What is wrong with what came after what. */
function wrongs(before: Pod, after: Pod): readonly string[] {
  const list: string[] = []
  const generation = after.metadata.generation ?? 0
  const observed = after.status?.observedGeneration ?? 0
  if (generation < (before.metadata.generation ?? 0)) list.push('the generation falls')
  if (observed > generation) list.push('what is observed exceeds the generation')
  if (observed < (before.status?.observedGeneration ?? 0)) list.push('what is observed falls')
  for (const condition of after.status?.conditions ?? []) {
    if ((condition.observedGeneration ?? 0) > generation) list.push(`${condition.type} exceeds the generation`)
  }
  const was = new Map(before.status?.containerStatuses?.map((status) => [status.name, status]))
  for (const { name: own, restartCount, state } of after.status?.containerStatuses ?? []) {
    if (restartCount < (was.get(own)?.restartCount ?? 0)) list.push(`the restarts of ${own} fall`)
    if (isTerminal(before) && state?.running) list.push(`${own} runs in a pod that has ended`)
  }
  if (isTerminal(before) && after.status?.phase !== before.status?.phase) list.push('a pod that has ended goes on')
  if (before.status?.qosClass && before.status.qosClass !== after.status?.qosClass) list.push('the QoS class changes')
  return list
}

describe('PROP: pods of a whole cluster, whatever is asked of them and whenever the kubelet restarts', () => {
  it('generations and restarts never fall, promises never exceed the node, pods that have ended stay so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const errors: unknown[] = []
        const onError = (_component: string, _key: string, error: unknown) => void errors.push(String(error))
        const cluster = await Cluster.create({ seed: 1, nodes: [{ name: 'node', cpu: '4' }], programs, onError })
        await cluster.settle()
        const pods = cluster.client.pods('kube-system')
        const check = () => {
          const promised = cluster.nodes.get('node').kubelet?.promised.cpu
          expect(promised ?? 0n).toBeLessThanOrEqual(4000n)
        }
        for (const one of steps) {
          await act(cluster, one).catch(() => undefined)
          check()
        }
        await cluster.advance('10m')
        await cluster.settle()
        check()
        const last = new Map<string, Pod>()
        for (const { object, kind, type } of cluster.events()) {
          if (kind !== 'Pod') continue
          const after = object as Pod
          const uid = after.metadata.uid ?? ''
          const before = last.get(uid)
          if (before) expect(wrongs(before, after)).toEqual([])
          if (type === 'DELETED') last.delete(uid)
          else last.set(uid, after)
        }
        let total = 0n
        for (const { metadata, spec, status } of (await pods.list()).items) {
          if (spec?.nodeName === undefined) continue
          // A kubelet that comes back looks no more at pods that have ended.
          if (status?.phase !== 'Running') continue
          expect(status.observedGeneration).toBe(metadata.generation)
          const [container] = status.containerStatuses ?? []
          const allocated = container?.allocatedResources?.['cpu'] ?? '0'
          total += Quantity.parse(allocated).milliValue()
          expect(container?.resources?.requests?.['cpu']).toBe(allocated)
          expect(container?.image).toBe(spec.containers[0]?.image)
          const waits = status.conditions?.some(({ type }) => type === 'PodResizePending')
          if (!waits) expect(allocated).toBe(spec.containers[0]?.resources?.requests?.['cpu'])
          expect(status.conditions?.some(({ type }) => type === 'PodResizeInProgress')).toBe(false)
        }
        expect(total).toBeLessThanOrEqual(4000n)
        expect(errors).toEqual([])
        cluster.close()
      }),
      { numRuns: 20 },
    )
  }, 60_000)
})
