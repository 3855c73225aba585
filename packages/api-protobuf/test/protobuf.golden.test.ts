import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeObject, encodeObject } from '../src/index.ts'

// Recorded with the protobuf serializer of v1.35.4: one case a kind.
const lines = (name: string): readonly string[] =>
  readFileSync(new URL(`golden/${name}.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n')

interface Decoded {
  readonly in: { readonly data: string }
  readonly out: { readonly object: { readonly kind: string }; readonly gvk: string }
}
const decoding = lines('decode').map((line): Decoded => JSON.parse(line))

test.each(decoding.map((one) => [one.out.gvk, one] as const))('reads %s as upstream does', (_, { in: input, out }) => {
  expect(decodeObject(new Uint8Array(Buffer.from(input.data, 'base64')))).toEqual(out.object)
})

interface Encoded {
  readonly in: { readonly object: { readonly apiVersion: string; readonly kind: string } }
  readonly out: { readonly data: string }
}
const encoding = lines('encode').map((line): Encoded => JSON.parse(line))

test.each(encoding.map((one) => [`${one.in.object.apiVersion} ${one.in.object.kind}`, one] as const))(
  'writes %s as it was read, byte for byte',
  (_, { out }) => {
    const bytes = new Uint8Array(Buffer.from(out.data, 'base64'))
    expect(Buffer.from(encodeObject(decodeObject(bytes))).toString('base64')).toBe(out.data)
  },
)
