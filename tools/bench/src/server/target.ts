import { setMaxListeners } from 'node:events'
import { request as plain } from 'node:http'
import { Agent, request as secure } from 'node:https'
import type { Cluster } from 'kube-bonsai'

/** One request of a measurement. The body is JSON. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
  readonly accept?: string
}

/** A server under measurement. */
export interface Target {
  readonly name: string
  /** Sends a request and takes its whole answer; throws when its status is 300 or more. */
  send(call: Call): Promise<void>
  /** Opens a watch and calls back with every number of events that arrive; the promise resolves when it is open. */
  watch(path: string, onEvents: (count: number) => void): Promise<void>
  close(): void
}

/** The server in this process: objects by reference, no encoding. */
export function inProcess(cluster: Cluster): Target {
  const ended = new AbortController()
  // A thousand watches end by one signal.
  setMaxListeners(0, ended.signal)
  const headersOf = ({ contentType, accept }: Call) => ({
    ...(contentType && { 'content-type': contentType }),
    ...(accept && { accept }),
  })
  return {
    name: 'in process',
    async send(call) {
      const { method, path, body } = call
      const [pathname = '', query] = path.split('?')
      const answer = await cluster.server.transport.request({
        method,
        path: pathname,
        headers: headersOf(call),
        ...(query && { query: Object.fromEntries(new URLSearchParams(query)) }),
        ...(body !== undefined && { body }),
      })
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    },
    async watch(path, onEvents) {
      const query = { watch: 'true', resourceVersion: '0' }
      const answer = await cluster.server.transport.request({ method: 'GET', path, query, signal: ended.signal })
      const follow = async () => {
        for await (const _event of answer.events ?? []) onEvents(1)
      }
      follow().catch(() => undefined)
    },
    close: () => ended.abort(),
  }
}

/** A server over HTTP; its certificate is not checked, because it made it for itself. */
export function overHttp(name: string, url: string, token: string): Target {
  const { hostname, port, protocol } = new URL(url)
  const send = protocol === 'https:' ? secure : plain
  const agent = protocol === 'https:' ? new Agent({ keepAlive: true, maxSockets: 64, rejectUnauthorized: false }) : null
  const watches = new Agent({ rejectUnauthorized: false })
  const open: { destroy(): void }[] = []
  return {
    name,
    send: ({ method, path, body, contentType = 'application/json', accept = 'application/json' }) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body)
        const headers = {
          authorization: `Bearer ${token}`,
          accept,
          ...(text !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
        }
        const request = send({ hostname, port, method, path, headers, ...(agent && { agent }) }, (answer) => {
          const status = answer.statusCode ?? 0
          if (status < 300) {
            answer.on('end', resolve).resume()
            return
          }
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () => reject(new Error(`${method} ${path}: ${status} ${Buffer.concat(chunks)}`)))
        })
        request.on('error', reject)
        request.end(text)
      }),
    watch: (path, onEvents) =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
        const at = { hostname, port, path: `${path}?watch=true&resourceVersion=0`, headers }
        const request = send({ ...at, ...(agent && { agent: watches }) }, (answer) => {
          answer.on('data', (chunk: Buffer) => onEvents(countLines(chunk)))
          answer.on('error', () => undefined)
          resolve()
        })
        open.push(request)
        request.on('error', reject)
        request.end()
      }),
    close() {
      for (const request of open) request.destroy()
      agent?.destroy()
      watches.destroy()
    },
  }
}

function countLines(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1
  return count
}
