import type { TokenContext } from './authenticator.ts'

/**
 * The token of an Authorization header; undefined when it has none, and is another scheme's.
 * @see staging/src/k8s.io/apiserver/pkg/authentication/request/bearertoken/bearertoken.go
 */
export function bearerToken(authorization: string, { warn }: Pick<TokenContext, 'warn'>): string | undefined {
  const [scheme = '', token, ...rest] = authorization.trim().split(' ')
  if (scheme.toLowerCase() !== 'bearer' || token === undefined) return undefined
  if (token !== '') return token
  if (rest.length > 0)
    warn('the provided Authorization header contains extra space before the bearer token, and is ignored')
  return undefined
}
