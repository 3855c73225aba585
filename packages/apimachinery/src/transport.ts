import type { Status, WatchEvent } from './objects.ts'

/** The part of the web's AbortSignal that is needed here; every AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** One request to an API server, before any encoding. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  /** Begins with a slash, has no query: `/api/v1/namespaces/default/pods`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  /** Header names in lower case. For a patch, `content-type` says which. */
  readonly headers?: Readonly<Record<string, string>>
  /** The object itself, never an encoding of it. In process it is passed by reference. */
  readonly body?: unknown
  /** Ends the request, or the watch that it began. */
  readonly signal?: CancelSignal
}

/** One answer of an API server: a body, or the events of a watch. Failures are answers too: their body is a Status. */
export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Only for a watch. Ends when the server ends it, or when the request's signal aborts. */
  readonly events?: AsyncIterable<WatchEvent<unknown>>
  /** Only for what is text rather than an object (a log): its pieces, as they come. */
  readonly stream?: AsyncIterable<string>
  /** Only with status 101: the process that the request leads to. */
  readonly connection?: ProcessConnection
  /** Only with status 101: the ports of the pod that the request leads to. */
  readonly ports?: PortsConnection
}

/** What a process wrote. */
export interface ProcessOutput {
  readonly stream: 'stdout' | 'stderr'
  readonly data: Uint8Array
}

/** A process in a container as its client sees it: what `exec` and `attach` lead to. */
export interface ProcessConnection {
  /** Ends when the process has ended and all that it wrote was read. */
  readonly output: AsyncIterable<ProcessOutput>
  /** How it ended: Success, or a Failure whose details name the exit code. Never rejects. */
  readonly ended: Promise<Status>
  /** Writes to its standard input; what a process without one is sent is dropped. */
  write(data: Uint8Array): void
  /** Nothing more will be written. */
  closeInput(): void
  /** The client's terminal has so many columns and rows. */
  resize(columns: number, rows: number): void
  /** The client went away. */
  close(): void
}

/** A request to a program that listens on a port of a pod. Header names are in lower case. */
export interface PortRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a program answers. */
export interface PortResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The ports of a pod as a client sees them: what `portforward` leads to. */
export interface PortsConnection {
  /** What errors call the pod. */
  readonly pod: string
  /** True when somebody listens. */
  listens(port: number): boolean
  /** Asks whoever listens; rejects with an Error when nobody does. */
  request(port: number, request: PortRequest): Promise<PortResponse>
}

/** Carries requests to an API server: in process, or over HTTP. Rejects only when there is no answer at all. */
export interface Transport {
  request(request: ApiRequest): Promise<ApiResponse>
}
