import type { Secret } from '@kube-bonsai/api-types/core/v1'
import { quote } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import {
  type Authenticated,
  AuthenticationError,
  intersection,
  type TokenAuthenticator,
  type TokenContext,
} from '../authenticator.ts'
import { bearerOfBoundToken } from './bound-tokens.ts'
import { claimsText, readPublicClaims, type TokenClaims } from './claims.ts'
import { type Bearer, userOf } from './extra.ts'
import { bearerOfLegacyToken, legacyIssuer } from './legacy-tokens.ts'
import type { TokenObjects } from './lookup.ts'
import { resolveOptions, type ServiceAccountOptions, type ServiceAccountSettings } from './options.ts'
import { checkSignature, type ParsedToken, parseToken } from './signed-token.ts'
import { loadTokenKeys, type TokenKeys } from './token-keys.ts'

/** What tokens of service accounts depend on. */
export interface ServiceAccountTokenSources {
  readonly clock: Clock
  readonly objects: TokenObjects
  readonly options?: ServiceAccountOptions | undefined
  /** Adds labels to a secret. */
  label(secret: Secret, labels: Readonly<Record<string, string>>): Promise<void>
}

/** So many signatures are remembered: what was signed well stays so, but everything else is asked again each time. */
const remembered = 4096

/** Makes and checks the tokens of service accounts. @see pkg/serviceaccount/jwt.go */
export class ServiceAccountTokens implements TokenAuthenticator {
  readonly settings: ServiceAccountSettings
  readonly #sources: ServiceAccountTokenSources
  readonly #signed = new Map<string, ParsedToken>()
  #keys: Promise<TokenKeys> | undefined

  constructor(sources: ServiceAccountTokenSources) {
    this.#sources = sources
    this.settings = resolveOptions(sources.options)
  }

  /** What tokens are signed with; made when it is first asked for, unless it was given. */
  keys(): Promise<TokenKeys> {
    this.#keys ??= this.#loadKeys()
    return this.#keys
  }

  async #loadKeys(): Promise<TokenKeys> {
    const { signingKey, verificationKeys } = this.#sources.options ?? {}
    return loadTokenKeys(typeof signingKey === 'function' ? await signingKey() : signingKey, verificationKeys)
  }

  /** A signed token. */
  async issue(claims: TokenClaims): Promise<string> {
    return (await this.keys()).sign(claimsText(this.settings.issuer, claims))
  }

  async authenticateToken(token: string, context: TokenContext): Promise<Authenticated | undefined> {
    const parsed = this.#signed.get(token) ?? parseToken(token)
    const issuer = parsed?.claims['iss']
    const isLegacy = issuer === legacyIssuer
    if (parsed === undefined || !(isLegacy || this.settings.issuers.some((known) => known === issuer))) return undefined
    await this.#checkSignature(token, parsed)
    const claims = readPublicClaims(parsed.claims)
    const audiences = this.#audiences(claims.audiences, context.audiences)
    const now = this.#sources.clock.now()
    const { objects, label } = this.#sources
    const bearer: Bearer = isLegacy
      ? await bearerOfLegacyToken({ objects, label, now, warn: context.warn }, token, claims, parsed.claims)
      : await bearerOfBoundToken(objects, now, claims, parsed.claims)
    return { user: userOf(bearer), audiences }
  }

  async #checkSignature(token: string, parsed: ParsedToken): Promise<void> {
    if (this.#signed.has(token)) return
    await checkSignature(await this.keys(), token, parsed)
    const [oldest] = this.#signed.keys()
    if (this.#signed.size >= remembered && oldest !== undefined) this.#signed.delete(oldest)
    this.#signed.set(token, parsed)
  }

  /** Tokens that name no audience are for the server. */
  #audiences(named: readonly string[], wanted: readonly string[]): readonly string[] {
    const own = named.length === 0 ? this.settings.audiences : named
    const fitting = intersection(wanted, own)
    if (fitting.length > 0) return fitting
    const list = (audiences: readonly string[]) => `[${audiences.map(quote).join(' ')}]`
    throw new AuthenticationError(`token audiences ${list(own)} is invalid for the target audiences ${list(wanted)}`)
  }
}
