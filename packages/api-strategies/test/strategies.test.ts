import { scheme } from '@kube-bonsai/api-types'
import { formatFieldError, type Unstructured } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import { strategies, strategyFor } from '../src/index.ts'
import { context, defaulted, freeze, strategyOf } from './objects.ts'

const object = (apiVersion: string, kind: string, fields: object = {}): Unstructured => ({
  apiVersion,
  kind,
  metadata: { name: 'it' },
  ...fields,
})

describe('every built-in kind', () => {
  test('has a strategy', () => {
    for (const { group, kind } of scheme.resources) expect(strategyFor(group, kind)).toBeDefined()
  })

  test('that v1.35 does not have has none', () => {
    expect(strategyFor('example.com', 'Widget')).toBeUndefined()
    expect(strategyFor('', '__proto__')).toBeUndefined()
  })

  test('can be created from nothing but a name without an exception', () => {
    for (const strategy of strategies.values()) {
      const { group, version, kind } = strategy
      const empty = defaulted(object(group === '' ? version : `${group}/${version}`, kind))
      const created = strategy.prepareForCreate(empty, context)
      expect(() => strategy.validate(created, context)).not.toThrow()
      expect(() => strategy.table?.row(created, 0)).not.toThrow()
    }
  })
})

describe('a service', () => {
  test('needs ports', () => {
    const service = defaulted(object('v1', 'Service'))
    expect(strategyOf(service).validate(service, context).map(formatFieldError)).toContain('spec.ports: Required value')
  })

  test('sends to its own port unless it names another', () => {
    const { spec } = defaulted(object('v1', 'Service', { spec: { ports: [{ port: 80 }] } }))
    expect(spec).toMatchObject({ ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], type: 'ClusterIP' })
  })

  test('loses its node ports with its type', () => {
    const ports = [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30_080 }]
    const old = defaulted(object('v1', 'Service', { spec: { type: 'NodePort', ports } }))
    const next = defaulted(object('v1', 'Service', { spec: { type: 'ClusterIP', ports } }))
    const { spec } = strategyOf(old).prepareForUpdate(next, old, context) as Unstructured
    expect(spec).toMatchObject({ ports: [{ port: 80 }] })
    expect(JSON.stringify(spec)).not.toContain('nodePort')
  })
})

describe('a deployment', () => {
  const deployment = (fields: object): Unstructured =>
    object('apps/v1', 'Deployment', {
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a' }] } },
        ...fields,
      },
    })

  test('counts a change of its annotations too', () => {
    const old = defaulted({ ...deployment({}), metadata: { name: 'it', generation: 4 } })
    const next = freeze({ ...old, metadata: { ...old.metadata, annotations: { a: 'b' } } })
    expect(strategyOf(old).prepareForUpdate(next, old, context).metadata.generation).toBe(5)
  })

  test('whose selector misses its own pods is refused', () => {
    const wrong = defaulted(deployment({ selector: { matchLabels: { app: 'other' } } }))
    expect(strategyOf(wrong).validate(wrong, context).map(formatFieldError)).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ])
  })
})

describe('a secret', () => {
  test('keeps plain text as base64', () => {
    const secret = defaulted(object('v1', 'Secret', { stringData: { word: 'grüße' } }))
    const created = strategyOf(secret).prepareForCreate(secret, context) as Unstructured
    expect(created['data']).toEqual({ word: 'Z3LDvMOfZQ==' })
    expect(created['stringData']).toBeUndefined()
  })

  test('that is immutable keeps its data', () => {
    const old = defaulted(object('v1', 'Secret', { immutable: true, data: { a: 'YQ==' } }))
    const next = defaulted(object('v1', 'Secret', { immutable: true, data: { a: 'Yg==' } }))
    expect(strategyOf(old).validateUpdate(next, old, context).map(formatFieldError)).toEqual([
      'data: Forbidden: field is immutable when `immutable` is set',
    ])
  })
})

test('a namespace is labelled with its name and finalized by Kubernetes', () => {
  const namespace = defaulted(object('v1', 'Namespace'))
  const created = strategyOf(namespace).prepareForCreate(namespace, context) as Unstructured
  expect(created.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'it' })
  expect(created).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })
})

test('a priority class keeps its first generation', () => {
  const old = defaulted(
    object('scheduling.k8s.io/v1', 'PriorityClass', { value: 1, metadata: { name: 'it', generation: 1 } }),
  )
  const next = freeze({ ...old, value: 2 })
  expect(strategyOf(old).prepareForUpdate(next, old, context).metadata.generation).toBe(1)
})

test('a lease may be made by an update and never overwritten blindly', () => {
  expect(strategyFor('coordination.k8s.io', 'Lease')).toMatchObject({
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: false,
  })
})

describe('a certificate signing request', () => {
  const request = object('certificates.k8s.io/v1', 'CertificateSigningRequest', {
    spec: { signerName: 'example.com/signer', request: 'YQ==', usages: ['client auth'], username: 'somebody else' },
  })

  test('says who made it', () => {
    const user = { name: 'jane', groups: ['system:authenticated'] }
    const created = strategyOf(request).prepareForCreate(defaulted(request), { ...context, user }) as Unstructured
    expect(created['spec']).toMatchObject({ username: 'jane', groups: ['system:authenticated'] })
  })

  test('is approved through its own subresource, which changes nothing else', () => {
    const old = defaulted(request)
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Checked' }]
    const next = freeze({ ...old, spec: {}, status: { certificate: 'eA==', conditions } })
    const approved = strategyOf(old).subresources['approval']!.prepareForUpdate(next, old, context) as Unstructured
    expect(approved['spec']).toEqual(old['spec'])
    expect(approved['status']).toMatchObject({ conditions: [{ type: 'Approved', lastUpdateTime: context.now }] })
    expect(JSON.stringify(approved['status'])).not.toContain('certificate')
  })
})

describe('a lease', () => {
  const lease = (spec: object): Unstructured => defaulted(object('coordination.k8s.io/v1', 'Lease', { spec }))

  test('needs a duration above zero', () => {
    const errors = strategyOf(lease({})).validate(lease({ leaseDurationSeconds: 0 }), context)
    expect(errors.map(formatFieldError)).toEqual([
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    ])
  })

  test('loses its election strategy while the gate is off', () => {
    const given = lease({ strategy: 'OldestEmulationVersion', holderIdentity: 'a' })
    expect(strategyOf(given).prepareForCreate(given, context)).toMatchObject({ spec: { holderIdentity: 'a' } })
    expect(strategyOf(given).prepareForCreate(given, context)).not.toHaveProperty('spec.strategy')
  })
})

describe('a disruption budget', () => {
  test('refuses an amount that is no percentage', () => {
    const budget = defaulted(object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: '3' } }))
    expect(strategyOf(budget).validate(budget, context).map(formatFieldError)).toEqual([
      expect.stringContaining('spec.minAvailable: Invalid value: "3": a valid percent string must be'),
    ])
  })
})
