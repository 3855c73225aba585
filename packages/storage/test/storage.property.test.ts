import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CompactedError, createMemoryStorage, type Storage, type StorageEvent } from '../src/index.ts'
import { both, keys, NaiveStore, nextTurn, prefixes, transaction, transactions } from './model.ts'

async function expectSameReads(store: Storage<number>, naive: NaiveStore, revision: number): Promise<void> {
  for (const prefix of prefixes) {
    const expected = naive.range(revision, prefix)
    const all = await store.range({ prefix, revision })
    expect(all).toEqual({ items: expected, more: false, count: expected.length, revision })
    const start = keys[revision % keys.length]!
    const rest = naive.range(revision, prefix, start)
    expect(await store.range({ prefix, revision, start, limit: 2 })).toEqual({
      items: rest.slice(0, 2),
      more: rest.length > 2,
      count: rest.length,
      revision,
    })
  }
  for (const key of keys) expect(await store.get(key, { revision })).toEqual(naive.states[revision]!.get(key))
}

test('the same sequence gives the same reads at any revision', async () => {
  await fc.assert(
    fc.asyncProperty(transactions, async (all) => {
      const store = createMemoryStorage<number>()
      const naive = new NaiveStore()
      for (const one of all) await both(store, naive, one)
      for (let revision = 1; revision <= naive.revision; revision++) await expectSameReads(store, naive, revision)
      await expect(store.get('', { revision: naive.revision + 1 })).rejects.toThrow('is in the future')
    }),
    { numRuns: 60 },
  )
})

test('a watcher sees each change once and in revision order, from wherever it starts', async () => {
  const watcher = fc.record({ at: fc.nat(40), back: fc.nat(40), prefix: fc.constantFrom(...prefixes) })
  await fc.assert(
    fc.asyncProperty(transactions, fc.array(watcher, { maxLength: 6 }), fc.boolean(), async (all, watchers, wait) => {
      const store = createMemoryStorage<number>()
      const naive = new NaiveStore()
      const seen: { from: number; prefix: string; events: StorageEvent<number>[]; revisions: number[] }[] = []
      const open = (prefix: string, back: number): void => {
        const one = {
          from: Math.max(1, store.revision + 1 - back),
          prefix,
          events: [],
          revisions: [],
        } as (typeof seen)[0]
        seen.push(one)
        store.watch({
          prefix,
          fromRevision: one.from,
          onEvents: (events, revision) => {
            one.events.push(...events)
            one.revisions.push(revision)
          },
        })
      }
      const pending: Promise<void>[] = []
      for (const [i, one] of all.entries()) {
        for (const { at, back, prefix } of watchers) if (at === i) open(prefix, back)
        pending.push(both(store, naive, one))
        if (wait) await pending.at(-1)
      }
      await Promise.all(pending)
      await nextTurn()
      for (const { from, prefix, events, revisions } of seen) {
        expect(events).toEqual(naive.events.filter((e) => e.revision >= from && e.kv.key.startsWith(prefix)))
        expect(revisions).toEqual([...new Set(events.map((e) => e.revision))])
      }
    }),
    { numRuns: 150 },
  )
})

test('a failed transaction changes nothing and consumes no revision', async () => {
  await fc.assert(
    fc.asyncProperty(transactions, transaction, async (all, last) => {
      const store = createMemoryStorage<number>()
      const naive = new NaiveStore()
      for (const one of all) await both(store, naive, one)
      const events: unknown[] = []
      store.watch({ prefix: '', onEvents: (batch) => events.push(batch) })
      const before = await store.range({ prefix: '' })
      const { key } = last.steps[0]!
      const wrong = await store.txn([{ key, modRevision: store.revision + 5 }], [{ type: 'put', key, value: 1 }])
      expect(wrong).toEqual({ succeeded: false, revision: naive.revision, current: [naive.now.get(key)] })
      const fails = (): number => {
        throw new Error('no value')
      }
      await expect(
        store.txn(
          [],
          [
            { type: 'put', key: 'other', value: 1 },
            { type: 'put', key, value: fails },
          ],
        ),
      ).rejects.toThrow('no value')
      await expect(
        store.txn(
          [],
          [
            { type: 'put', key, value: 1 },
            { type: 'delete', key },
          ],
        ),
      ).rejects.toThrow('duplicate key')
      await nextTurn()
      expect(await store.range({ prefix: '' })).toEqual(before)
      expect(events).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('neither a fork nor its origin sees what the other writes', async () => {
  await fc.assert(
    fc.asyncProperty(transactions, transactions, transactions, async (shared, left, right) => {
      const store = createMemoryStorage<number>()
      const naive = new NaiveStore()
      for (const one of shared) await both(store, naive, one)
      const snapshot = store.snapshot()
      const other = new NaiveStore()
      other.states.splice(0, 2, ...naive.states)
      for (const one of left) await both(store, naive, one)
      const fork = snapshot.fork()
      for (const one of right) await both(fork, other, one)
      for (let revision = 1; revision <= naive.revision; revision++) await expectSameReads(store, naive, revision)
      for (let revision = 1; revision <= other.revision; revision++) await expectSameReads(fork, other, revision)
    }),
    { numRuns: 25 },
  )
})

test('compaction never changes reads at or above it, and refuses those below', async () => {
  await fc.assert(
    fc.asyncProperty(transactions, fc.nat(), fc.option(fc.nat(10), { nil: undefined }), async (all, at, limit) => {
      const store = createMemoryStorage<number>(limit === undefined ? {} : { historyLimit: limit })
      const naive = new NaiveStore()
      for (const one of all) await both(store, naive, one)
      const revision = 1 + (at % naive.revision)
      if (revision > store.compactedRevision) await store.compact(revision)
      if (limit !== undefined) expect(store.compactedRevision).toBeGreaterThanOrEqual(naive.revision - limit)
      for (let r = 1; r <= naive.revision; r++) {
        if (r >= store.compactedRevision) await expectSameReads(store, naive, r)
        else {
          await expect(store.get('', { revision: r })).rejects.toThrow(CompactedError)
          expect(() => store.watch({ prefix: '', fromRevision: r, onEvents: () => {} })).toThrow(CompactedError)
        }
      }
    }),
    { numRuns: 40 },
  )
})
