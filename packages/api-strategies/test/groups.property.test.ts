import type { KubeObject } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convertObject, strategies } from '../src/index.ts'
import { context, defaulted } from './objects.ts'

const amount = fc.integer({ min: 1, max: 1000 }).map(String)
const resource = fc.record({
  name: fc.constantFrom('cpu', 'memory'),
  target: fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
})
const metric = fc.oneof(
  fc.record({ type: fc.constant('Resource'), resource }),
  fc.record({
    type: fc.constant('Pods'),
    pods: fc.record({
      metric: fc.record({ name: fc.constantFrom('a', 'b') }),
      target: fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
    }),
  }),
)

test('an autoscaler always survives v1 and back', () => {
  fc.assert(
    fc.property(fc.array(metric, { minLength: 1, maxLength: 4 }), fc.boolean(), (metrics, behaves) => {
      const behavior = behaves ? { behavior: { scaleUp: { tolerance: '50m' } } } : {}
      const object = defaulted({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'it' },
        spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' }, metrics, ...behavior },
      })
      const back = convertObject(convertObject(object, 'autoscaling/v1'), 'autoscaling/v2')
      expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(object)))
    }),
  )
})

const groups = ['admissionregistration', 'networking', 'discovery', 'autoscaling', 'storage', 'certificates']
const rooms = [...strategies.values()].filter(({ group }) => groups.some((name) => group.startsWith(name)))

test('no strategy ever throws, whatever the JSON of a spec and a status', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(fc.constantFrom(...rooms), json, json, (strategy, spec, status) => {
      const { group, version, kind } = strategy
      const object = { apiVersion: `${group}/${version}`, kind, metadata: { name: 'it' }, spec, status } as KubeObject
      expect(() => strategy.validate(object, context)).not.toThrow()
      expect(() => strategy.validateUpdate(object, { ...object, spec: {} } as KubeObject, context)).not.toThrow()
    }),
  )
})
