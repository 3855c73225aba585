import type { CancelSignal, PortsConnection, ProcessConnection } from '@kube-bonsai/apimachinery'

/** An HTTP request with nothing read of its body yet, for hosts that have no fetch `Request`, or want to save its cost. */
export interface HttpRequest {
  readonly method: string
  /** Path and query, as on the request line: `/api/v1/pods?limit=1`. */
  readonly url: string
  /** Names in lower case; values of a repeated header joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>
  /** The values of repeated headers, where the host still has them apart: names of groups may hold commas. */
  readonly repeated?: Readonly<Record<string, readonly string[]>>
  /** Aborts when the client goes away. */
  readonly signal: CancelSignal
  /** The whole body, or undefined when it holds more bytes than `limit`. Rejects when the client goes away. */
  readBody(limit: number): Promise<Uint8Array | undefined>
}

/** An HTTP answer. A body that is iterable is one to stream: end the iteration early when the client goes away. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>
  /** Only with status 101: the host is to speak WebSocket with the client from here on, and carry this over it. */
  readonly connection?: ProcessConnection
  /** The same for the ports of a pod. */
  readonly ports?: PortsConnection
}
