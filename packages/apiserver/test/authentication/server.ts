import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { type ApiServer, type ApiServerOptions, createApiServer, parseTokenFile } from '../../src/index.ts'

export type Body = KubeObject & {
  readonly message?: string
  readonly reason?: string
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export const people = parseTokenFile(
  'admin-token,admin,uid-admin,system:masters\njane-token,jane,uid-jane,"dev,ops"\nbob-token,bob,uid-bob\n',
)

/** A server that knows people by token, with an account `robot` in `default`, asked over HTTP. */
export async function start(options: Partial<ApiServerOptions> & { readonly featureGates?: string } = {}) {
  const clock = new VirtualClock()
  const server = createApiServer({
    clock,
    random: createRandom('test'),
    gates: createFeatureGates({ set: options.featureGates ?? '' }),
    authentication: { tokens: people },
    ...options,
  })
  await server.bootstrap()
  const send = sender(server)
  const admin = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(method, path, body, { authorization: 'Bearer admin-token', ...headers })
  await admin('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } })
  const token = async (spec: object = {}, account = 'robot'): Promise<string> => {
    const { body } = await admin('POST', `/api/v1/namespaces/default/serviceaccounts/${account}/token`, { spec })
    return String(body.status?.['token'])
  }
  const review = async (value: string, audiences?: readonly string[]) => {
    const spec = { token: value, ...(audiences && { audiences }) }
    return (await admin('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec })).body.status ?? {}
  }
  const whoAmI = (headers: Record<string, string>) =>
    send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, headers)
  return { clock, server, send, admin, token, review, whoAmI }
}

function sender(server: ApiServer) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const init = { method, headers: { 'content-type': 'application/json', ...headers } }
    const request = new Request(`http://bonsai${path}`, {
      ...init,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await server.handle(request)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: parsed(text) as Body }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { message: text }
  }
}

/** Who a SelfSubjectReview says one is. */
export function userIn({ body }: Answer): unknown {
  return body.status?.['userInfo']
}

/** The claims of a token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
