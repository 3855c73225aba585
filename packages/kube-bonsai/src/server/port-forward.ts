import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { PortsConnection } from '@kube-bonsai/apimachinery'
import type { WebSocket } from 'ws'
import { SpdyConnection, type SpdyStream } from './spdy.ts'

/** What kubectl 1.31 and later ask for: SPDY within WebSocket. */
export const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'

/**
 * Carries connections to the ports of a pod over a WebSocket until either end is done. Each is a pair of streams, one for data and
 * one for what went wrong; the bytes of the first are HTTP/1.1, which the pod's programs speak.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go
 */
export function carryPorts(client: WebSocket, ports: PortsConnection): void {
  const pairs = new Map<string, Partial<Record<'data' | 'error', SpdyStream>>>()
  const http = httpServer(ports)
  const connection = new SpdyConnection({
    send: (bytes) => client.send(bytes),
    onEnd: () => client.close(1000),
    onStream(stream) {
      const type = stream.headers.get('streamtype')
      if (type !== 'data' && type !== 'error') return void stream.destroy()
      const id = stream.headers.get('requestid') ?? stream.headers.get('port') ?? ''
      const pair = { ...pairs.get(id), [type]: stream }
      const { data, error } = pair
      if (data === undefined || error === undefined) return void pairs.set(id, pair)
      pairs.delete(id)
      forward(Number(data.headers.get('port')), data, error)
    },
  })
  const forward = (port: number, data: SpdyStream, error: SpdyStream) => {
    if (!ports.listens(port)) {
      const why = `dial tcp4 127.0.0.1:${port}: connect: connection refused`
      error.end(
        `error forwarding port ${port} to pod ${ports.pod}, uid : failed to connect to localhost:${port}: ${why}`,
      )
      data.end()
      return
    }
    portOf.set(data, port)
    data.once('close', () => error.end())
    data.once('finish', () => error.end())
    http.emit('connection', data)
  }
  client.on('message', (message: Buffer) => connection.receive(message))
  client.on('close', () => {
    connection.close()
    http.close()
  })
  client.on('error', () => connection.close())
}

const portOf: WeakMap<object, number> = new WeakMap()

/** Answers requests on streams that look like sockets; it listens on no port of its own. */
function httpServer(ports: PortsConnection) {
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part as Buffer)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
    }
    const {
      status,
      headers: own = {},
      body = '',
    } = await ports.request(portOf.get(incoming.socket) ?? 0, {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers,
      body: Buffer.concat(parts).toString('utf8'),
    })
    outgoing.writeHead(status, { ...own, 'content-length': Buffer.byteLength(body) }).end(body)
  }
  return createServer((incoming, outgoing) => {
    // Whoever listened a moment ago may have ended since.
    answer(incoming, outgoing).catch(() => outgoing.destroy())
  })
}
