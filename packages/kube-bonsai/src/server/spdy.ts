import { Duplex } from 'node:stream'
import { SpdyHeaderReader, SpdyHeaderWriter } from './spdy-headers.ts'

const version = 3
const types = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7, headers: 8 } as const
const fin = 1
const largestFrame = 16 * 1024 * 1024
const largestPiece = 32 * 1024

/** A stream that the other end has opened: what it writes is read here, and the other way round. */
export class SpdyStream extends Duplex {
  readonly headers: ReadonlyMap<string, string>
  readonly #send: (data: Buffer, last: boolean) => void

  constructor(headers: ReadonlyMap<string, string>, send: (data: Buffer, last: boolean) => void) {
    super({ allowHalfOpen: true })
    this.headers = headers
    this.#send = send
  }

  override _read(): void {}

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (let at = 0; at < data.length; at += largestPiece) this.#send(data.subarray(at, at + largestPiece), false)
    done()
  }

  override _final(done: () => void): void {
    this.#send(Buffer.alloc(0), true)
    done()
  }
}

/** Where the bytes of a connection go, and what is told of it. */
export interface SpdyHandlers {
  readonly send: (bytes: Buffer) => void
  /** The other end has opened a stream. */
  readonly onStream: (stream: SpdyStream) => void
  /** The connection has ended, or cannot go on. */
  readonly onEnd: () => void
}

/**
 * The server's end of SPDY/3.1, as far as Kubernetes' clients use it: streams that the client opens, data both ways, pings.
 * There is no flow control, because theirs has none.
 * @see https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1
 */
export class SpdyConnection {
  readonly #handlers: SpdyHandlers
  readonly #reader = new SpdyHeaderReader()
  readonly #writer = new SpdyHeaderWriter()
  readonly #streams: Map<number, SpdyStream> = new Map()
  #waiting: Buffer = Buffer.alloc(0)
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(handlers: SpdyHandlers) {
    this.#handlers = handlers
  }

  /** Takes bytes of the connection, cut anywhere. */
  receive(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes])
    while (!this.#closed && this.#waiting.length >= 8) {
      const length = this.#waiting.readUIntBE(5, 3)
      if (length > largestFrame) {
        this.#end()
        return
      }
      if (this.#waiting.length < 8 + length) return
      const frame = this.#waiting.subarray(0, 8 + length)
      this.#waiting = this.#waiting.subarray(8 + length)
      // Headers are read one after the other, and whatever comes behind them waits.
      this.#work = this.#work.then(() => this.#frame(frame)).catch(() => this.#end())
    }
  }

  /** Ends all streams. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#reader.close()
    for (const stream of this.#streams.values()) stream.destroy()
    this.#streams.clear()
  }

  #end(): void {
    this.close()
    this.#handlers.onEnd()
  }

  async #frame(frame: Buffer): Promise<void> {
    if (this.#closed) return
    const first = frame.readUInt32BE(0)
    const flags = frame.readUInt8(4)
    const body = frame.subarray(8)
    if (first < 0x8000_0000) return this.#data(first, body, flags)
    if (((first >>> 16) & 0x7fff) !== version) throw new Error('this is not SPDY/3.1')
    const id = body.length >= 4 ? body.readUInt32BE(0) & 0x7fff_ffff : 0
    switch (first & 0xffff) {
      case types.synStream:
        return this.#opened(id, await this.#reader.read(body.subarray(10)), flags)
      case types.headers:
        await this.#reader.read(body.subarray(4))
        return
      case types.rstStream:
        this.#streams.get(id)?.destroy()
        this.#streams.delete(id)
        return
      case types.ping:
        this.#control(types.ping, 0, body.subarray(0, 4))
        return
      case types.goAway:
        return this.#end()
    }
  }

  #data(id: number, body: Buffer, flags: number): void {
    const stream = this.#streams.get(id)
    if (stream === undefined || stream.destroyed) return
    if (body.length > 0) stream.push(body)
    if ((flags & fin) !== 0) stream.push(null)
  }

  #opened(id: number, headers: ReadonlyMap<string, string>, flags: number): void {
    const stream = new SpdyStream(headers, (data, last) => {
      if (this.#closed || this.#streams.get(id) !== stream) return
      const head = Buffer.alloc(8)
      head.writeUInt32BE(id, 0)
      head.writeUInt32BE(data.length, 4)
      head.writeUInt8(last ? fin : 0, 4)
      this.#handlers.send(Buffer.concat([head, data]))
    })
    stream.on('error', () => {})
    this.#streams.set(id, stream)
    const own = Buffer.alloc(4)
    own.writeUInt32BE(id, 0)
    this.#control(types.synReply, 0, Buffer.concat([own, this.#writer.write(new Map())]))
    if ((flags & fin) !== 0) stream.push(null)
    this.#handlers.onStream(stream)
  }

  #control(type: number, flags: number, body: Buffer): void {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(0x8000_0000 + version * 65_536 + type, 0)
    head.writeUInt32BE(body.length, 4)
    head.writeUInt8(flags, 4)
    this.#handlers.send(Buffer.concat([head, body]))
  }
}
