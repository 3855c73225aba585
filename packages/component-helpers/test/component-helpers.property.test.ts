import type { Pod, Taint } from '@kube-bonsai/api-types/core/v1'
import {
  addOrUpdateTaint,
  addResources,
  deleteTaint,
  maxResources,
  parseResources,
  parseTaints,
  podLimits,
  podRequests,
  type Resources,
  TaintError,
  taintExists,
  taintSetDiff,
  toleratesTaint,
} from '@kube-bonsai/component-helpers'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const amount = fc.constantFrom('0', '1', '250m', '1500m', '64Mi', '1Gi', '3n')
const list = fc.dictionary(fc.constantFrom('cpu', 'memory', 'hugepages-2Mi', 'example.com/gpu'), amount)
const container = fc.record({
  name: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
  image: fc.constant('i'),
  resources: fc.record({ requests: list, limits: list }),
})
const pods: fc.Arbitrary<Pod> = fc
  .record({
    containers: fc.array(container, { maxLength: 4 }),
    initContainers: fc.array(
      fc.oneof(
        container,
        container.map((one) => ({ ...one, restartPolicy: 'Always' })),
      ),
      {
        maxLength: 4,
      },
    ),
  })
  .map((spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }))

const covers = (more: Resources, less: Resources): boolean =>
  [...less].every(([name, wanted]) => (more.get(name)?.cmp(wanted) ?? -1) >= 0)

test('a pod never requests less than any of its containers, nor less than all that run together', () => {
  fc.assert(
    fc.property(pods, (pod) => {
      const total = podRequests(pod)
      const { containers = [], initContainers = [] } = pod.spec ?? {}
      const running = containers.map((one) => parseResources(one.resources?.requests))
      for (const one of [...containers, ...initContainers]) {
        expect(covers(total, parseResources(one.resources?.requests))).toBe(true)
      }
      expect(covers(total, running.reduce(addResources, new Map()))).toBe(true)
    }),
  )
})

test('one container more never lowers what a pod requests or may use', () => {
  fc.assert(
    fc.property(pods, container, (pod, extra) => {
      const more = { ...pod, spec: { ...pod.spec, containers: [...(pod.spec?.containers ?? []), extra] } }
      expect(covers(podRequests(more), podRequests(pod))).toBe(true)
      expect(covers(podLimits(more), podLimits(pod))).toBe(true)
    }),
  )
})

test('the larger of two lists covers both, in either order', () => {
  fc.assert(
    fc.property(list.map(parseResources), list.map(parseResources), (left, right) => {
      for (const most of [maxResources(left, right), maxResources(right, left)]) {
        expect(covers(most, left) && covers(most, right)).toBe(true)
      }
    }),
  )
})

const taint: fc.Arbitrary<Taint> = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  effect: fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
  value: fc.constantFrom('', 'x', 'y'),
})
const taints = fc.array(taint, { maxLength: 6 })

test('applying the difference of two taint sets gives the keys and effects of the wanted one', () => {
  fc.assert(
    fc.property(taints, taints, (wanted, old) => {
      const { add, remove } = taintSetDiff(wanted, old)
      const result = add.reduce(addOrUpdateTaint, remove.reduce(deleteTaint, old as readonly Taint[]))
      expect(wanted.every((one) => taintExists(result, one))).toBe(true)
      expect(result.every((one) => taintExists(wanted, one))).toBe(true)
    }),
  )
})

test('a taint that was added is there, and gone after it was deleted', () => {
  fc.assert(
    fc.property(taints, taint, (list, one) => {
      const added = addOrUpdateTaint(list, one)
      expect(taintExists(added, one)).toBe(true)
      expect(taintExists(deleteTaint(added, one), one)).toBe(false)
    }),
  )
})

test('Exists with an empty key and effect tolerates everything; an unknown operator nothing', () => {
  fc.assert(
    fc.property(taint, (one) => {
      expect(toleratesTaint({ operator: 'Exists' }, one)).toBe(true)
      expect(toleratesTaint({ key: one.key, operator: 'exists' }, one)).toBe(false)
    }),
  )
})

test('any text is read as a taint spec or refused by name, never a crash', () => {
  const spec = fc.oneof(fc.string(), fc.stringMatching(/^[a-c/=:-]{0,12}$/), fc.constantFrom('__proto__:NoSchedule'))
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 3 }), (specs) => {
      try {
        const { add, remove } = parseTaints(specs)
        expect(add.length + remove.length).toBe(specs.length)
      } catch (error) {
        expect(error).toBeInstanceOf(TaintError)
      }
    }),
  )
})
