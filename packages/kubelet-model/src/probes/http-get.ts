import type { Probe } from '@kube-bonsai/api-types/core/v1'
import { ConnectionRefusedError, type ProgramRequest, type ProgramResponse } from '../runtime/network.ts'

/** How an HTTP probe ended. */
export interface HttpAnswer {
  readonly result: 'success' | 'warning' | 'failure'
  readonly output: string
}

/** What to get, and from where. */
export interface HttpTarget {
  readonly wanted: NonNullable<Probe['httpGet']>
  readonly host: string
  readonly port: number
}

const maxBody = 10 * 1024
const maxRedirects = 10

/** Header names in lower case, with what a kubelet adds. `kind` is `probe` or `lifecycle`. */
export function requestHeaders(
  given: NonNullable<Probe['httpGet']>['httpHeaders'],
  kind: string,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null)
  for (const { name, value } of given ?? []) headers[name.toLowerCase()] ??= value
  headers['user-agent'] ??= `kube-${kind}/1.35`
  if (headers['accept'] === '') delete headers['accept']
  else headers['accept'] ??= '*/*'
  return headers
}

/**
 * One GET, with its redirects inside the same host. 200 to 399 is a success, what leads to another host only with a warning.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/probe/http/http.go
 */
export async function getOnce(
  { wanted, host, port }: HttpTarget,
  send: (request: ProgramRequest) => Promise<ProgramResponse>,
): Promise<HttpAnswer> {
  const scheme = (wanted.scheme ?? 'HTTP').toLowerCase()
  const headers = requestHeaders(wanted.httpHeaders, 'probe')
  let path = rooted(wanted.path ?? '/')
  const failed = (why: string): HttpAnswer => ({
    result: 'failure',
    output: `Get ${JSON.stringify(`${scheme}://${host}:${port}${path}`)}: ${why}`,
  })
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    let response: ProgramResponse
    try {
      response = await send({ method: 'GET', path, headers, body: '' })
    } catch (error) {
      if (!(error instanceof ConnectionRefusedError)) throw error
      return failed(`dial tcp ${host}:${port}: connect: connection refused`)
    }
    const { status } = response
    const body = (response.body ?? '').slice(0, maxBody)
    if (status < 200 || status >= 400)
      return { result: 'failure', output: `HTTP probe failed with statuscode: ${status}` }
    if (status < 300) return { result: 'success', output: body }
    const next = locationOf(response)
    if (next === undefined) return failed(`${status} response missing Location header`)
    const inside = pathInside(next, `${host}:${port}`)
    if (inside === undefined) return { result: 'warning', output: `Probe terminated redirects, Response body: ${body}` }
    path = inside
  }
  return failed('stopped after 10 redirects')
}

function locationOf({ headers = {} }: ProgramResponse): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')?.[1]
}

/** The path of a redirect that stays where it is; undefined for one to another host. */
function pathInside(location: string, authority: string): string | undefined {
  const match = /^https?:\/\/([^/?#]*)(.*)$/i.exec(location)
  if (match === null) return rooted(location)
  return match[1] === authority ? rooted(match[2] ?? '') : undefined
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
