import { expect, test } from 'vitest'
import { decodeObject, encodeObject, encodeWatchFrame, hasProtobuf, ProtobufError } from '../src/index.ts'

test('what Go keeps as a plain value is written even when empty, what it keeps behind a pointer is not', () => {
  const pod = decodeObject(encodeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }))
  expect(pod).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: null },
    status: {},
  })
})

test('custom resources and Tables have no protobuf form', () => {
  expect(hasProtobuf('v1', 'Pod')).toBe(true)
  expect(hasProtobuf('example.com/v1', 'Widget')).toBe(false)
  expect(hasProtobuf('__proto__', 'constructor')).toBe(false)
  expect(() => encodeObject({ apiVersion: 'example.com/v1', kind: 'Widget' })).toThrow(
    'example.com/v1, Kind=Widget has no protobuf form',
  )
})

test('a value of a wrong type is refused by its path', () => {
  const wrong = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 1 }] } }
  expect(() => encodeObject(wrong)).toThrow('Pod.spec.containers[0].name: expected a string')
})

test('bytes without the magic number are refused', () => {
  expect(() => decodeObject(new TextEncoder().encode('{}'))).toThrow(ProtobufError)
})

test('a frame of a watch begins with its length', () => {
  const frame = encodeWatchFrame({ type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap' } })
  expect(new DataView(frame.buffer).getUint32(0)).toBe(frame.length - 4)
})
