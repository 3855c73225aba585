import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CborError, encodeCbor } from '../src/codec/cbor.ts'
import { decodeCbor } from '../src/codec/cbor-reader.ts'

test('what is written is always read back', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      // Minus zero is zero, as in JSON of Go's integers.
      const plain: unknown = JSON.parse(JSON.stringify(value))
      expect(decodeCbor(encodeCbor(plain))).toEqual(plain)
    }),
  )
})

test('bytes are always read or refused with a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        decodeCbor(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(CborError)
      }
    }),
  )
})
