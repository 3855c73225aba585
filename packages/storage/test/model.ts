import fc from 'fast-check'
import type { Compare, KeyValue, Operation, Storage, StorageEvent } from '../src/index.ts'

/** The store as simply as it can be written: a map per revision. */
export class NaiveStore {
  readonly states: Map<string, KeyValue<number>>[] = [new Map(), new Map()]
  readonly events: StorageEvent<number>[] = []

  get revision(): number {
    return this.states.length - 1
  }

  get now(): Map<string, KeyValue<number>> {
    return this.states[this.revision]!
  }

  txn(compare: readonly Compare[], operations: readonly Step[]): boolean {
    if (compare.some(({ key, modRevision }) => (this.now.get(key)?.modRevision ?? 0) !== modRevision)) return false
    const next = new Map(this.now)
    const revision = this.revision + 1
    const events: StorageEvent<number>[] = []
    for (const { key, value } of operations) {
      const previous = next.get(key)
      if (value === undefined) {
        if (previous === undefined) continue
        next.delete(key)
        events.push({ type: 'delete', kv: { ...previous, modRevision: revision, version: 0 }, previous, revision })
        continue
      }
      const kv: KeyValue<number> = {
        key,
        value,
        createRevision: previous?.createRevision ?? revision,
        modRevision: revision,
        version: (previous?.version ?? 0) + 1,
      }
      next.set(key, kv)
      events.push(previous === undefined ? { type: 'put', kv, revision } : { type: 'put', kv, previous, revision })
    }
    if (events.length === 0) return true
    this.states.push(next)
    this.events.push(...events)
    return true
  }

  range(revision: number, prefix: string, start = ''): KeyValue<number>[] {
    return [...this.states[revision]!.values()]
      .filter(({ key }) => key.startsWith(prefix) && compareBytes(key, start) >= 0)
      .sort((a, b) => compareBytes(a.key, b.key))
  }
}

/** One operation: a put, or a delete when there is no value. */
export interface Step {
  readonly key: string
  readonly value: number | undefined
}

/** One transaction; `guess` says which compare it makes: none, the right one, or a wrong one. */
export interface Transaction {
  readonly steps: readonly Step[]
  readonly guess: 'none' | 'right' | 'wrong'
}

export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

export const keys: readonly string[] = [
  '',
  '/pods/a/x',
  '/pods/a/y',
  '/pods/ab/x',
  '/pods/b',
  '/nodes/n',
  '/nodes/\u{1f600}',
  '/nodes/\uffff',
  '/nodes/\ue000',
  '__proto__',
  'constructor',
  '\uffff\uffff',
]
export const prefixes: readonly string[] = [
  '',
  '/',
  '/pods/',
  '/pods/a',
  '/pods/a/',
  '/nodes/\u{1f600}',
  '\uffff',
  'zz',
]

export const step: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom(...keys),
  value: fc.option(fc.nat(99), { nil: undefined, freq: 2 }),
})
export const transaction: fc.Arbitrary<Transaction> = fc.record({
  steps: fc.uniqueArray(step, { selector: ({ key }) => key, minLength: 1, maxLength: 4 }),
  guess: fc.constantFrom('none', 'none', 'right', 'wrong'),
})
export const transactions: fc.Arbitrary<Transaction[]> = fc.array(transaction, { maxLength: 40 })

export function operation({ key, value }: Step): Operation<number> {
  return value === undefined ? { type: 'delete', key } : { type: 'put', key, value }
}

/** Runs one transaction on both. */
export async function both(store: Storage<number>, naive: NaiveStore, { steps, guess }: Transaction): Promise<void> {
  const compare: Compare[] =
    guess === 'none'
      ? []
      : steps.map(({ key }) => ({
          key,
          modRevision: (naive.now.get(key)?.modRevision ?? 0) + (guess === 'wrong' ? 1 : 0),
        }))
  const expected = naive.txn(compare, steps)
  const revision = naive.revision
  const result = await store.txn(compare, steps.map(operation))
  if (result.succeeded !== expected || result.revision !== revision) {
    throw new Error(`expected ${expected} at ${revision}, got ${JSON.stringify(result)}`)
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
