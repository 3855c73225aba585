import type { KubeObject } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Cluster, type SimulatedNode } from '../src/index.ts'

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web' }] } },
  },
} as KubeObject

const treatments: Readonly<Record<string, (node: SimulatedNode) => unknown>> = {
  kill: (node) => node.kill(),
  boot: (node) => node.boot(),
  stopKubelet: (node) => node.stopKubelet(),
  startKubelet: (node) => node.startKubelet().catch(() => {}),
  restartKubelet: (node) => node.restartKubelet().catch(() => {}),
  partition: (node) => node.partition(),
  heal: (node) => node.heal(),
  cordon: (node) => node.cordon(),
  uncordon: (node) => node.uncordon(),
  drain: (node) => node.drain(),
}

const step = fc.record({
  node: fc.nat(2),
  what: fc.constantFrom(...Object.keys(treatments)),
  seconds: fc.constantFrom(0, 1, 15, 60, 120, 400),
})

it('whatever is done to nodes, restart counts never fall, and all is well once nothing more is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const errors: string[] = []
      const onError = (component: string, key: string, error: unknown) =>
        void errors.push(`${component} ${key}: ${String(error)}`)
      const cluster = await Cluster.create({ nodes: 3, onError })
      await cluster.apply(deployment)
      await cluster.settle()
      for (const { node, what, seconds } of steps) {
        await treatments[what]?.(cluster.nodes.get(`node-${node + 1}`))
        await cluster.advance(seconds * 1000)
      }
      for (const node of cluster.nodes) {
        await node.boot()
        await node.heal()
        await node.startKubelet()
        await node.uncordon()
      }
      await cluster.settle()
      await cluster.advance('1m')
      const nodes = (await cluster.client.nodes().list()).items
      for (const { status, spec } of nodes) {
        expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
        expect(spec?.taints ?? []).toEqual([])
      }
      const pods = (await cluster.client.pods('default').list()).items
      expect(pods).toHaveLength(4)
      for (const { status } of pods)
        expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
      const running = [...cluster.nodes].flatMap((node) =>
        cluster.nodes
          .podsOf(node.name)
          .flatMap(({ metadata }) => node.runtime.list(metadata.uid ?? '').filter(({ state }) => state === 'running')),
      )
      expect(running).toHaveLength(4)
      const restarts = new Map<string, number>()
      for (const { object, kind, type } of cluster.events()) {
        if (kind !== 'Pod' || type === 'DELETED') continue
        const { status } = object as { readonly status?: { readonly containerStatuses?: { restartCount: number }[] } }
        const count = status?.containerStatuses?.[0]?.restartCount ?? 0
        const uid = object.metadata.uid ?? ''
        expect(count).toBeGreaterThanOrEqual(restarts.get(uid) ?? 0)
        restarts.set(uid, count)
      }
      expect(errors).toEqual([])
      cluster.close()
    }),
    { numRuns: 25 },
  )
})
