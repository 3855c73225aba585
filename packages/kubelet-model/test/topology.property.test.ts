import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  evenMachine,
  numaInfo,
  numaMask,
  numaNodesOf,
  type ProviderHints,
  type TopologyHint,
  topologyOptions,
  topologyPolicy,
} from '../src/index.ts'

const machine = (sockets: number, numaPerSocket: number) =>
  evenMachine({ sockets, numaPerSocket, coresPerNuma: 1, threadsPerCore: 1 })

/** Tries every combination of hints in turn and keeps the better one, as the rules are written down. */
function bruteForce(
  nodes: number,
  lists: readonly (readonly TopologyHint[])[],
  better: (candidate: number, current: number) => boolean,
): Required<TopologyHint> {
  const all = 2 ** nodes - 1
  const size = (mask: number) => numaNodesOf(mask).length
  const wanted = Math.max(
    0,
    ...lists.map((list) => {
      const sizes = list.flatMap(({ affinity }) => (affinity === undefined ? [] : [size(affinity)]))
      return sizes.length === 0 ? 0 : Math.min(...sizes)
    }),
  )
  let best: Required<TopologyHint> | undefined
  const consider = (candidate: Required<TopologyHint>) => {
    if (candidate.affinity === 0) return
    if (best === undefined) best = candidate
    else if (best.preferred !== candidate.preferred) best = best.preferred ? best : candidate
    else if (best.preferred || size(best.affinity) > wanted || size(best.affinity) === size(candidate.affinity)) {
      if (better(candidate.affinity, best.affinity)) best = candidate
    } else if (size(best.affinity) < wanted && size(candidate.affinity) <= wanted) {
      if (size(candidate.affinity) > size(best.affinity)) best = candidate
    }
  }
  const walk = (index: number, chosen: readonly TopologyHint[]) => {
    const list = lists[index]
    if (list !== undefined) {
      for (const hint of list) walk(index + 1, [...chosen, hint])
      return
    }
    const masks = chosen.flatMap(({ affinity }) => (affinity === undefined ? [] : [affinity]))
    const equal = masks.every((mask) => mask === masks[0])
    consider({
      affinity: masks.reduce((left, right) => left & right, all),
      preferred: equal && chosen.every(({ preferred }) => preferred),
    })
  }
  walk(0, [])
  return best ?? { affinity: all, preferred: false }
}

const hintOn = (nodes: number) =>
  fc.record({ affinity: fc.integer({ min: 1, max: 2 ** nodes - 1 }), preferred: fc.boolean() })

test('the hint merge equals trying every combination', () => {
  const layouts = fc.constantFrom([1, 1], [2, 1], [1, 3], [2, 2], [2, 3]).chain(([sockets = 1, perSocket = 1]) =>
    fc.record({
      sockets: fc.constant(sockets),
      perSocket: fc.constant(perSocket),
      lists: fc.array(fc.array(hintOn(sockets * perSocket), { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
      closest: fc.boolean(),
    }),
  )
  fc.assert(
    fc.property(layouts, ({ sockets, perSocket, lists, closest }) => {
      const info = numaInfo(machine(sockets, perSocket).nodes, true)
      const options = topologyOptions({ 'prefer-closest-numa-nodes': String(closest) })
      const providers: ProviderHints[] = lists.map((list, index) => new Map([[`r${index}`, list]]))
      const { hint } = topologyPolicy('best-effort', info, options).merge(providers)
      const order = closest ? info.closer : info.narrower
      expect(hint).toEqual(
        bruteForce(sockets * perSocket, lists, (candidate, current) => order(candidate, current) < 0),
      )
    }),
    { numRuns: 300 },
  )
})

test('two providers that offer every subset of 16 nodes are merged at once', () => {
  const info = numaInfo(machine(2, 8).nodes, false)
  const every = Array.from({ length: 2 ** 16 - 1 }, (_, index) => ({ affinity: index + 1, preferred: false }))
  const wide = every.filter(({ affinity }) => numaNodesOf(affinity).length >= 3)
  const { hint, admit } = topologyPolicy('restricted', info, topologyOptions()).merge([
    new Map([['cpu', every]]),
    new Map([['memory', wide]]),
  ])
  expect({ hint, admit }).toEqual({ hint: { affinity: numaMask([0, 1, 2]), preferred: false }, admit: false })
})
