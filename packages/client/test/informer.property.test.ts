import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createClient, createInformer } from '../src/index.ts'
import { FakeServer, type StoredThing, turn } from './fake-server.ts'

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('put'), name: fc.constantFrom('x', 'y', 'z'), value: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove'), name: fc.constantFrom('x', 'y', 'z') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('cut', 'break', 'compact', 'expire', 'bookmark', 'refuse', 'time', 'settle', 'turn', 'turn'),
    }),
  },
)
type Step = { readonly do: string; readonly name?: string; readonly value?: number }

async function play(server: FakeServer, clock: VirtualClock, { do: what, name = '', value = 0 }: Step): Promise<void> {
  if (what === 'put') server.put(name, value, `n${value}`)
  else if (what === 'remove') server.remove(name)
  else if (what === 'cut') server.cut()
  else if (what === 'break') server.cut(new Error('reset'))
  else if (what === 'compact') server.compact()
  else if (what === 'expire') server.expire()
  else if (what === 'bookmark') server.bookmark()
  else if (what === 'refuse') server.failures.push(new Error('no answer'))
  else if (what === 'turn') await turn()
  else if (what === 'time') await clock.advance(500)
  else await clock.runUntilIdle()
}

test('store, indexes and handlers end up at the list, whatever happens to the watch', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step as fc.Arbitrary<Step>, { maxLength: 40 }), async (steps) => {
      const server = new FakeServer()
      const clock = new VirtualClock()
      const informer = createInformer<StoredThing>(createClient(server).pods() as never, {
        clock,
        random: createRandom(1),
        onError: () => {},
      })
      const told = new Map<string, StoredThing>()
      informer.index('node', (object) => [object.spec?.node ?? ''])
      informer.handle({
        onAdd: (object) => {
          expect(told.has(object.metadata.name)).toBe(false)
          told.set(object.metadata.name, object as StoredThing)
        },
        onUpdate: (object, old) => {
          expect(told.get(object.metadata.name)).toBe(old)
          expect(old.metadata.uid).toBe(object.metadata.uid)
          expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(Number(old.metadata.resourceVersion))
          told.set(object.metadata.name, object as StoredThing)
        },
        onDelete: (object) => {
          expect(told.get(object.metadata.name)?.metadata.uid).toBe(object.metadata.uid)
          told.delete(object.metadata.name)
        },
      })
      informer.start()
      for (const one of steps) await play(server, clock, one)
      await clock.advance(300_000)
      const byName = (a: StoredThing, b: StoredThing): number => (a.metadata.name < b.metadata.name ? -1 : 1)
      const expected = [...server.objects.values()].sort(byName)
      expect(informer.hasSynced).toBe(true)
      expect(([...informer.store.list()] as StoredThing[]).sort(byName)).toEqual(expected)
      expect([...told.values()].sort(byName)).toEqual(expected)
      const nodes = new Set(['n0', 'n1', 'n2', 'n3', ...expected.map((object) => object.spec?.node ?? '')])
      for (const node of nodes) {
        const found = [...informer.store.byIndex('node', node)] as StoredThing[]
        expect(found.sort(byName)).toEqual(expected.filter((object) => object.spec?.node === node))
      }
      informer.stop()
    }),
    { numRuns: 150 },
  )
})
