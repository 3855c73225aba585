import * as api from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'

const path = api.FieldPath.of('metadata')
const options = { namespaced: true, validateName: api.nameIsDNSSubdomain, path }
const texts = (errors: readonly api.FieldError[]): readonly string[] => errors.map(api.formatFieldError)
const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }

describe('metadata on creation', () => {
  test('a good one passes', () => {
    expect(api.validateObjectMeta({ name: 'web', namespace: 'default', labels: { a: 'b' } }, options)).toEqual([])
  })

  test('name and namespace are required', () => {
    expect(texts(api.validateObjectMeta({}, options))).toEqual([
      'metadata.name: Required value: name or generateName is required',
      'metadata.namespace: Required value',
    ])
  })

  test('a cluster-scoped object has no namespace', () => {
    const errors = api.validateObjectMeta({ name: 'a', namespace: 'b' }, { ...options, namespaced: false })
    expect(texts(errors)).toEqual(['metadata.namespace: Forbidden: not allowed on this type'])
  })

  test('annotations have a limit in bytes', () => {
    const annotations = { a: 'é'.repeat(128 * 1024) }
    expect(texts(api.validateAnnotations(annotations, path))).toEqual([
      'metadata: Too long: may not be more than 262144 bytes',
    ])
  })

  test('there is one controller at most, and no owner is an Event', () => {
    const two = [
      { ...owner, controller: true },
      { ...owner, kind: 'Event', controller: true },
    ]
    expect(texts(api.validateOwnerReferences(two, path))).toEqual([
      'metadata: Invalid value: {"apiVersion":"v1","kind":"Event","name":"p","uid":"u","controller":true}: /v1, Kind=Event is disallowed from being an owner',
      'metadata: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u","controller":true},{"apiVersion":"v1","kind":"Event","name":"p","uid":"u","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/p and Event/p',
    ])
  })

  test('orphan and foregroundDeletion exclude each other', () => {
    const errors = api.validateFinalizers(['orphan', 'foregroundDeletion'], path)
    expect(texts(errors)).toEqual([
      'metadata: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
    ])
  })
})

describe('metadata on update', () => {
  const stored = { name: 'a', uid: 'u', resourceVersion: '1', generation: 2 }

  test('identity stays', () => {
    const changed = { ...stored, name: 'b', generation: 1, resourceVersion: '' }
    expect(texts(api.validateObjectMetaUpdate(changed, stored, path))).toEqual([
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
      'metadata.generation: Invalid value: 1: must not be decremented',
      'metadata.name: Invalid value: "b": field is immutable',
    ])
  })

  test('an object that is being deleted gets no more finalizers', () => {
    const old = { ...stored, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] }
    expect(texts(api.validateObjectMetaUpdate({ ...old, finalizers: ['z/z', 'a/b', 'c/d'] }, old, path))).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d", "z/z"}',
    ])
  })
})

describe('requests', () => {
  test('options are checked', () => {
    expect(texts(api.validateWriteOptions({ dryRun: ['x'], fieldValidation: 'y' }))).toEqual([
      'dryRun: Unsupported value: ["x"]: supported values: "All"',
      'fieldValidation: Unsupported value: "y": supported values: "", "Ignore", "Strict", "Warn"',
    ])
    expect(texts(api.validatePatchOptions({}, true))).toEqual([
      'fieldManager: Required value: is required for apply patch',
    ])
    expect(texts(api.validatePatchOptions({ force: true }, false))).toEqual([
      'force: Forbidden: may not be specified for non-apply patch',
    ])
    expect(texts(api.validateDeleteOptions({ propagationPolicy: 'x' }))).toEqual([
      'propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"',
    ])
  })

  test('paths and keys', () => {
    const pods = { group: '', version: 'v1', resource: 'pods' }
    expect(api.resourcePath(pods, { namespace: 'a', name: 'b', subresource: 'log' })).toBe(
      '/api/v1/namespaces/a/pods/b/log',
    )
    expect(api.resourcePath({ group: 'apps', version: 'v1', resource: 'deployments' })).toBe(
      '/apis/apps/v1/deployments',
    )
    expect(api.splitKey('a/b')).toEqual({ namespace: 'a', name: 'b' })
    expect(api.splitKey('a/b/c')).toBeUndefined()
    expect(api.parseApiVersion('a/b/c')).toBeUndefined()
  })

  test('a generated name keeps 58 bytes of its base', () => {
    expect(api.generateName('a'.repeat(70), () => 0)).toBe(`${'a'.repeat(58)}bbbbb`)
    expect(api.generateName('web-', () => 26)).toBe('web-99999')
  })
})

describe('owners', () => {
  test('the controller is found by uid', () => {
    const pod = { metadata: { ownerReferences: [owner, { ...owner, uid: 'c', controller: true }] } }
    expect(api.controllerOf(pod)?.uid).toBe('c')
    expect(api.isControlledBy(pod, { metadata: { uid: 'c' } })).toBe(true)
    expect(api.isControlledBy(pod, { metadata: { uid: 'u' } })).toBe(false)
  })
})

describe('equality', () => {
  test('deep equality looks at values', () => {
    expect(api.deepEqual({ a: 1, b: [{}] }, { b: [{}], a: 1 })).toBe(true)
    expect(api.deepEqual({ a: undefined }, {})).toBe(true)
    expect(api.deepEqual({ a: null }, {})).toBe(false)
    expect(api.deepEqual([], {})).toBe(false)
    expect(api.deepEqual({}, { toString: 1 })).toBe(false)
  })

  test('semantic equality looks at meaning', () => {
    const spec = (memory: string): object => ({ containers: [{ resources: { limits: { memory } } }] })
    expect(api.semanticEqual(spec('1Gi'), spec('1024Mi'))).toBe(true)
    expect(api.semanticEqual(spec('1Gi'), spec('1025Mi'))).toBe(false)
    expect(api.semanticEqual({ env: [{ value: '1' }] }, { env: [{ value: '1.0' }] })).toBe(false)
    expect(api.semanticEqual({ args: [], labels: {} }, {})).toBe(true)
    expect(api.semanticEqual({ emptyDir: {} }, {})).toBe(false)
  })
})
