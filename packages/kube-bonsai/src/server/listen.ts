import { writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Cluster } from '../cluster/cluster.ts'
import { type Credentials, newCredentials, newToken } from './credentials.ts'
import { guard } from './guard.ts'
import { kubeconfig } from './kubeconfig.ts'
import { type ApiHandler, apiListener, nodeListener } from './node-http.ts'
import { pageHandler } from './page-handler.ts'
import { serveStreams } from './websocket.ts'

/** How to listen. */
export interface ListenOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number
  /** Plain HTTP. HTTPS with a throw-away authority by default. */
  readonly http?: boolean
  /** Where to write a kubeconfig; none is written when absent. */
  readonly kubeconfig?: string
  /** Made for this start when absent; give your own to tell pods of the authority before. */
  readonly credentials?: Credentials
  /** The admin's bearer token; a random one when absent. */
  readonly token?: string
  /** False when the cluster itself tells who asks (`authenticate`); by default only the admin's token is let in. */
  readonly guarded?: boolean
  /** Also serves a page that shows the cluster, on a port of its own. */
  readonly page?: boolean
}

/** A server that listens on loopback. */
export interface RunningServer {
  readonly url: string
  /** Bearer token of the admin. */
  readonly token: string
  /** PEM of the throw-away authority; empty for plain HTTP. */
  readonly ca: string
  /** The text of a kubeconfig for this server. */
  readonly kubeconfig: string
  /** Where it was written; empty when it was not. */
  readonly kubeconfigPath: string
  /** Where the page is; empty without one. */
  readonly pageUrl: string
  /** Ends all connections. */
  close(): Promise<void>
}

const host = '127.0.0.1'

/** Serves a cluster on loopback. Rejects when the port is taken or the kubeconfig cannot be written. */
export async function listen(cluster: Cluster, options: ListenOptions = {}): Promise<RunningServer> {
  const credentials: Credentials | undefined = options.http
    ? undefined
    : (options.credentials ?? (await newCredentials(Date.now())))
  const token = options.token ?? credentials?.token ?? newToken()
  const answer: ApiHandler = (request) => cluster.server.answer(request)
  const guarded = options.guarded === false ? answer : guard(answer, token)
  const handler = apiListener(guarded)
  const server = credentials
    ? createHttpsServer({ cert: credentials.certificate, key: credentials.key }, handler)
    : createHttpServer(handler)
  serveStreams(server, guarded)
  // Watches last as long as their readers want.
  server.requestTimeout = 0
  // As upstream. Node.js hangs up after 5 seconds, just when a client that paused may send its next request.
  server.keepAliveTimeout = 90_000
  const port = await open(server, options.port ?? 0)
  const url = `${credentials ? 'https' : 'http'}://${host}:${port}`
  const text = kubeconfig({ url, token, ...(credentials && { ca: credentials.ca }) })
  const pages = options.page ? createHttpServer(nodeListener(pageHandler(cluster))) : undefined
  const pagePort = pages ? await open(pages, 0) : 0
  const close = async () => {
    await Promise.all([server, ...(pages ? [pages] : [])].map(shut))
  }
  try {
    if (options.kubeconfig) await writeFile(options.kubeconfig, text, { mode: 0o600 })
  } catch (error) {
    await close()
    throw error
  }
  return {
    url,
    token,
    ca: credentials?.ca ?? '',
    kubeconfig: text,
    kubeconfigPath: options.kubeconfig ?? '',
    pageUrl: pages ? `http://${host}:${pagePort}/` : '',
    close,
  }
}

function open(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
