import type { Container, PodSpec } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { containerShouldRestart, matchingRestartRule, type Program, type RestartRule } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

/** A program that ends with one code after the other, a second after each start. */
const script = (codes: readonly number[], starts: number[] = []): Program => {
  let runs = 0
  return {
    async run({ sleep, clock }) {
      starts.push(clock.now() / 1000)
      await sleep(1000)
      return codes[runs++] ?? 0
    },
  }
}

const rule = (operator: string, ...values: number[]): RestartRule => ({
  action: 'Restart',
  exitCodes: { operator, values },
})

async function run(spec: Partial<PodSpec>, programs: Record<string, Program>, seconds = 600) {
  const node = fakeNode(programs)
  node.set(boundPod('p', spec))
  await node.clock.advance(seconds * 1000)
  return node.get('p')?.status
}

const app = (more: Partial<Container>): Container => ({ name: 'app', image: 'app:1', ...more })

describe('container restart rules (KEP-5307)', () => {
  test('C1: a rule restarts what the policies would not', async () => {
    const containers = [app({ restartPolicy: 'Never', restartPolicyRules: [rule('In', 42)] })]
    const done = await run({ restartPolicy: 'Never', containers }, { app: script([42, 42, 0]) })
    expect(done).toMatchObject({ phase: 'Succeeded', containerStatuses: [{ restartCount: 2 }] })
    const failed = await run({ restartPolicy: 'Never', containers }, { app: script([42, 1]) })
    expect(failed).toMatchObject({ phase: 'Failed', containerStatuses: [{ restartCount: 1 }] })
  })

  test('C2: a container that never restarts leaves its siblings running', async () => {
    const containers = [app({ restartPolicy: 'Never' }), { name: 'other', image: 'other:1' }]
    const status = await run({ restartPolicy: 'Always', containers }, { app: script([1]) })
    expect(status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 0 }, { restartCount: 0 }] })
  })

  test('C3: a container of a pod that never restarts does, backing off', async () => {
    const starts: number[] = []
    const containers = [app({ restartPolicy: 'Always' })]
    await run({ restartPolicy: 'Never', containers }, { app: script([1, 1, 1, 1, 1], starts) }, 80)
    const gaps = starts.slice(1).map((start, index) => Math.round(start - (starts[index] ?? 0) - 1))
    expect(gaps).toEqual([0, 10, 20, 40])
  })

  test('C4: init containers follow rules until they succeed', async () => {
    const init = (policy: string) => [
      { name: 'init', image: 'init:1', restartPolicy: policy, restartPolicyRules: [rule('NotIn', 3)] },
    ]
    const spec = { restartPolicy: 'Never', containers: [app({})] }
    const started = await run({ ...spec, initContainers: init('OnFailure') }, { init: script([5, 3, 0]) })
    expect(started).toMatchObject({ phase: 'Succeeded', initContainerStatuses: [{ restartCount: 2 }] })
    const failed = await run({ ...spec, initContainers: init('Never') }, { init: script([3]) })
    expect(failed).toMatchObject({ phase: 'Failed', initContainerStatuses: [{ restartCount: 0 }] })
  })

  test('PROP: the first rule that matches decides, whatever comes after it', () => {
    const rules = fc.array(
      fc.record({
        action: fc.constant('Restart'),
        exitCodes: fc.record({
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
        }),
      }),
      { maxLength: 4 },
    )
    const policy = fc.constantFrom('Always', 'OnFailure', 'Never')
    fc.assert(
      fc.property(rules, rules, policy, policy, fc.integer({ min: 0, max: 5 }), (before, after, own, pod, code) => {
        const spec = { restartPolicy: pod, containers: [] }
        const hit = before.find(({ exitCodes }) => exitCodes.values.includes(code) === (exitCodes.operator === 'In'))
        const decide = (list: typeof before) =>
          containerShouldRestart(app({ restartPolicy: own, restartPolicyRules: list }), spec, code)
        const reference = hit !== undefined || own === 'Always' || (own === 'OnFailure' && code !== 0)
        expect(decide(before)).toBe(reference)
        expect(matchingRestartRule(app({ restartPolicyRules: before }), code)).toEqual(hit)
        if (hit !== undefined) expect(decide([...before, ...after])).toBe(decide(before))
      }),
    )
  })
})
