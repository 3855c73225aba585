import type { ApiRequest, ApiResponse } from '@kube-bonsai/apimachinery'
import { refusedByRouter } from '../codec/negotiation.ts'
import { methodNotAllowed, pathNotFound } from '../request/not-found.ts'
import type { ServiceAccountTokens } from './service-accounts/service-account-tokens.ts'

/** Where the pages are by which others check tokens. */
const keysPath = '/openid/v1/jwks'
const issuerPaths: readonly string[] = ['/.well-known/openid-configuration', keysPath]

/** The page at one of these paths; undefined for other paths. @see pkg/serviceaccount/openidmetadata.go */
export async function issuerPage(
  tokens: ServiceAccountTokens,
  request: Pick<ApiRequest, 'method' | 'path' | 'headers'>,
): Promise<ApiResponse | undefined> {
  const { headers } = request
  const path = request.path.replace(/\/$/, '')
  const root = issuerPaths.find((one) => path === one || path.startsWith(`${one}/`))
  const { settings } = tokens
  if (root === undefined || !isIssuerUrl(settings.issuer)) return undefined
  if (path !== root) throw pathNotFound()
  if (request.method !== 'GET') throw methodNotAllowed()
  const type = path === keysPath ? 'application/jwk-set+json' : 'application/json'
  const refused = refusedByRouter(headers?.['accept'] ?? '', [type])
  if (refused) throw refused
  const { verification } = await tokens.keys()
  const answer = (body: object) => ({
    status: 200,
    headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' },
    body: text(body),
  })
  if (path === keysPath) return answer({ keys: verification.map(({ jwk }) => jwk) })
  const host = settings.externalAddress || headers?.['host'] || 'localhost'
  return answer({
    issuer: settings.issuer,
    jwks_uri: `https://${host}${keysPath}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(verification.map(({ algorithm }) => algorithm))].sort(),
  })
}

/** Others have to find the issuer, so the pages are there for its https URLs alone. */
function isIssuerUrl(issuer: string): boolean {
  return URL.canParse(issuer) && new URL(issuer).protocol === 'https:' && !/[?#]/.test(issuer)
}

/** The pages end without the line break of objects. */
function text(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
