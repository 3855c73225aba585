import type { Unstructured } from '@kube-bonsai/apimachinery'
import { createChecker, formatViolation, invariants } from '@kube-bonsai/invariants'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'

type Step =
  | { readonly do: 'deploy'; readonly name: string; readonly replicas: number; readonly image: string }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: 'wait'; readonly seconds: number }

const name = fc.constantFrom('a', 'b')
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('deploy' as const),
      name,
      replicas: fc.nat(4),
      image: fc.constantFrom('app:1', 'app:2'),
    }),
    fc.record({ do: fc.constant('delete' as const), name }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 90 }) }),
  ),
  { maxLength: 8 },
)

async function play(script: readonly Step[], seed: number): Promise<Cluster> {
  const cluster = await Cluster.create({ nodes: 2, seed })
  for (const step of script) {
    if (step.do === 'wait') await cluster.advance(step.seconds * 1000)
    else if (step.do === 'delete')
      await cluster.client
        .deployments('default')
        .delete(step.name)
        .catch(() => undefined)
    else {
      await cluster
        .apply({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: step.name },
          spec: {
            replicas: step.replicas,
            selector: { matchLabels: { app: step.name } },
            template: {
              metadata: { labels: { app: step.name } },
              spec: { containers: [{ name: 'c', image: step.image }] },
            },
          },
        } as never)
        .catch(() => undefined)
    }
  }
  await cluster.settle()
  return cluster
}

test('whatever users do, every watch event keeps the invariants', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const cluster = await play(script, 1)
      const checker = createChecker(invariants)
      for (const { type, object } of cluster.events()) {
        const violations = checker.observe({ type, object: object as Unstructured })
        expect(violations.map(formatViolation)).toEqual([])
      }
      cluster.close()
    }),
    { numRuns: 25 },
  )
})

test('whatever users do, deployments end with the pods that they want, and deleted ones with none', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const cluster = await play(script, 2)
      const { items } = await cluster.client.deployments('default').list()
      const pods = (await cluster.client.pods('default').list()).items
      for (const deployment of items) {
        const own = pods.filter((pod) => pod.metadata.labels?.app === deployment.metadata.name)
        expect(own).toHaveLength(deployment.spec?.replicas ?? 0)
        expect(own.every((pod) => pod.status?.phase === 'Running')).toBe(true)
      }
      const known = new Set(items.map((deployment) => deployment.metadata.name))
      expect(pods.filter((pod) => !known.has(pod.metadata.labels?.app ?? ''))).toEqual([])
      cluster.close()
    }),
    { numRuns: 25 },
  )
})

test('the same seed and the same calls always give the same event log', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(1000), async (script, seed) => {
      const [one, other] = [await play(script, seed), await play(script, seed)]
      expect(JSON.stringify(other.events())).toBe(JSON.stringify(one.events()))
      one.close()
      other.close()
    }),
    { numRuns: 10 },
  )
})
