import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { check, decode, scheme, type TypeResolver, type TypeSchema } from '../src/index.ts'
import { kindSample } from './sample.ts'

let types: TypeResolver
let kinds: readonly TypeSchema[]
beforeAll(async () => {
  types = await scheme.loadAll()
  kinds = scheme.resources.flatMap((info) => types.typeOf(info) ?? [])
})

const gvkOf = (type: TypeSchema) => type.kinds![0]!
const anyKind = fc.nat().map((index) => kinds[index % kinds.length]!)

/** A sample with some values replaced by any JSON and some fields added. */
const damaged = fc
  .tuple(anyKind, fc.array(fc.tuple(fc.nat(), fc.string(), fc.jsonValue()), { maxLength: 4 }))
  .map(([type, edits]) => {
    const value = structuredClone(kindSample(types, type))
    const places = edits.length === 0 ? [] : recordsIn(value)
    for (const [index, key, json] of edits) {
      const place = places[index % places.length]!
      const known = Object.keys(place)
      place[known.length > 0 && index % 2 === 0 ? known[index % known.length]! : `x${key}`] = json
    }
    return { type, value }
  })

function recordsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(recordsIn)
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner]
}

test('a filled object of every kind checks and stays as it is', async () => {
  for (const type of kinds) {
    const sample = kindSample(types, type)
    expect(await check(sample), type.name).toEqual([])
    expect(decode(types, gvkOf(type), sample)).toEqual({ object: sample, unknownFields: [], typeErrors: [] })
    expect(decode(types, gvkOf(type), sample).object).toBe(sample)
  }
}, 120_000)

test('decoding what was decoded changes nothing and finds nothing', () => {
  fc.assert(
    fc.property(damaged, ({ type, value }) => {
      const once = decode(types, gvkOf(type), value)
      fc.pre(once.object !== undefined)
      const twice = decode(types, gvkOf(type), once.object)
      expect(twice.object).toBe(once.object)
      expect(twice.unknownFields).toEqual([])
      expect(twice.typeErrors).toEqual([])
    }),
  )
})

test('decoding never adds a field and never changes its input', () => {
  fc.assert(
    fc.property(damaged, ({ type, value }) => {
      const before = JSON.stringify(value)
      const { object } = decode(types, gvkOf(type), value)
      expect(JSON.stringify(value)).toBe(before)
      if (object !== undefined) expectWithin(object, value)
    }),
  )
})

test('an unknown field is dropped exactly where it is listed', () => {
  fc.assert(
    fc.property(anyKind, fc.nat(), fc.jsonValue(), (type, index, json) => {
      const sample = structuredClone(kindSample(types, type))
      const places = recordsIn(sample)
      places[index % places.length]!.thisFieldIsUnknown = json
      const { object, unknownFields } = decode(types, gvkOf(type), sample)
      // In a map or in any JSON the key is no field: then it stays, unless its value is of the wrong type.
      if (unknownFields.length === 0 || !unknownFields.some((field) => field.endsWith('thisFieldIsUnknown'))) return
      expect(unknownFields).toHaveLength(1)
      expect(unknownFields[0]).toMatch(/(^|\.)thisFieldIsUnknown$/)
      expect(JSON.stringify(object)).toBe(JSON.stringify(kindSample(types, type)))
    }),
  )
})

function expectWithin(part: unknown, whole: unknown): void {
  if (typeof part !== 'object' || part === null || typeof whole !== 'object' || whole === null) return
  for (const [key, value] of Object.entries(part)) {
    expect(Object.hasOwn(whole, key)).toBe(true)
    expectWithin(value, (whole as Record<string, unknown>)[key])
  }
}
