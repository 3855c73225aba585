import { strategyFor } from '@kube-bonsai/api-strategies'
import { decode, scheme } from '@kube-bonsai/api-types'
import { FieldPath, type KubeObject, kindOfObject, validateObjectMeta } from '@kube-bonsai/apimachinery'
import {
  arbitraryFor,
  arbitraryHistory,
  arbitraryHostile,
  arbitraryMicroTime,
  arbitraryName,
  arbitraryNearlyValid,
  arbitraryObject,
  arbitraryQuantity,
  arbitraryTime,
  requestOf,
  validArbitraries,
} from '@kube-bonsai/arbitraries'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'

beforeAll(() => Promise.all([scheme.load('', 'v1'), scheme.load('apps', 'v1'), scheme.load('batch', 'v1')]))

const context = { gates: createFeatureGates(), now: '2026-01-01T00:00:00Z' }

/** What the server does between decoding and validation: a uid, and the addresses and ports of Services. */
function allocated(object: KubeObject & { readonly spec?: unknown }): KubeObject {
  const metadata = { ...object.metadata, uid: '00000000-0000-4000-8000-000000000000' }
  if (object.kind !== 'Service') return { ...object, metadata }
  const spec = Object(object.spec)
  const clusterIP = spec.clusterIP ?? '10.0.0.20'
  const health = spec.externalTrafficPolicy === 'Local' ? { healthCheckNodePort: 30001 } : {}
  return { ...object, metadata, spec: { ...spec, clusterIP, clusterIPs: [clusterIP], ...health } } as KubeObject
}

/** Everything that creating an object complains about. */
function complaints(object: KubeObject): readonly unknown[] {
  const kind = kindOfObject(object)
  const { object: decoded, unknownFields, typeErrors } = decode(scheme.loaded, kind, allocated(object))
  const strategy = strategyFor(kind.group, kind.kind)
  if (strategy === undefined) return ['no strategy']
  const prepared = strategy.prepareForCreate(strategy.default(decoded as unknown as KubeObject, context), context)
  const metadata = validateObjectMeta(prepared.metadata, {
    namespaced: strategy.namespaced,
    validateName: (name, prefix) => strategy.validateName(name, prefix),
    path: FieldPath.of('metadata'),
  })
  return [...unknownFields, ...typeErrors, ...metadata, ...strategy.validate(prepared, context)]
}

describe('valid objects', () => {
  test.each(Object.entries(validArbitraries))('of kind %s pass every check of creation', (_, make) => {
    fc.assert(
      fc.property(make(), (object) => {
        expect(complaints(object)).toEqual([])
      }),
    )
  })

  test('take the names and namespaces that are asked for', () => {
    const options = { name: fc.constant('n'), namespace: fc.constant('s') }
    fc.assert(
      fc.property(arbitraryObject(undefined, options), ({ kind, metadata }) => {
        expect(metadata.name).toBe('n')
        expect(metadata.namespace).toBe(kind === 'Node' || kind === 'Namespace' ? undefined : 's')
      }),
    )
  })
})

describe('schema-shaped objects', () => {
  const kinds = Object.keys(validArbitraries).map((kind) => ({
    group: ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) ? 'apps' : kind === 'Job' ? 'batch' : '',
    version: 'v1',
    kind,
  }))
  test.each(kinds)('of kind $kind decode without an unknown field or a wrong type', (kind) => {
    fc.assert(
      fc.property(arbitraryFor(kind), (object) => {
        const { unknownFields, typeErrors } = decode(scheme.loaded, kind, JSON.parse(JSON.stringify(object)))
        expect([...unknownFields, ...typeErrors]).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('of an unknown kind are refused', () => {
    expect(() => arbitraryFor({ group: '', version: 'v1', kind: 'Nothing' })).toThrow(/v1 Nothing/)
  })
})

describe('variants', () => {
  test('a nearly valid object differs from the valid one in the place that it names, and nowhere else', () => {
    fc.assert(
      fc.property(arbitraryNearlyValid(arbitraryObject()), ({ object, original, mutation }) => {
        const top = mutation.path.split(/[.[]/)[0] ?? ''
        for (const key of new Set([...Object.keys(original), ...Object.keys(Object(object))])) {
          if (key !== top) expect(Reflect.get(Object(object), key)).toBe(Reflect.get(original, key))
        }
      }),
    )
  })

  test('nearly valid objects are not all valid', () => {
    const objects = fc.sample(arbitraryNearlyValid(arbitraryObject(['Pod'])), 100)
    const refused = objects.filter(({ object }) => {
      try {
        return complaints(object as KubeObject).length > 0
      } catch {
        return true
      }
    })
    expect(refused.length).toBeGreaterThan(10)
  })

  test('making and reading hostile objects never changes what all objects have', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    fc.assert(
      fc.property(arbitraryHostile(arbitraryObject()), (object) => {
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
        expect(Object(object)).not.toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })
})

describe('histories', () => {
  test('every operation is a request about an object of a built-in kind', () => {
    fc.assert(
      fc.property(arbitraryHistory(), (history) => {
        for (const operation of history) {
          const { method, path } = requestOf(operation)
          expect(path).toMatch(/^\/apis?\//)
          expect(path.endsWith('/status')).toBe(operation.verb === 'updateStatus')
          expect(method).toBe(
            { create: 'POST', update: 'PUT', updateStatus: 'PUT', patch: 'PATCH', delete: 'DELETE' }[operation.verb],
          )
        }
      }),
    )
  })

  test('operations meet the same objects', () => {
    const [history] = fc.sample(arbitraryHistory({ kinds: ['Pod'], names: ['only'], maxLength: 10 }), {
      numRuns: 1,
      seed: 1,
    })
    expect(new Set(history?.map(({ target }) => target.name)).size).toBeLessThanOrEqual(1)
  })
})

test('names are DNS labels, quantities parse, times are times', () => {
  fc.assert(
    fc.property(
      arbitraryName(),
      arbitraryQuantity,
      arbitraryTime,
      arbitraryMicroTime,
      (name, quantity, time, micro) => {
        expect(name).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/)
        expect(tryParseQuantity(quantity).ok).toBe(true)
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
        expect(micro).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      },
    ),
  )
})

test('a kind without a generator of valid objects is refused by name', () => {
  expect(() => arbitraryObject(['Ingress'])).toThrow('no generator of valid objects of kind Ingress')
})
