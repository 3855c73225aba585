import type { Pod } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ContainerRecord, type Program, planPod, shell } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const restartPolicy = fc.constantFrom('Always', 'OnFailure', 'Never')
/** A program that lives for so long and ends so, time after time. */
const life = fc.record({ lives: fc.integer({ min: 0, max: 20_000 }), code: fc.constantFrom(0, 1, 137) })

function scripted(lives: readonly { readonly lives: number; readonly code: number }[]): Program {
  let turn = 0
  return {
    async run(context) {
      const { lives: milliseconds, code } = lives[turn++ % lives.length]!
      return (await context.sleep(milliseconds)) ? 143 : code
    },
  }
}

test('restart counts never fall, observed generations never exceed the generation, ended pods never run again', async () => {
  await fc.assert(
    fc.asyncProperty(
      restartPolicy,
      fc.array(life, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 120 }),
      async (policy, lives, seconds) => {
        const node = fakeNode({ app: scripted(lives) })
        node.set(boundPod('p', { restartPolicy: policy }))
        await node.clock.advance(seconds * 1000)
        let restarts = 0
        let ended = false
        for (const status of node.history) {
          const count = status.containerStatuses![0]!.restartCount
          expect(count).toBeGreaterThanOrEqual(restarts)
          restarts = count
          expect(status.observedGeneration).toBeLessThanOrEqual(1)
          if (ended) expect(['Succeeded', 'Failed']).toContain(status.phase)
          ended = status.phase === 'Succeeded' || status.phase === 'Failed'
        }
        expect(node.errors).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})

test('a deleted pod is always gone after its grace, whatever its program does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(life, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 0, max: 40 }),
      async (lives, after, grace) => {
        const node = fakeNode({ app: scripted(lives) })
        node.set(boundPod('p'))
        await node.clock.advance(after)
        node.remove('p', grace)
        await node.clock.advance(grace * 1000 + 1000)
        expect(node.get('p')).toBeUndefined()
      },
    ),
    { numRuns: 60 },
  )
})

test('a plan never starts a container that runs', () => {
  const states = fc.constantFrom('none' as const, 'created' as const, 'running' as const, 'exited' as const)
  fc.assert(
    fc.property(
      restartPolicy,
      fc.array(fc.tuple(states, fc.nat(2)), { minLength: 1, maxLength: 4 }),
      (policy, containers) => {
        const names = containers.map((_, index): string => `c${index}`)
        const pod: Pod = boundPod('p', {
          restartPolicy: policy,
          containers: names.map((name) => ({ name, image: 'x' })),
        })
        const records = new Map(
          containers.flatMap(([state, exitCode], index): readonly (readonly [string, ContainerRecord])[] =>
            state === 'none'
              ? []
              : [
                  [
                    `c${index}`,
                    {
                      id: `${index}`,
                      podUid: '',
                      name: `c${index}`,
                      image: 'x',
                      imageId: '',
                      attempt: 0,
                      state,
                      createdAt: 0,
                      exitCode,
                    },
                  ] as const,
                ],
          ),
        )
        const plan = planPod(pod, records, { started: () => true })
        for (const { name } of plan.start) expect(records.get(name)?.state).not.toBe('running')
      },
    ),
  )
})

test('the small shell runs one-liners', async () => {
  const node = fakeNode({ box: shell })
  const run = async (args: readonly string[]) => {
    node.set(
      boundPod('p', {
        restartPolicy: 'Never',
        containers: [{ name: 'app', image: 'box', command: args, env: [{ name: 'WHO', value: 'world' }] }],
      }),
    )
    await node.clock.runUntilIdle()
    return node.runtime.logs(node.kubelet.container(node.get('p')!, 'app').id).map((line) => line.text)
  }
  expect(await run(['sh', '-c', 'echo "hello $WHO" && sleep 2 && exit 4'])).toEqual(['hello world'])
  expect(node.get('p')!.status!.containerStatuses![0]!.state!.terminated!.exitCode).toBe(4)
})
