import { scheme } from '@kube-bonsai/api-types'
import { type KubeObject, StatusError } from '@kube-bonsai/apimachinery'
import * as patches from '@kube-bonsai/patch'
import { describe, expect, test } from 'vitest'

const kind = { group: '', version: 'v1', kind: 'ConfigMap' }
const types = await scheme.load('', 'v1')
const managerOf = (options: Partial<patches.FieldManagerOptions> = {}) =>
  new patches.FieldManager({
    kind,
    typeIn: (apiVersion) => (apiVersion === 'v1' ? patches.builtInType(types, kind) : undefined),
    zero: () => patches.zeroObject(types, kind),
    complete: (object) => object,
    ...options,
  })
const manager = managerOf()
const at = (second: number) => `2026-01-01T00:00:0${second}Z`
const config = (data: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', ...metadata },
  data,
})
const owners = (object: KubeObject) =>
  (object.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }))
const data = (...keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) })
const stored = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, uid: 'u' } })
const refusal = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('apply', () => {
  test('makes an object that its manager owns, and takes back what it names no more', () => {
    const first = stored(manager.apply(undefined, config({ a: '1', b: '2' }), 'm', false, at(1)))
    expect(owners(first)).toEqual([{ manager: 'm', operation: 'Apply', fieldsV1: data('a', 'b') }])
    const second = manager.apply(first, config({ a: '1' }), 'm', false, at(2))
    expect(second).toMatchObject({ data: { a: '1' } })
    expect(second).not.toHaveProperty('data.b')
  })

  test('keeps what another manager applied too', () => {
    const first = stored(manager.apply(undefined, config({ a: '1', b: '2' }), 'one', false, at(1)))
    const both = stored(manager.apply(first, config({ b: '2' }), 'two', false, at(2)))
    expect(manager.apply(both, config({ a: '1' }), 'one', false, at(3))).toMatchObject({ data: { a: '1', b: '2' } })
  })

  test('of the same again changes nothing, not even a time', () => {
    const first = stored(manager.apply(undefined, config({ a: '1' }), 'm', false, at(1)))
    expect(manager.apply(first, config({ a: '1' }), 'm', false, at(2))).toEqual(first)
  })

  test('conflicts with the owner of what it changes, unless it forces', () => {
    const first = stored(manager.apply(undefined, config({ a: '1' }), 'one', false, at(1)))
    const change = config({ a: '2' })
    const error = refusal(() => manager.apply(first, change, 'two', false, at(2)))
    expect(error).toBeInstanceOf(StatusError)
    expect((error as StatusError).status).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }] },
    })
    expect(owners(manager.apply(first, change, 'two', true, at(2)))).toEqual([
      { manager: 'two', operation: 'Apply', fieldsV1: data('a') },
    ])
  })

  test('on an object without managed fields meets the manager before-first-apply', () => {
    const live = stored(config({ a: '1' }) as KubeObject)
    const error = refusal(() => manager.apply(live, config({ a: '2' }), 'm', false, at(1)))
    expect(String(error)).toContain('conflict with "before-first-apply" using v1: .data.a')
  })

  test('by kubectl takes over what client-side apply left unchanged', () => {
    const last = 'kubectl.kubernetes.io/last-applied-configuration'
    const annotations = { [last]: JSON.stringify(config({ a: '1' })) }
    const live = stored(config({ a: '1' }, { annotations }) as KubeObject)
    const owned = manager.update(undefined, live, 'kubectl-client-side-apply', at(1))
    const next = manager.apply(owned, config({ a: '2' }), 'kubectl', false, at(2))
    expect(next).toMatchObject({ data: { a: '2' } })
    expect(next.metadata.annotations?.[last]).toContain('"a":"2"')
  })

  test('refuses another kind, managed fields and fields that the kind does not have', () => {
    const apply = (given: unknown) => String(refusal(() => manager.apply(undefined, given, 'm', false, at(1))))
    expect(apply({ ...config({}), kind: 'Pod' })).toContain('invalid object type: /v1, Kind=Pod')
    expect(apply(config({}, { managedFields: [] }))).toContain('metadata.managedFields must be nil')
    expect(apply({ ...config({}), bogus: 1 })).toContain(
      'failed to create typed patch object (/c; /v1, Kind=ConfigMap): .bogus: field not declared in schema',
    )
    expect(apply(config({ a: 1 }))).toContain('.data.a: expected string, got &value.valueUnstructured{Value:1}')
  })
})

