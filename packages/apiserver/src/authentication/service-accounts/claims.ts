import { AuthenticationError } from '../authenticator.ts'
import type { ObjectReference } from './extra.ts'
import type { AccountName } from './names.ts'
import { accountUserName } from './names.ts'

/** What a token of a service account is to say; times in seconds since the epoch. */
export interface TokenClaims {
  readonly account: AccountName & { readonly uid: string }
  readonly audiences: readonly string[]
  readonly issuedAt: number
  readonly expiresAt: number
  readonly id: string
  readonly pod?: ObjectReference | undefined
  readonly secret?: ObjectReference | undefined
  readonly node?: ObjectReference | undefined
  /** From when on the token counts as stale, although it is good for longer. */
  readonly warnAfter?: number | undefined
}

/** The payload of a token. @see pkg/serviceaccount/claims.go */
export function claimsText(issuer: string, claims: TokenClaims): string {
  const { account, audiences, issuedAt, expiresAt, id, pod, secret, node, warnAfter } = claims
  return JSON.stringify({
    aud: audiences,
    exp: expiresAt,
    iat: issuedAt,
    iss: issuer,
    jti: id,
    'kubernetes.io': {
      namespace: account.namespace,
      ...(node && { node: reference(node) }),
      ...(pod && { pod: reference(pod) }),
      ...(secret && { secret: reference(secret) }),
      serviceaccount: reference(account),
      ...(warnAfter !== undefined && { warnafter: warnAfter }),
    },
    nbf: issuedAt,
    sub: accountUserName(account),
  })
}

/** Nodes that are not there have no uid. */
function reference({ name, uid }: ObjectReference): object {
  return { name, ...(uid !== '' && { uid }) }
}

/** The claims that every token may have; what is absent is empty. */
export interface PublicClaims {
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  readonly id: string
  readonly expiresAt?: number | undefined
  readonly notBefore?: number | undefined
  readonly issuedAt?: number | undefined
}

type Raw = Readonly<Record<string, unknown>>

/** Reads the claims of a token that is signed well. Throws an AuthenticationError for values of other types. */
export function readPublicClaims(claims: Raw): PublicClaims {
  return {
    issuer: text(claims, 'iss'),
    subject: text(claims, 'sub'),
    audiences: audiences(claims['aud']),
    id: text(claims, 'jti'),
    expiresAt: seconds(claims, 'exp'),
    notBefore: seconds(claims, 'nbf'),
    issuedAt: seconds(claims, 'iat'),
  }
}

/** A text among claims; empty when absent. Throws an AuthenticationError for anything else. */
export function text(claims: Raw, name: string): string {
  const value = claims[name]
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new AuthenticationError(`claim ${JSON.stringify(name)} is no text`)
}

/** An object among claims; undefined when absent. Throws an AuthenticationError for anything else. */
export function object(claims: Raw, name: string): Raw | undefined {
  const value = claims[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as Raw
  throw new AuthenticationError(`claim ${JSON.stringify(name)} is no object`)
}

/** What claims say of an object; undefined when they do not speak of it. */
export function referenceIn(claims: Raw, name: string): ObjectReference | undefined {
  const found = object(claims, name)
  return found && { name: text(found, 'name'), uid: text(found, 'uid') }
}

function seconds(claims: Raw, name: string): number | undefined {
  const value = claims[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return Math.trunc(value)
  throw new AuthenticationError('go-jose/go-jose/jwt: expected number value to unmarshal NumericDate')
}

function audiences(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((entry): entry is string => typeof entry === 'string')) return value
  throw new AuthenticationError('go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience')
}
