import type { ApiRequest } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { type ApiServerOptions, createApiServer } from '../../src/index.ts'

/** An object of any kind, as a test looks at it. */
export interface Body {
  readonly metadata?: { readonly [name: string]: unknown; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: {
    readonly [name: string]: unknown
    readonly containers?: readonly Readonly<Record<string, unknown>>[]
  }
  readonly status?: unknown
  readonly message?: string
}

export interface Answer {
  readonly status: number
  readonly message: string
  readonly warning: string
  readonly body: Body
}

/** A server with requests in short form. */
export async function start(options: Partial<ApiServerOptions> = {}) {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('1'), ...options })
  await server.bootstrap()
  const ask = async (
    method: ApiRequest['method'],
    path: string,
    body?: unknown,
    more: Partial<ApiRequest> = {},
  ): Promise<Answer> => {
    const response = await server.transport.request({ method, path, body, ...more })
    const answer = response.body as Body
    const { warning = '' } = response.headers
    return { status: response.status, message: answer.message ?? '', warning, body: answer }
  }
  return { ask, server }
}

export const pods = '/api/v1/namespaces/default/pods'

export function pod(name: string, spec: object = {}, metadata: object = {}) {
  const containers = [{ name: 'main', image: 'i' }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers, ...spec } }
}
