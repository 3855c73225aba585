import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProcessConnection, Status } from '@kube-bonsai/apimachinery'
import type { HttpResponse } from '@kube-bonsai/apiserver'
import type { WebSocket, WebSocketServer } from 'ws'
import { type ApiHandler, toApiRequest } from './node-http.ts'
import { carryPorts, tunnelProtocol } from './port-forward.ts'

/** Newest first; the first byte of each message says which stream it belongs to. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
/** The library takes no slash in the name of a protocol; Kubernetes' has one. */
const tunnelAlias = 'portforward.k8s.io'
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/**
 * Lets clients reach processes in containers over WebSocket, as kubectl does for exec and attach. Requests for anything else, and
 * refusals, are answered as plain HTTP. The WebSocket library loads with the first connection.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
export function serveStreams(server: Server, handler: ApiHandler): void {
  let sockets: Promise<WebSocketServer> | undefined
  const open = new Set<Duplex>()
  server.on('close', () => {
    for (const socket of open) socket.destroy()
  })
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    const gone = new AbortController()
    socket.once('close', () => gone.abort())
    const connect = async () => {
      const response = await handler(toApiRequest(incoming, gone.signal))
      const { connection, ports } = response
      if (connection === undefined && ports === undefined) return refuse(socket, response)
      const known = ports ? [tunnelProtocol] : protocols
      if (!offered(incoming).some((name) => known.includes(name))) {
        connection?.close()
        const text = `unsupported: streams without one of the protocols ${known.join(', ')}\n`
        return refuse(socket, { status: 400, headers: { 'content-type': 'text/plain' }, body: text })
      }
      sockets ??= newSocketServer()
      const webSockets = await sockets
      if (ports) incoming.headers['sec-websocket-protocol'] = tunnelAlias
      webSockets.handleUpgrade(incoming, socket, head, (client) => {
        if (ports) carryPorts(client, ports)
        else if (connection) void carry(client, connection)
      })
    }
    connect().catch(() => socket.destroy())
  })
}

const offered = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())

async function newSocketServer(): Promise<WebSocketServer> {
  const { WebSocketServer: Sockets } = await import('ws')
  const made = new Sockets({
    noServer: true,
    maxPayload: 32 * 1024 * 1024,
    handleProtocols: (names) => [...protocols, tunnelAlias].find((name) => names.has(name)) ?? false,
  })
  made.on('headers', (lines) => {
    const index = lines.indexOf(`Sec-WebSocket-Protocol: ${tunnelAlias}`)
    if (index >= 0) lines[index] = `Sec-WebSocket-Protocol: ${tunnelProtocol}`
  })
  return made
}

async function refuse(socket: Duplex, { status, headers, body = '' }: HttpResponse): Promise<void> {
  const parts: (string | Uint8Array)[] = []
  if (typeof body === 'string' || body instanceof Uint8Array) parts.push(body)
  else for await (const part of body) parts.push(part)
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const lines = Object.entries({ ...headers, 'content-length': String(bytes.length), connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} \r\n${head}\r\n`), bytes]))
}

/** Carries a process over a WebSocket until either end is done. */
async function carry(client: WebSocket, process: ProcessConnection): Promise<void> {
  client.on('message', (data: Buffer) => receive(process, data))
  client.on('close', () => process.close())
  client.on('error', () => process.close())
  const send = (channel: number, data: Uint8Array) =>
    new Promise<void>((resolve) => client.send(Buffer.concat([Buffer.of(channel), data]), () => resolve()))
  for await (const { stream, data } of process.output) await send(channels[stream], data)
  await send(channels.error, Buffer.from(JSON.stringify(slim(await process.ended))))
  client.close(1000)
}

function receive(process: ProcessConnection, message: Buffer): void {
  const data = message.subarray(1)
  switch (message[0]) {
    case channels.stdin:
      if (data.length > 0) process.write(data)
      return
    case channels.close:
      if (data[0] === channels.stdin) process.closeInput()
      return
    case channels.resize: {
      const size = sizeOf(data)
      if (size) process.resize(size.columns, size.rows)
    }
  }
}

function sizeOf(data: Buffer): { readonly columns: number; readonly rows: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(data.toString('utf8')) as {
      readonly Width?: unknown
      readonly Height?: unknown
    }
    return typeof Width === 'number' && typeof Height === 'number' ? { columns: Width, rows: Height } : undefined
  } catch {
    return undefined
  }
}

/** The streams' own Status comes without kind and version. */
function slim({ kind: _kind, apiVersion: _version, ...status }: Status): object {
  return status
}
