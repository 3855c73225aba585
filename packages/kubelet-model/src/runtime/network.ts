/** A request to a program that listens. Header names are in lower case. */
export interface ProgramRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a program answers. */
export interface ProgramResponse {
  /** 200 and so on. */
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Answers the requests to one port. One that throws answers with 500. */
export type RequestHandler = (request: ProgramRequest) => Promise<ProgramResponse> | ProgramResponse

/** How a service stands that speaks gRPC's health protocol; `UNIMPLEMENTED` for one that does not speak it. */
export type GrpcHealth = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | 'SERVICE_UNKNOWN' | 'UNIMPLEMENTED'

/** Says how a service stands; the empty name asks for the server as a whole. */
export type GrpcHandler = (service: string) => Promise<GrpcHealth> | GrpcHealth

/** Nobody listens where somebody wanted to connect. */
export class ConnectionRefusedError extends Error {
  override readonly name = 'ConnectionRefusedError'
  readonly port: number
  constructor(port: number) {
    super(`nobody listens on port ${port}: connection refused`)
    this.port = port
  }
}

/** A port is not free, or is none. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly port: number
  constructor(port: number, why: string) {
    super(`listen tcp :${port}: ${why}`)
    this.port = port
  }
}

type Listener =
  | { readonly kind: 'http'; readonly owner: string; readonly handler: RequestHandler }
  | { readonly kind: 'grpc'; readonly owner: string; readonly handler: GrpcHandler }

/** The ports of one pod, which its containers share. */
export class PodNetwork {
  readonly #listeners: Map<number, Listener> = new Map()

  /** Opens a port for a container; the returned function closes it. Throws a ListenError for one that is taken or out of range. */
  listen(port: number, listener: Listener): () => void {
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new ListenError(port, 'invalid port')
    if (this.#listeners.has(port)) throw new ListenError(port, 'bind: address already in use')
    this.#listeners.set(port, listener)
    return () => {
      if (this.#listeners.get(port) === listener) this.#listeners.delete(port)
    }
  }

  /** A container has ended: nobody answers on its ports. */
  close(owner: string): void {
    for (const [port, listener] of this.#listeners) if (listener.owner === owner) this.#listeners.delete(port)
  }

  has(port: number): boolean {
    return this.#listeners.has(port)
  }

  /** Rejects with a ConnectionRefusedError when nobody listens. */
  async request(port: number, request: ProgramRequest): Promise<ProgramResponse> {
    const listener = this.#listeners.get(port)
    if (listener === undefined) throw new ConnectionRefusedError(port)
    if (listener.kind === 'grpc') return { status: 415, body: 'this port speaks gRPC\n' }
    try {
      return await listener.handler(request)
    } catch (error) {
      return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` }
    }
  }

  /** Rejects with a ConnectionRefusedError when nobody listens. */
  async grpcHealth(port: number, service: string): Promise<GrpcHealth> {
    const listener = this.#listeners.get(port)
    if (listener === undefined) throw new ConnectionRefusedError(port)
    if (listener.kind === 'http') return 'UNIMPLEMENTED'
    try {
      return await listener.handler(service)
    } catch {
      return 'UNKNOWN'
    }
  }
}
