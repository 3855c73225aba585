import type { Transport } from '@kube-bonsai/apimachinery'

/** Adds headers to every request; those that a request brings itself win. Names are lower-cased. */
export function headersTransport(transport: Transport, headers: Readonly<Record<string, string>>): Transport {
  const added = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    request: (request) => transport.request({ ...request, headers: { ...added, ...request.headers } }),
  }
}

/** Authenticates every request with a bearer token, unless the request says who it is. */
export function bearerTransport(transport: Transport, token: string): Transport {
  return headersTransport(transport, { authorization: `Bearer ${token}` })
}