describe('update', () => {
  const made = stored(manager.update(undefined, config({ a: '1' }) as KubeObject, 'one', at(1)))

  test('gives the writer what it adds or changes, and nobody what it removes', () => {
    const next = manager.update(made, { ...made, data: { b: '2' } } as KubeObject, 'two', at(2))
    expect(owners(next)).toEqual([
      { manager: 'one', operation: 'Update', fieldsV1: { 'f:data': {} } },
      { manager: 'two', operation: 'Update', fieldsV1: data('b') },
    ])
  })

  test('that changes nothing keeps entries and times', () => {
    expect(manager.update(made, { ...made }, 'two', at(2))).toEqual(made)
  })

  test('resets all managers with an empty list, and ignores what cannot be read', () => {
    const withFields = (managedFields: never[]) => ({ ...made, metadata: { ...made.metadata, managedFields } })
    expect(owners(manager.update(made, withFields([]), 'two', at(2)))).toEqual([])
    const broken = [{ operation: 'Nonsense' }] as never[]
    expect(owners(manager.update(made, withFields(broken), 'two', at(2)))).toEqual(owners(made))
  })

  test('puts the oldest of more than ten managers together', () => {
    let live = made
    for (let i = 0; i < 12; i++) {
      live = manager.update(live, { ...live, data: { a: '1', [`k${i}`]: 'v' } } as KubeObject, `m${i}`, at(2))
      live = { ...live, data: { a: '1' } } as KubeObject
      live = manager.update(made, live, `n${i}`, at(3))
    }
    expect((live.metadata.managedFields ?? []).length).toBeLessThanOrEqual(10)
  })

  test('through a subresource does not own what its strategy resets', () => {
    const reset = managerOf({ resetFields: { v1: { 'f:data': {} } } })
    expect(
      owners(reset.update(undefined, config({ a: '1' }, { labels: { x: 'y' } }) as KubeObject, 'm', at(1))),
    ).toEqual([
      { manager: 'm', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } } },
    ])
  })
})

test('an update that cannot be tracked leaves no managed fields, and says why to who asks', () => {
  const account = { group: '', version: 'v1', kind: 'ServiceAccount' }
  const accounts = managerOf({
    kind: account,
    typeIn: () => patches.builtInType(types, account),
    zero: () => patches.zeroObject(types, account),
  })
  const bad = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', namespace: 'n' }, secrets: [{}] }
  expect(accounts.update(undefined, bad, 'm', at(1))).toEqual(bad)
  expect(String(refusal(() => accounts.updateStrictly(undefined, bad, 'm', at(1))))).toContain(
    'failed to convert new object (n/a; /v1, Kind=ServiceAccount) to smd typed: .secrets: element 0: associative list',
  )
})

test('items of lists are owned by their keys', () => {
  const type = patches.structuralType({
    type: 'object',
    properties: {
      items: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'integer' } } },
      },
    },
  })
  const custom = managerOf({
    kind: { group: 'x.y', version: 'v1', kind: 'Thing' },
    typeIn: () => type,
    zero: () => ({ apiVersion: 'x.y/v1', kind: 'Thing', metadata: {} }),
  })
  const thing = (...items: object[]) => ({ apiVersion: 'x.y/v1', kind: 'Thing', metadata: { name: 't' }, items })
  const first = stored(custom.apply(undefined, thing({ name: 'a', value: 1 }), 'one', false, at(1)))
  const both = custom.apply(first, thing({ name: 'b', value: 2 }), 'two', false, at(2))
  expect(both).toMatchObject({
    items: [
      { name: 'a', value: 1 },
      { name: 'b', value: 2 },
    ],
  })
  expect(owners(both)[1]?.fieldsV1).toEqual({
    'f:items': { 'k:{"name":"b"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
  })
  const twice = String(refusal(() => custom.apply(first, thing({ name: 'a' }, { name: 'a' }), 'm', false, at(3))))
  expect(twice).toContain('.items: duplicate entries for key [name="a"]')
})

test('objects without a schema are owned field by field, their lists as a whole', () => {
  const free = managerOf({
    kind: { group: 'x.y', version: 'v1', kind: 'Thing' },
    typeIn: patches.schemalessType,
    zero: () => ({ apiVersion: 'x.y/v1', kind: 'Thing', metadata: {} }),
  })
  const thing = { apiVersion: 'x.y/v1', kind: 'Thing', metadata: { name: 't' }, spec: { a: { b: 1 }, l: [{ c: 1 }] } }
  expect(owners(free.apply(undefined, thing, 'm', false, at(1)))[0]?.fieldsV1).toEqual({
    'f:spec': { '.': {}, 'f:a': { '.': {}, 'f:b': {} }, 'f:l': {} },
  })
})

test('a scale takes the replicas from whoever had them', () => {
  const paths = { 'apps/v1': ['f:spec', 'f:replicas'] }
  const parent = [
    {
      manager: 'm',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: at(1),
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } },
    },
  ]
  const scale = patches.scaleManagedFields(parent, paths)
  expect(scale).toMatchObject([{ apiVersion: 'autoscaling/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }])
  const mine = [{ ...scale?.[0], manager: 's', subresource: 'scale' }]
  const after = patches.parentManagedFields(parent, mine, paths, 'apps/v1')
  expect(after?.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
    ['s', { 'f:spec': { 'f:replicas': {} } }],
    ['m', { 'f:spec': { 'f:paused': {} } }],
  ])
})
