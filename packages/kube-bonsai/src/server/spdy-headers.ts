import { createInflate, type Inflate, constants as zlib } from 'node:zlib'
import { adler32, spdyDictionary } from './spdy-dictionary.ts'

const most = 64 * 1024

/** Reads the headers of a connection's frames, which are compressed as one text. */
export class SpdyHeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary(), finishFlush: zlib.Z_SYNC_FLUSH })
  #parts: Buffer[] = []
  #size = 0
  #failed: (error: Error) => void = () => {}

  constructor() {
    this.#inflate.on('data', (part: Buffer) => {
      this.#parts.push(part)
      this.#size += part.length
      // A few bytes may stand for very many.
      if (this.#size > most) this.#inflate.destroy(new Error('the headers of a stream are too long'))
    })
    this.#inflate.on('error', (error) => this.#failed(error))
  }

  /** Call it for one frame after the other. Rejects with an Error for what cannot be read. */
  async read(block: Uint8Array): Promise<ReadonlyMap<string, string>> {
    await new Promise<void>((resolve, reject) => {
      this.#failed = reject
      this.#inflate.write(block, (error) => (error ? reject(error) : this.#inflate.flush(zlib.Z_SYNC_FLUSH, resolve)))
    })
    const text = Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    return headersOf(text)
  }

  close(): void {
    this.#inflate.destroy()
  }
}

function headersOf(text: Buffer): ReadonlyMap<string, string> {
  let at = 0
  const number = () => {
    if (at + 4 > text.length) throw new Error('the headers of a stream are cut off')
    at += 4
    return text.readUInt32BE(at - 4)
  }
  const string = () => {
    const length = number()
    if (at + length > text.length) throw new Error('the headers of a stream are cut off')
    at += length
    return text.toString('utf8', at - length, at)
  }
  const headers = new Map<string, string>()
  for (let count = number(); count > 0; count--) headers.set(string().toLowerCase(), string())
  return headers
}

/** Writes headers without compressing them, in a form that every inflater takes. */
export class SpdyHeaderWriter {
  #begun = false

  write(headers: ReadonlyMap<string, string>): Buffer {
    const strings = [...headers].flat()
    const text = Buffer.concat([
      uint32(headers.size),
      ...strings.flatMap((one) => [uint32(Buffer.byteLength(one)), Buffer.from(one)]),
    ])
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(text.length, 1)
    stored.writeUInt16LE(text.length ^ 0xffff, 3)
    // deflate with a window of 32 KB and a dictionary; 0xbb makes the two bytes a multiple of 31.
    const start = this.#begun ? [] : [Buffer.of(0x78, 0xbb), uint32(adler32(spdyDictionary()))]
    this.#begun = true
    // An empty block at the end tells the reader that this is all for now.
    return Buffer.concat([...start, stored, text, Buffer.of(0, 0, 0, 0xff, 0xff)])
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
