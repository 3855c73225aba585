import type { Container, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, test } from 'vitest'
import type { Program } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const gates = createFeatureGates({ set: { NodeDeclaredFeatures: true, RestartAllContainersOnContainerExits: true } })

/** Ends with one code after the other, each after so many seconds; stays after the last. */
function script(name: string, notes: string[], turns: readonly (readonly [seconds: number, code: number])[]): Program {
  let turn = 0
  return {
    async run({ sleep, terminated }) {
      notes.push(name)
      const next = turns[turn++]
      if (next !== undefined) return (await sleep(next[0] * 1000)) ? 143 : next[1]
      await terminated
      return 0
    },
  }
}

const restartAll: Pick<Container, 'restartPolicy' | 'restartPolicyRules'> = {
  restartPolicy: 'Never',
  restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } }],
}

async function run(isEnabled: boolean) {
  const notes: string[] = []
  const node = fakeNode({
    init: script('init', notes, [
      [1, 0],
      [1, 0],
    ]),
    source: script('source', notes, [[20, 88]]),
    other: script('other', notes, []),
  })
  if (isEnabled) await node.restart(() => {}, { gates })
  node.set(
    boundPod('p', {
      restartPolicy: 'Never',
      initContainers: [{ name: 'init', image: 'init:1' }],
      containers: [
        { name: 'source', image: 'source:1', ...restartAll },
        { name: 'other', image: 'other:1' },
      ],
    }),
  )
  await node.clock.advance(60_000)
  return { node, notes, status: node.get('p')?.status }
}

const restarting = ({ conditions = [] }: PodStatus) =>
  conditions.find(({ type }) => type === 'AllContainersRestarting')?.status

describe('Container restart rules (KEP-5307), RestartAllContainers', () => {
  test('all containers start over in order, in the same pod', async () => {
    const { node, notes, status } = await run(true)
    expect(notes).toEqual(['init', 'source', 'other', 'init', 'source', 'other'])
    expect(status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [{ restartCount: 1 }],
      containerStatuses: [
        { name: 'other', restartCount: 1, ready: true },
        { name: 'source', restartCount: 1, ready: true },
      ],
    })
    expect(new Set(node.history.map(({ podIP }) => podIP).filter((ip) => ip !== undefined)).size).toBe(1)
    expect(node.errors).toEqual([])
  })

  test('the pod says so while it lasts: the condition, and why its containers wait', async () => {
    const { node } = await run(true)
    const seen = node.history.map(restarting)
    expect(seen.filter((value, index) => value !== seen[index - 1])).toEqual(['False', 'True', 'False'])
    const waiting = node.history.flatMap(({ containerStatuses = [] }) => containerStatuses)
    expect(waiting).toContainEqual(
      expect.objectContaining({
        name: 'other',
        state: {
          waiting: {
            reason: 'RestartingAllContainers',
            message: 'The container is removed because RestartAllContainers in place',
          },
        },
        restartCount: 1,
      }),
    )
  })

  test('the pod stays initialized meanwhile', async () => {
    const { node } = await run(true)
    const of = ({ conditions = [] }: PodStatus) => conditions.find(({ type }) => type === 'Initialized')?.status
    const seen = node.history.map(of)
    expect(seen.slice(seen.indexOf('True'))).not.toContain('False')
  })

  test('without the gate the rule says nothing, and the policy decides', async () => {
    const { notes, status } = await run(false)
    expect(notes).toEqual(['init', 'source', 'other'])
    expect(status?.conditions?.map(({ type }) => type)).not.toContain('AllContainersRestarting')
    expect(status?.containerStatuses).toMatchObject([
      { name: 'other', state: { running: {} } },
      { name: 'source', restartCount: 0, state: { terminated: { exitCode: 88 } } },
    ])
  })
})
