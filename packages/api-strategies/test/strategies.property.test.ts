import type { Unstructured } from '@kube-bonsai/apimachinery'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { strategyFor } from '../src/index.ts'
import { context, defaulted, freeze, pod, recorded, strategyOf } from './objects.ts'

const objects = recorded<{ in: { object: object } }>('object-default').map(({ in: input }) => input.object)
const anyObject = fc.constantFrom(...objects)

const anyContainer = fc.record(
  {
    name: fc.constantFrom('app', 'side', 'init'),
    image: fc.constantFrom('nginx', 'nginx:1.27', 'localhost:5000/a/b:latest', 'UPPER', ''),
    ports: fc.array(fc.record({ containerPort: fc.integer({ min: 1, max: 65_535 }) }), { maxLength: 2 }),
    resources: fc.constantFrom({}, { limits: { cpu: '1500m' } }, { limits: { memory: '1Gi' }, requests: { cpu: '1' } }),
    livenessProbe: fc.constantFrom({ httpGet: { port: 80 } }, { exec: { command: ['true'] } }),
  },
  { requiredKeys: ['name', 'image'] },
)
const anyPod = fc
  .record({ containers: fc.array(anyContainer, { minLength: 1, maxLength: 3 }), hostNetwork: fc.boolean() })
  .map((spec) => pod(spec))

test('defaulting twice is defaulting once', () => {
  fc.assert(
    fc.property(fc.oneof(anyObject, anyPod), (object) => {
      const once = defaulted(object)
      expect(strategyOf(once).default(once, context)).toEqual(once)
    }),
  )
})

test('an update that changes no spec keeps the generation, whatever generation the client sends', () => {
  fc.assert(
    fc.property(anyPod, fc.integer({ min: 1, max: 1000 }), fc.integer(), (object, stored, sent) => {
      const old = defaulted({ ...object, metadata: { name: 'web', generation: stored } })
      const next = freeze({ ...old, metadata: { ...old.metadata, generation: sent, labels: { a: 'b' } } })
      expect(strategyOf(old).prepareForUpdate(next, old, context).metadata.generation).toBe(stored)
    }),
  )
})

test('an update that changes the spec counts the generation up by one', () => {
  fc.assert(
    fc.property(anyPod, fc.integer({ min: 1, max: 1000 }), (object, stored) => {
      const old = defaulted({ ...object, metadata: { name: 'web', generation: stored } })
      const next = freeze({ ...old, spec: { ...(old['spec'] as object), activeDeadlineSeconds: 7 } })
      expect(strategyOf(old).prepareForUpdate(next, old, context).metadata.generation).toBe(stored + 1)
    }),
  )
})

test('a status update never changes the spec nor the generation', () => {
  fc.assert(
    fc.property(anyPod, anyPod, (object, other) => {
      const old = defaulted({ ...object, metadata: { name: 'web', generation: 3 } })
      const next = defaulted({ ...other, status: { phase: 'Running' } })
      const result = strategyOf(old).subresources['status']!.prepareForUpdate(next, old, context) as Unstructured
      expect(result['spec']).toEqual(old['spec'])
      expect(result.metadata.generation).toBe(3)
    }),
  )
})

test('a main update never changes the status', () => {
  fc.assert(
    fc.property(anyPod, anyPod, (object, other) => {
      const old = defaulted({ ...object, status: { phase: 'Running', podIP: '10.0.0.1' } })
      const next = defaulted({ ...other, status: { phase: 'Failed' } })
      const result = strategyOf(old).prepareForUpdate(next, old, context) as Unstructured
      expect(result['status']).toEqual(old['status'])
    }),
  )
})

test('a pod never stays longer than it was asked to, and at least a second when the number is negative', () => {
  const { planDelete } = strategyFor('', 'Pod')!
  fc.assert(
    fc.property(fc.option(fc.integer(), { nil: undefined }), (seconds) => {
      const running = pod({ nodeName: 'node-1', terminationGracePeriodSeconds: 30 })
      const { gracePeriodSeconds } = planDelete!(running, seconds)
      expect(gracePeriodSeconds).toBe(seconds === undefined ? 30 : seconds < 0 ? 1 : seconds)
      expect(planDelete!(pod(), seconds)).toEqual({ gracePeriodSeconds: 0 })
    }),
  )
})
