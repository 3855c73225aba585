import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** A request as it goes out. */
export interface Outgoing {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Uint8Array
  /** Set for a watch: how many events, or how many milliseconds, are read. */
  readonly stream?: { readonly events?: number; readonly ms?: number }
}

/** What came back. */
export interface Incoming {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends requests to one server over connections that stay open. */
export class Sender {
  readonly #url: URL
  readonly #agent: HttpAgent
  readonly #timeoutMs: number

  constructor(url: string, { insecure = false, timeoutMs = 70_000 }: { insecure?: boolean; timeoutMs?: number } = {}) {
    this.#url = new URL(url)
    const keepAlive = { keepAlive: true, maxSockets: 16 }
    this.#agent =
      this.#url.protocol === 'https:'
        ? new HttpsAgent({ ...keepAlive, rejectUnauthorized: !insecure })
        : new HttpAgent(keepAlive)
    this.#timeoutMs = timeoutMs
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Rejects where no whole answer comes in time. */
  send({ method, path, headers, body, stream }: Outgoing): Promise<Incoming> {
    const start = this.#url.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((resolve, reject) => {
      const outgoing = start(new URL(path, this.#url), { method, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = []
        let lines = 0
        const finish = (): void => {
          clearTimeout(timer)
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
        }
        const stop = (): void => {
          finish()
          outgoing.destroy()
        }
        if (stream !== undefined) {
          clearTimeout(timer)
          timer = setTimeout(stop, stream.ms ?? 3000)
        }
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          lines += chunk.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0)
          if (stream?.events !== undefined && (response.statusCode ?? 0) < 400 && lines >= stream.events) stop()
        })
        response.on('end', finish)
        response.on('error', reject)
      })
      let timer = setTimeout(
        () => outgoing.destroy(new Error(`no answer in ${this.#timeoutMs} ms: ${method} ${path}`)),
        this.#timeoutMs,
      )
      outgoing.on('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value)
      // Without a length, Node sends the body of a DELETE unframed.
      if (body !== undefined) outgoing.setHeader('content-length', body.length)
      outgoing.end(body)
    })
  }
}
