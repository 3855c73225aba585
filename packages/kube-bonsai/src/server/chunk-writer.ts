import type { ServerResponse } from 'node:http'
import type { CancelSignal } from '@kube-bonsai/apimachinery'

const known = new WeakMap<Uint8Array, Uint8Array>()
const lineEnd = Buffer.from('\r\n')

/** Bytes as a chunk of HTTP/1.1; made once for all who are sent the same bytes. */
function chunkOf(bytes: Uint8Array): Uint8Array {
  const found = known.get(bytes)
  if (found) return found
  const chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, lineEnd])
  known.set(bytes, chunk)
  return chunk
}

/** So many writers have their turn before requests are looked at again. */
const turn = 32
/** A writer with so many bytes to send takes no more until they are gone. */
const plenty = 64 * 1024

const waiting: ChunkWriter[] = []
let first = 0

function takeTurns(): void {
  const end = Math.min(waiting.length, first + turn)
  for (; first < end; first++) waiting[first]?.flush()
  if (first < waiting.length) {
    setImmediate(takeTurns)
    return
  }
  waiting.length = 0
  first = 0
}

/**
 * Writes the parts of one streamed answer. What goes to a thousand watchers at once would keep everybody else waiting, and
 * cost a record of TLS for each part: so writers wait for their turn, a few between two looks at the network, and send
 * in one piece what has come until then.
 */
export class ChunkWriter {
  readonly #outgoing: ServerResponse
  #parts: Uint8Array[] = []
  #size = 0
  #isWaiting = false

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing
  }

  /** False when the reader is to be waited for. */
  write(part: string | Uint8Array): boolean {
    const { socket, chunkedEncoding, headersSent } = this.#outgoing
    if (part.length === 0) return true
    if (typeof part === 'string' || socket === null || !chunkedEncoding || !headersSent) {
      this.flush()
      return this.#outgoing.write(part)
    }
    const chunk = chunkOf(part)
    this.#parts.push(chunk)
    this.#size += chunk.length
    if (this.#size >= plenty) this.flush()
    else if (!this.#isWaiting) {
      this.#isWaiting = true
      if (waiting.length === 0) setImmediate(takeTurns)
      waiting.push(this)
    }
    return !socket.writableNeedDrain
  }

  /** Sends what has come. */
  flush(): void {
    this.#isWaiting = false
    const { socket } = this.#outgoing
    const [only] = this.#parts
    if (only === undefined || socket === null) return
    const bytes = this.#parts.length === 1 ? only : Buffer.concat(this.#parts, this.#size)
    this.#parts = []
    this.#size = 0
    // Node.js would make four pieces of each chunk.
    if (!socket.destroyed) socket.write(bytes)
  }

  /** Resolves when the reader has taken what was sent, or has gone. */
  drained(signal: CancelSignal): Promise<void> {
    const { socket } = this.#outgoing
    const sources = socket === null ? [this.#outgoing] : [this.#outgoing, socket]
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = () => {
        for (const source of sources) source.off('drain', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      for (const source of sources) source.on('drain', done)
      signal.addEventListener('abort', done, { once: true })
    })
  }
}
