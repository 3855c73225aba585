import type { ApiRequest, ApiResponse } from '@kube-bonsai/apimachinery'
import type { ServiceAccountTokens } from './service-accounts/service-account-tokens.ts'

/** Where the pages are by which others check tokens. */
export const issuerPaths: readonly string[] = ['/.well-known/openid-configuration', '/openid/v1/jwks']

const forAnHour = { 'cache-control': 'public, max-age=3600' }

/** The page at one of these paths; undefined for other paths. @see pkg/serviceaccount/openidmetadata.go */
export async function issuerPage(
  tokens: ServiceAccountTokens,
  { path, headers }: Pick<ApiRequest, 'path' | 'headers'>,
): Promise<ApiResponse | undefined> {
  if (!issuerPaths.includes(path)) return undefined
  const { settings } = tokens
  if (!isIssuerUrl(settings.issuer)) return undefined
  const { verification } = await tokens.keys()
  if (path === issuerPaths[1]) {
    const keys = verification.map(({ jwk }) => jwk)
    return { status: 200, headers: { 'content-type': 'application/jwk-set+json', ...forAnHour }, body: text({ keys }) }
  }
  const host = settings.externalAddress || headers?.['host'] || 'localhost'
  const body = text({
    issuer: settings.issuer,
    jwks_uri: `https://${host}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(verification.map(({ algorithm }) => algorithm))].sort(),
  })
  return { status: 200, headers: { 'content-type': 'application/json', ...forAnHour }, body }
}

/** Others have to find the issuer, so the pages are there for its https URLs alone. */
function isIssuerUrl(issuer: string): boolean {
  return URL.canParse(issuer) && new URL(issuer).protocol === 'https:' && !/[?#]/.test(issuer)
}

/** The pages end without the line break of objects. */
function text(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
