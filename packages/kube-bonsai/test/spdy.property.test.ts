import { createDeflate, constants as zlib } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpdyConnection, type SpdyStream } from '../src/server/spdy.ts'
import { adler32, spdyDictionary } from '../src/server/spdy-dictionary.ts'
import { SpdyHeaderReader, SpdyHeaderWriter } from '../src/server/spdy-headers.ts'

const headers = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,12}$/), fc.string({ maxLength: 40 })), {
    selector: ([name]) => name,
    maxLength: 6,
  })
  .map((entries) => new Map(entries))

function control(type: number, body: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(0x80030000 + type, 0)
  head.writeUInt32BE(body.length, 4)
  head.writeUInt8(flags, 4)
  return Buffer.concat([head, body])
}

function data(id: number, text: string, last = false): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(id, 0)
  head.writeUInt32BE(body.length, 4)
  head.writeUInt8(last ? 1 : 0, 4)
  return Buffer.concat([head, body])
}

function open(id: number, writer: SpdyHeaderWriter, own: ReadonlyMap<string, string>): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt32BE(id, 0)
  return control(1, Buffer.concat([head, writer.write(own)]))
}

function connect() {
  const sent: Buffer[] = []
  const streams: SpdyStream[] = []
  let ended = 0
  const connection = new SpdyConnection({
    send: (bytes) => void sent.push(bytes),
    onStream: (stream) => void streams.push(stream),
    onEnd: () => void ended++,
  })
  const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 15))
  return { connection, sent, streams, settled, ends: () => ended }
}

describe('SPDY', () => {
  it('has the dictionary of its specification', () => {
    expect(spdyDictionary()).toHaveLength(1423)
    expect(adler32(spdyDictionary())).toBe(0xe3c6a7c2)
  })

  it('reads the headers that it writes, one block after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { minLength: 1, maxLength: 4 }), async (blocks) => {
        const writer = new SpdyHeaderWriter()
        const reader = new SpdyHeaderReader()
        for (const block of blocks) expect(await reader.read(writer.write(block))).toEqual(block)
        reader.close()
      }),
    )
  })

  it('never minds where its bytes are cut', async () => {
    const writer = new SpdyHeaderWriter()
    const bytes = Buffer.concat([
      open(1, writer, new Map([['streamtype', 'error']])),
      open(3, writer, new Map([['streamtype', 'data']])),
      data(3, 'hello '),
      data(1, '', true),
      data(3, 'world', true),
      control(6, Buffer.of(0, 0, 0, 7)),
    ])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        const { connection, sent, streams, settled, ends } = connect()
        const places = [0, ...cuts.sort((left, right) => left - right), bytes.length]
        for (let index = 1; index < places.length; index++)
          connection.receive(Buffer.from(bytes.subarray(places[index - 1], places[index])))
        await settled()
        expect(streams.map((stream) => stream.headers.get('streamtype'))).toEqual(['error', 'data'])
        const parts: Buffer[] = []
        for await (const part of streams[1] ?? []) parts.push(part as Buffer)
        expect(Buffer.concat(parts).toString()).toBe('hello world')
        expect(sent.at(-1)).toEqual(control(6, Buffer.of(0, 0, 0, 7)))
        expect(ends()).toBe(0)
        connection.close()
      }),
      { numRuns: 40 },
    )
  })

  it('never fails in another way than by ending, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 200 }), async (bytes) => {
        const { connection, settled, ends } = connect()
        connection.receive(Buffer.from(bytes))
        await settled()
        expect(ends()).toBeLessThanOrEqual(1)
        connection.close()
      }),
      { numRuns: 60 },
    )
  })

  it('ends when a few bytes stand for too many headers', async () => {
    const deflate = createDeflate({ dictionary: spdyDictionary() })
    const parts: Buffer[] = []
    deflate.on('data', (part: Buffer) => void parts.push(part))
    await new Promise<void>((resolve) =>
      deflate.write(Buffer.alloc(8 * 1024 * 1024), () => deflate.flush(zlib.Z_SYNC_FLUSH, () => resolve())),
    )
    const head = Buffer.alloc(10)
    head.writeUInt32BE(1, 0)
    const { connection, streams, ends } = connect()
    connection.receive(control(1, Buffer.concat([head, ...parts])))
    await expect.poll(ends).toBe(1)
    expect(streams).toEqual([])
  })
})
