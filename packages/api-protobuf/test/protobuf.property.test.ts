import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeObject, encodeObject, ProtobufError } from '../src/index.ts'

const key = fc.string({ minLength: 1 })
const configMap = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('ConfigMap'),
  metadata: fc.record({ name: key, labels: fc.dictionary(key, fc.string(), { minKeys: 1 }) }),
  data: fc.dictionary(key, fc.string({ unit: 'binary' }), { minKeys: 1 }),
})

test('what was written is read again', () => {
  fc.assert(
    fc.property(configMap, (object) => {
      expect(decodeObject(encodeObject(object))).toEqual(object)
    }),
  )
})

test('the order of keys in JSON changes no byte', () => {
  const reversed = <T extends object>(object: T) => Object.fromEntries(Object.entries(object).reverse())
  fc.assert(
    fc.property(configMap, (object) => {
      expect(encodeObject({ ...object, data: reversed(object.data) })).toEqual(encodeObject(object))
    }),
  )
})

test('bytes that are no object never do worse than a ProtobufError', () => {
  const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0)
  const pod = encodeObject({ apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'a', image: 'b' }] } })
  const broken = fc.oneof(
    fc.uint8Array(),
    fc.uint8Array().map((bytes) => Uint8Array.of(...magic, ...bytes)),
    fc.record({ at: fc.nat(pod.length - 1), byte: fc.nat(255) }).map(({ at, byte }) => pod.with(at, byte)),
    fc.nat(pod.length).map((length) => pod.subarray(0, length)),
  )
  fc.assert(
    fc.property(broken, (bytes) => {
      try {
        expect(decodeObject(bytes).kind).toBeTypeOf('string')
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError)
      }
    }),
  )
})
