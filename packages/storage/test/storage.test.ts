import { expect, test } from 'vitest'
import {
  CompactedError,
  createMemoryStorage,
  DuplicateKeyError,
  FutureRevisionError,
  InvalidOptionError,
  NestedTransactionError,
  type StorageEvent,
} from '../src/index.ts'
import { nextTurn } from './model.ts'

const put = (key: string, value: number): { type: 'put'; key: string; value: number } => ({ type: 'put', key, value })

test('a new store is at revision 1 and each transaction takes the next one', async () => {
  const store = createMemoryStorage<number>()
  expect([store.revision, store.compactedRevision]).toEqual([1, 0])
  const result = await store.txn([], [put('a', 1), put('b', 2)])
  expect(result).toEqual({
    succeeded: true,
    revision: 2,
    items: [
      { key: 'a', value: 1, createRevision: 2, modRevision: 2, version: 1 },
      { key: 'b', value: 2, createRevision: 2, modRevision: 2, version: 1 },
    ],
  })
})

test('a transaction is committed when txn returns, so calls without await keep their order', async () => {
  const store = createMemoryStorage<number>()
  const first = store.txn([{ key: 'a', modRevision: 0 }], [put('a', 1)])
  const second = store.txn([{ key: 'a', modRevision: 0 }], [put('a', 2)])
  expect(store.revision).toBe(2)
  expect([(await first).succeeded, (await second).succeeded]).toEqual([true, false])
  expect((await store.get('a'))?.value).toBe(1)
})

test('a value function learns the revision; values are kept by reference', async () => {
  const store = createMemoryStorage<{ readonly version: number }>()
  await store.txn([], [{ type: 'put', key: 'a', value: (revision) => Object.freeze({ version: revision }) }])
  const first = await store.get('a')
  expect(first?.value.version).toBe(2)
  expect((await store.range({ prefix: '' })).items[0]?.value).toBe(first?.value)
  const deleted = await store.txn(
    [],
    [{ type: 'delete', key: 'a', value: (last, revision) => ({ ...last, version: revision }) }],
  )
  expect(deleted.succeeded && deleted.items[0]).toMatchObject({ value: { version: 3 }, modRevision: 3, version: 0 })
})

test('what has no effect takes no revision', async () => {
  const store = createMemoryStorage<number>()
  expect(await store.txn([], [])).toEqual({ succeeded: true, revision: 1, items: [] })
  expect(await store.txn([], [{ type: 'delete', key: 'a' }])).toEqual({ succeeded: true, revision: 1, items: [] })
})

test('a write from inside a value function is refused', async () => {
  const store = createMemoryStorage<number>()
  let nested: Promise<unknown> = Promise.resolve()
  await store.txn(
    [],
    [
      {
        type: 'put',
        key: 'a',
        value: () => {
          nested = store.txn([], [put('b', 1)])
          nested.catch(() => {})
          return 1
        },
      },
    ],
  )
  await expect(nested).rejects.toBeInstanceOf(NestedTransactionError)
  expect(await store.get('b')).toBeUndefined()
})

test('keys come in the order of their UTF-8 bytes, where UTF-16 has another', async () => {
  const store = createMemoryStorage<number>()
  const keys = ['a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}']
  for (const key of [...keys].reverse()) await store.txn([], [put(key, 1)])
  expect((await store.range({ prefix: '' })).items.map(({ key }) => key)).toEqual(keys)
})

test('pages of one revision show one state while writes go on', async () => {
  const store = createMemoryStorage<number>()
  for (let i = 0; i < 10; i++) await store.txn([], [put(`/k${i}`, i)])
  const first = await store.range({ prefix: '/', limit: 4 })
  expect([first.more, first.count, first.items.length]).toEqual([true, 10, 4])
  for (let i = 0; i < 10; i++) await store.txn([], [{ type: 'delete', key: `/k${i}` }])
  const rest = await store.range({ prefix: '/', start: '/k4', revision: first.revision })
  expect(rest.items.map(({ value }) => value)).toEqual([4, 5, 6, 7, 8, 9])
  expect((await store.range({ prefix: '/' })).count).toBe(0)
})

test('errors say which revision was asked for and which there are', async () => {
  const store = createMemoryStorage<number>()
  for (let i = 0; i < 5; i++) await store.txn([], [put('a', i)])
  await store.compact(4)
  expect(store.compactedRevision).toBe(4)
  await expect(store.get('a', { revision: 3 })).rejects.toMatchObject({ revision: 3, compactedRevision: 4 })
  await expect(store.get('a', { revision: 7 })).rejects.toMatchObject({ revision: 7, currentRevision: 6 })
  await expect(store.compact(4)).rejects.toBeInstanceOf(CompactedError)
  await expect(store.compact(9)).rejects.toBeInstanceOf(FutureRevisionError)
  const onEvents = (): void => {}
  expect(() => store.watch({ prefix: '', fromRevision: 8, onEvents })).toThrow(FutureRevisionError)
  store.watch({ prefix: '', fromRevision: 7, onEvents }).cancel()
  for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(store.get('a', { revision: bad })).rejects.toBeInstanceOf(InvalidOptionError)
    expect(() => store.watch({ prefix: '', fromRevision: bad, onEvents })).toThrow(InvalidOptionError)
  }
  await expect(store.range({ prefix: '', limit: -1 })).rejects.toMatchObject({ option: 'limit', actual: -1 })
  await expect(store.txn([], [put('a', 1), put('a', 2)])).rejects.toMatchObject({ key: 'a' })
  await expect(store.txn([], [put('a', 1), put('a', 2)])).rejects.toBeInstanceOf(DuplicateKeyError)
  expect(() => createMemoryStorage({ historyLimit: -1 })).toThrow(InvalidOptionError)
})

