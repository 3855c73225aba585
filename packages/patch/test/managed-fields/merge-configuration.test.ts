import { describe, expect, it } from 'vitest'
import { ConfigurationMergeError, mergeConfiguration, structuralType } from '../../src/index.ts'

const type = structuralType({
  type: 'object',
  properties: {
    metadata: { type: 'object', properties: { name: { type: 'string' } } },
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' },
        tags: { type: 'array', items: { type: 'string' } },
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' }, count: { type: 'integer' } } },
        },
      },
    },
  },
})
const kind = { apiVersion: 'example.com/v1', kind: 'Widget' }
const object = { ...kind, metadata: { name: 'w' }, spec: { size: 1, parts: [{ name: 'a', count: 1 }] } }

describe('a configuration laid over an object', () => {
  it('sets what it has and keeps the rest', () => {
    const spec = { size: 2, parts: [{ name: 'b', count: 2 }] }
    expect(mergeConfiguration(type, object, { ...kind, spec })).toEqual({
      ...object,
      spec: {
        size: 2,
        parts: [
          { name: 'a', count: 1 },
          { name: 'b', count: 2 },
        ],
      },
    })
  })

  it('may not touch what is owned as a whole', () => {
    const merge = () => mergeConfiguration(type, object, { ...kind, spec: { tags: ['x'] } })
    expect(merge).toThrow(ConfigurationMergeError)
    expect(merge).toThrow('invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tags')
  })

  it('must be of the type', () => {
    expect(() => mergeConfiguration(type, object, { ...kind, spec: { nope: 1 } })).toThrow(
      'failed to convert patch object to typed object: .spec.nope: field not declared in schema',
    )
  })
})
