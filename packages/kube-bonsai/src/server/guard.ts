import { timingSafeEqual } from 'node:crypto'
import { newUnauthorized } from '@kube-bonsai/apimachinery'
import type { FetchHandler } from './node-http.ts'

// What upstream shows to everybody by the role system:public-info-viewer.
const open = new Set(['/healthz', '/livez', '/readyz', '/version', '/version/'])

/** Lets in who bears the token, and everybody to what is public; answers 401 to all others. */
export function guard(handler: FetchHandler, token: string): FetchHandler {
  const expected = Buffer.from(`Bearer ${token}`)
  return async (request) => {
    const given = Buffer.from(request.headers.get('authorization') ?? '')
    const known = given.length === expected.length && timingSafeEqual(given, expected)
    if (known || open.has(new URL(request.url).pathname)) return handler(request)
    const { status } = newUnauthorized('Unauthorized')
    return new Response(`${JSON.stringify(status)}\n`, { status: 401, headers: { 'content-type': 'application/json' } })
  }
}