test('events come after the commit, once per transaction, with the value before', async () => {
  const store = createMemoryStorage<number>()
  const seen: StorageEvent<number>[][] = []
  store.watch({ prefix: '/a', onEvents: (events) => void seen.push([...events]) })
  const done = store.txn([], [put('/a/x', 1), put('/b', 1), put('/a/y', 1)])
  expect(seen).toEqual([])
  await done
  await store.txn([], [{ type: 'delete', key: '/a/x' }])
  await nextTurn()
  expect(seen.map((events) => events.map(({ type, kv, previous }) => [type, kv.key, previous?.value]))).toEqual([
    [
      ['put', '/a/x', undefined],
      ['put', '/a/y', undefined],
    ],
    [['delete', '/a/x', 1]],
  ])
})

test('a watcher may write, watch and cancel; everyone still sees everything once', async () => {
  const store = createMemoryStorage<number>()
  const seen: string[] = []
  const late: string[] = []
  const first = store.watch({
    prefix: '',
    onEvents: (_events, revision) => {
      seen.push(`first ${revision}`)
      if (revision === 2) {
        void store.txn([], [put('b', 1)])
        store.watch({ prefix: '', fromRevision: 2, onEvents: (_, at) => void late.push(`late ${at}`) })
        store.watch({ prefix: '', onEvents: (_, at) => void late.push(`now ${at}`) })
      } else first.cancel()
    },
  })
  const other = store.watch({ prefix: 'a', onEvents: (_, revision) => void seen.push(`other ${revision}`) })
  await store.txn([], [put('a', 1)])
  await nextTurn()
  await store.txn([], [put('a', 2)])
  await nextTurn()
  other.cancel()
  other.cancel()
  await store.txn([], [put('a', 3)])
  await nextTurn()
  expect(seen).toEqual(['first 2', 'other 2', 'first 3', 'other 4'])
  expect(late).toEqual(['late 2', 'late 3', 'late 4', 'now 4', 'late 5', 'now 5'])
})

test('a cancelled watch delivers nothing, though the commit came before', async () => {
  const store = createMemoryStorage<number>()
  const seen: number[] = []
  const watch = store.watch({ prefix: '', onEvents: (_, revision) => void seen.push(revision) })
  await store.txn([], [put('a', 1)])
  await nextTurn()
  const done = store.txn([], [put('a', 2)])
  watch.cancel()
  await done
  await nextTurn()
  expect(seen).toEqual([2])
})

test('a handler that throws is reported and hurts nobody', async () => {
  const errors: string[] = []
  const store = createMemoryStorage<number>({ onError: (error, prefix) => errors.push(`${prefix}: ${String(error)}`) })
  const seen: number[] = []
  store.watch({
    prefix: '/a',
    onEvents: () => {
      throw new Error('bad handler')
    },
  })
  store.watch({ prefix: '/', onEvents: (_, revision) => void seen.push(revision) })
  await store.txn([], [put('/a', 1)])
  await store.txn([], [put('/a', 2)])
  await nextTurn()
  expect([seen, errors]).toEqual([
    [2, 3],
    ['/a: Error: bad handler', '/a: Error: bad handler'],
  ])
})

test('compaction takes nothing from a watch that has begun', async () => {
  const store = createMemoryStorage<number>({ historyLimit: 0 })
  const seen: number[] = []
  await store.txn([], [put('a', 1)])
  store.watch({ prefix: '', fromRevision: 2, onEvents: (_, revision) => void seen.push(revision) })
  for (let i = 0; i < 3000; i++) void store.txn([], [put('a', i)])
  await nextTurn()
  expect(seen).toEqual(Array.from({ length: 3001 }, (_, i) => i + 2))
})

test('the past stays readable across many segments of history, in forks too', async () => {
  const store = createMemoryStorage<number>()
  for (let i = 0; i < 5000; i++) void store.txn([], [put(`/k${i % 7}`, i)])
  const fork = store.snapshot().fork()
  await store.compact(3000)
  void fork.txn([], [put('/fork', 1)])
  for (const revision of [3000, 3001, 4096, 5001]) {
    const expected = Array.from({ length: 7 }, (_, k) => revision - 2 - ((revision - 2 - k) % 7))
    for (const one of [store, fork]) {
      const { items } = await one.range({ prefix: '/k', revision })
      expect(items.map(({ value }) => value)).toEqual(expected)
    }
  }
  expect((await fork.get('/k0', { revision: 2 }))?.value).toBe(0)
  await expect(store.get('/k0', { revision: 2 })).rejects.toBeInstanceOf(CompactedError)
  const seen: number[] = []
  fork.watch({ prefix: '/fork', fromRevision: 2, onEvents: (_, revision) => void seen.push(revision) })
  await nextTurn()
  expect([seen, store.revision]).toEqual([[5002], 5001])
})
