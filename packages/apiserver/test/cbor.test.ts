import { scheme } from '@kube-bonsai/api-types'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../src/codec/cbor.ts'
import { decodeCbor } from '../src/codec/cbor-reader.ts'
import { createApiServer } from '../src/index.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const type = 'application/cbor'
const path = 'http://test/api/v1/namespaces/default/secrets'
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'aGVsbG8=' }, type: 'Opaque' }

async function start(on: boolean) {
  const gates = createFeatureGates({ set: { CBORServingAndStorage: on } })
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test'), gates })
  await server.bootstrap()
  const post = (headers: Record<string, string>, body: Uint8Array) =>
    server.handle(new Request(path, { method: 'POST', headers, body: new Uint8Array(body) }))
  return { server, post }
}

describe('CBOR', () => {
  // Recorded from k8s.io/apimachinery v0.35.4.
  test('has the bytes of upstream', async () => {
    await scheme.load('', 'v1')
    const value = {
      a: 1,
      b: -5,
      c: 1.5,
      d: 'x',
      e: [true, false, null],
      bb: 300,
      f: 70000,
      g: 5e9,
      h: 0.1,
      i: 65504.5,
      é: 'ü',
    }
    expect(base64(encodeCbor(value))).toBe(
      '2dn3q0FhAUFiJEFj+T4AQWRBeEFlg/X09kFmGgABEXBBZxsAAAABKgXyAEFo+z+5mZmZmZmaQWn6R3/ggEJiYhkBLELDqULDvA==',
    )
    expect(base64(encodeCbor(secret))).toBe(
      '2dn3pURkYXRhoUFr1kVoZWxsb0RraW5kRlNlY3JldER0eXBlRk9wYXF1ZUhtZXRhZGF0YaFEbmFtZUFzSmFwaVZlcnNpb25CdjE=',
    )
    expect(decodeCbor(encodeCbor(secret))).toEqual(secret)
    expect(decodeCbor(encodeCbor(value))).toEqual(value)
  })

  test.each([
    ['nothing', [], 'cbor: unexpected EOF'],
    ['bytes behind it', [0xf6, 0xf6], 'cbor: bytes after the first item'],
    ['no UTF-8', [0x41, 0xff], 'cbor: invalid UTF-8 string'],
    ['a key twice', [0xa2, 0x41, 0x61, 0x01, 0x41, 0x61, 0x02], 'cbor: found duplicate map key "a"'],
    ['an indefinite length', [0x9f, 0xff], 'cbor: items of indefinite length are not understood'],
    ['no number', [0xf9, 0x7e, 0x00], 'cbor: floating-point NaN or infinity'],
    ['more than there is', [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 'cbor: unexpected EOF'],
    ['many levels', new Array<number>(200).fill(0x81), 'cbor: exceeded max nested level 64'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeCbor(Uint8Array.from(bytes))).toThrow(message)
  })

  test('is spoken where its gate is on', async () => {
    const { server, post } = await start(true)
    const made = await post({ 'content-type': type, accept: type }, encodeCbor(secret))
    expect([made.status, made.headers.get('content-type')]).toEqual([201, type])
    expect(decodeCbor(new Uint8Array(await made.arrayBuffer()))).toMatchObject(secret)
    const bad = await post({ 'content-type': type }, Uint8Array.of(0xff))
    expect(bad.status).toBe(400)
    const configuration = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { more: 'eA==' } }
    const applied = await server.handle(
      new Request(`${path}/s?fieldManager=me`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/apply-patch+cbor' },
        body: new Uint8Array(encodeCbor(configuration)),
      }),
    )
    expect(await applied.json()).toMatchObject({ data: { k: 'aGVsbG8=', more: 'eA==' } })
    const list = await server.handle(new Request(path, { headers: { accept: type } }))
    expect(decodeCbor(new Uint8Array(await list.arrayBuffer()))).toMatchObject({ kind: 'SecretList', items: [{}] })
  })

  test('is not understood where it is off', async () => {
    const { server, post } = await start(false)
    const refused = await post({ 'content-type': type }, encodeCbor(secret))
    expect(refused.status).toBe(415)
    const read = await server.handle(new Request(path, { headers: { accept: type } }))
    expect(read.status).toBe(406)
  })
})
