import type { ObjectMeta, Unstructured } from '@kube-bonsai/apimachinery'
import { createChecker, invariants, type ObservedEvent, watchEqualsList } from '@kube-bonsai/invariants'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { play, writes } from './store.ts'

const rulesBroken = (events: Iterable<ObservedEvent>): readonly string[] => {
  const checker = createChecker()
  for (const event of events) checker.observe(event)
  return checker.violations.map(({ rule }) => rule)
}

test('a store that keeps the rules never violates one', () => {
  fc.assert(
    fc.property(writes, (history) => {
      expect(rulesBroken(play(history).events)).toEqual([])
    }),
  )
})

test('the events of a store always lead to its list, from any event on', () => {
  fc.assert(
    fc.property(writes, fc.nat(40), (history, cut) => {
      const { events, list } = play(history)
      const first = play(history.slice(0, cut))
      expect(watchEqualsList(events, list)).toEqual([])
      expect(watchEqualsList(events.slice(first.events.length), list, { from: first.list })).toEqual([])
    }),
  )
})

test('an event that is left out always shows in the comparison with the list, unless a later one makes up for it', () => {
  fc.assert(
    fc.property(writes, fc.nat(), (history, at) => {
      const { events, list } = play(history)
      fc.pre(events.length > 0)
      const index = at % events.length
      const name = events[index]!.object.metadata.name
      const last = !events.slice(index + 1).some(({ object }) => object.metadata.name === name)
      const without = events.filter((_, i) => i !== index)
      expect(watchEqualsList(without, list).length > 0).toBe(last && !vanishes(events, index))
    }),
  )
})

/** True when nobody knew of the object before its last event, a deletion. */
const vanishes = (events: readonly ObservedEvent[], index: number): boolean => {
  const { type, object } = events[index]!
  return type === 'DELETED' && !events.slice(0, index).some((one) => one.object.metadata.name === object.metadata.name)
}

type Spoil = (metadata: ObjectMeta, object: Unstructured) => Unstructured
const withMetadata =
  (change: (metadata: ObjectMeta) => ObjectMeta): Spoil =>
  (metadata, object) => ({ ...object, metadata: change(metadata) })

const spoils: Readonly<Record<string, Spoil>> = {
  'generation-is-monotonic': withMetadata((metadata) => ({ ...metadata, generation: 0 })),
  'generation-counts-spec-changes': withMetadata((metadata) => ({
    ...metadata,
    generation: (metadata.generation ?? 0) + 1,
  })),
  'observed-generation-is-not-ahead': (metadata, object) => ({
    ...object,
    status: { conditions: [{ type: 'Ready', observedGeneration: (metadata.generation ?? 0) + 1 }] },
  }),
  'resource-version-is-comparable': withMetadata((metadata) => ({ ...metadata, resourceVersion: '007' })),
  'resource-version-increases': withMetadata((metadata) => ({ ...metadata, resourceVersion: '1' })),
  'watch-goes-forward': withMetadata((metadata) => ({ ...metadata, resourceVersion: '1' })),
  'uid-stays': withMetadata((metadata) => ({ ...metadata, uid: 'another' })),
  'birth-stays': withMetadata((metadata) => ({ ...metadata, creationTimestamp: '2020-01-01T00:00:00Z' })),
}

test.each(Object.entries(spoils))('%s always finds a change that breaks it', (rule, spoil) => {
  fc.assert(
    fc.property(writes, fc.nat(), (history, at) => {
      const { events } = play(history)
      const modified = events.flatMap(({ type }, index) => (type === 'MODIFIED' ? [index] : []))
      fc.pre(modified.length > 0)
      const index = modified[at % modified.length]!
      const { type, object } = events[index]!
      const spoiled = { type, object: spoil(object.metadata, object) }
      expect(rulesBroken([...events.slice(0, index), spoiled])).toContain(rule)
    }),
  )
})

test('no rule ever throws, whatever the object holds', () => {
  const anything = fc.object({ key: fc.constantFrom('observedGeneration', 'conditions', '__proto__', 'nodeName', 'x') })
  const meta = fc.record({
    name: fc.string(),
    uid: fc.string(),
    generation: fc.integer(),
    resourceVersion: fc.string(),
  })
  const object = fc
    .tuple(fc.constantFrom('v1', 'apps/v1', 'example.com/v1', 'a/b/c'), fc.constantFrom('Pod', 'Deployment', 'X'), meta)
    .chain(([apiVersion, kind, metadata]) =>
      fc
        .record({ apiVersion: fc.constant(apiVersion), kind: fc.constant(kind), metadata: fc.constant(metadata) })
        .chain((base) => fc.tuple(anything, anything).map(([spec, status]) => ({ ...base, spec, status }))),
    )
  const event = fc.record({ type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'), object })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), (events) => {
      const checker = createChecker(invariants)
      for (const one of events) checker.observe(one as ObservedEvent)
    }),
  )
})
