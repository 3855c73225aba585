import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createMemoryStorage } from '@kube-bonsai/storage'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PodsByNode } from '../src/registry/pods-by-node.ts'

const nodes = ['', 'a', 'b']
const write = fc.record({ pod: fc.constantFrom('x', 'y', 'z'), node: fc.constantFrom(...nodes), gone: fc.boolean() })

test('the watchers of a node see what a watch of all pods shows of it, from wherever they begin', async () => {
  const watcher = fc.record({ node: fc.constantFrom(...nodes), after: fc.nat(12), back: fc.nat(12) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(write, { maxLength: 12 }),
      fc.array(watcher, { maxLength: 5 }),
      async (writes, watchers) => {
        const storage = createMemoryStorage<KubeObject>()
        const index = new PodsByNode(storage)
        const seen: { readonly expected: string[]; readonly actual: string[] }[] = []
        for (const [at, { pod, node, gone }] of writes.entries()) {
          for (const one of watchers) {
            if (one.after !== at) continue
            const from = Math.max(2, storage.revision + 1 - one.back)
            const entry = { expected: [] as string[], actual: [] as string[] }
            seen.push(entry)
            storage.watch({
              prefix: '/registry/core/pods/',
              fromRevision: from,
              onEvents: (events) => {
                for (const { kv, previous, revision } of events) {
                  const touched = [kv.value, previous?.value].some((value) => value && nodeOf(value) === one.node)
                  if (touched) entry.expected.push(`${revision} ${kv.key}`)
                }
              },
            })
            const watch = index.watch(one.node, from, ({ revision, kv }) => entry.actual.push(`${revision} ${kv.key}`))
            if (watch === undefined) seen.pop()
          }
          const key = `/registry/core/pods/default/${pod}`
          const value = { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod }, spec: { nodeName: node } }
          await storage.txn([], [gone ? { type: 'delete', key } : { type: 'put', key, value }])
        }
        await new Promise((resolve) => setTimeout(resolve, 0))
        for (const { expected, actual } of seen) expect(actual).toEqual(expected)
      },
    ),
    { numRuns: 100 },
  )
})

function nodeOf(pod: KubeObject): string {
  return (pod as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? ''
}
