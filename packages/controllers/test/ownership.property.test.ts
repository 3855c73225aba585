import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pods, replicaSets, statefulSets } from '../src/api/known.ts'
import type { Pod } from '../src/api/pod.ts'
import { parentAndOrdinal } from '../src/statefulset/identity.ts'
import { TestCluster, template } from './support/cluster.ts'

const metadata = (name: string) => ({ name, namespace: 'default' })
const owners = (pod: Pod) => (pod.metadata.ownerReferences ?? []).filter(({ controller }) => controller === true)
const runs = { numRuns: 15 }

describe('ownership', () => {
  it('is never doubled, whatever orphans appear and whatever two replica sets of one selector do', async () => {
    const step = fc.record({ what: fc.constantFrom('orphan', 'relabel', 'scale', 'delete'), pick: fc.nat(9) })
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const cluster = new TestCluster({ controllers: ['replicaset-controller'] })
      const sets = cluster.of(replicaSets)
      const first = new Map<string, string>()
      const watch = async (): Promise<void> => {
        for (let tick = 0; tick < 10; tick++) {
          await cluster.clock.advance(100)
          for (const pod of cluster.pods()) {
            expect(owners(pod).length).toBeLessThanOrEqual(1)
            const [owner] = owners(pod)
            // Only a pod that its owner has let go, for its labels, may get another one.
            if (owner === undefined) first.delete(pod.metadata.uid)
            else if (first.has(pod.metadata.uid)) expect(owner.uid).toBe(first.get(pod.metadata.uid))
            else first.set(pod.metadata.uid, owner.uid)
          }
        }
      }
      for (const name of ['a', 'b']) {
        const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template() }
        await sets.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: metadata(name), spec })
      }
      for (const [index, { what, pick }] of steps.entries()) {
        const all = cluster.pods()
        const pod = all[pick % Math.max(1, all.length)]
        if (what === 'orphan') {
          const draft = { apiVersion: 'v1', kind: 'Pod', ...template() }
          draft.metadata = { ...draft.metadata, ...metadata(`orphan-${index}`) }
          await cluster.of(pods).create(draft)
        } else if (what === 'scale') {
          const set = await sets.get(pick % 2 === 0 ? 'a' : 'b')
          await sets.update({ ...set, spec: { ...set.spec, replicas: pick % 4 } })
        } else if (pod !== undefined && what === 'delete') await cluster.of(pods).delete(pod.metadata.name)
        else if (pod !== undefined) {
          await cluster.of(pods).patch(pod.metadata.name, 'merge', { metadata: { labels: { app: 'other' } } })
        }
        await watch()
      }
      // Both may try at once: the server refuses the second, which comes back later.
      expect(cluster.errors.filter((error) => !error.includes('Only one reference'))).toEqual([])
    })
    await fc.assert(property, runs)
  })
})

describe('a stateful set', () => {
  it('never has two live pods of one ordinal, whatever the order of deletes, scaling and failures', async () => {
    const step = fc.record({ what: fc.constantFrom('delete', 'scale', 'fail', 'wait'), pick: fc.nat(9) })
    const policy = fc.constantFrom('OrderedReady', 'Parallel')
    const property = fc.asyncProperty(policy, fc.array(step, { maxLength: 8 }), async (podManagementPolicy, steps) => {
      const cluster = new TestCluster({ controllers: ['statefulset-controller'] })
      const sets = cluster.of(statefulSets)
      const selector = { matchLabels: { app: 'web' } }
      const spec = { replicas: 3, serviceName: 'db', selector, podManagementPolicy, template: template() }
      await sets.create({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadata('db'), spec })
      const holder = new Map<number, string>()
      const watch = async (milliseconds: number): Promise<void> => {
        for (let passed = 0; passed < milliseconds; passed += 250) {
          await cluster.clock.advance(250)
          const present = new Set(cluster.pods().map((pod) => pod.metadata.uid))
          const ordinals = cluster.pods().map((pod) => parentAndOrdinal(pod.metadata.name)?.ordinal ?? -1)
          expect(new Set(ordinals).size).toBe(ordinals.length)
          for (const [index, { metadata }] of cluster.pods().entries()) {
            const before = holder.get(ordinals[index] ?? -1)
            expect(before === undefined || before === metadata.uid || !present.has(before)).toBe(true)
            holder.set(ordinals[index] ?? -1, metadata.uid)
          }
        }
      }
      await watch(1500)
      for (const { what, pick } of steps) {
        const all = cluster.pods()
        const pod = all[pick % Math.max(1, all.length)]
        if (what === 'scale') {
          const set = await sets.get('db')
          await sets.update({ ...set, spec: { ...set.spec, replicas: pick % 5 } })
        } else if (pod !== undefined && what === 'delete') await cluster.of(pods).delete(pod.metadata.name)
        else if (pod !== undefined && what === 'fail') {
          await cluster.of(pods).patch(pod.metadata.name, 'merge', { status: { phase: 'Failed' } })
        }
        await watch(what === 'wait' ? 4000 : 500)
      }
      await watch(60_000)
      const { replicas } = (await sets.get('db')).spec
      expect(cluster.pods()).toHaveLength(replicas ?? 1)
      expect(cluster.errors).toEqual([])
    })
    await fc.assert(property, runs)
  })
})
