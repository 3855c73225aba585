import { timingSafeEqual } from 'node:crypto'
import { newUnauthorized } from '@kube-bonsai/apimachinery'
import type { ApiHandler } from './node-http.ts'

// What upstream shows to everybody by the role system:public-info-viewer.
const open = new Set(['/healthz', '/livez', '/readyz', '/version', '/version/'])

/**
 * Lets in who bears the token, and everybody to what is public; answers 401 to those who bear none. Other tokens are the
 * server's own business: it knows those of service accounts.
 */
export function guard(handler: ApiHandler, token: string): ApiHandler {
  const expected = Buffer.from(`Bearer ${token}`)
  return async (request) => {
    const { authorization, ...headers } = request.headers
    const given = Buffer.from(authorization ?? '')
    const known = given.length === expected.length && timingSafeEqual(given, expected)
    if (known || open.has(request.url.split('?', 1)[0] ?? '')) return handler({ ...request, headers })
    if (/^bearer +[^ ]/i.test((authorization ?? '').trim())) return handler(request)
    const { status } = newUnauthorized('Unauthorized')
    return { status: 401, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(status)}\n` }
  }
}
