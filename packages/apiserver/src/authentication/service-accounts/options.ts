/** How tokens of service accounts are made and checked. */
export interface ServiceAccountOptions {
  /**
   * `--service-account-issuer`: the first one issues, tokens of all of them are taken; `https://kubernetes.default.svc` by default.
   * Throws a RangeError for one that has a colon and is no URL, and for an empty list.
   */
  readonly issuers?: readonly string[]
  /** `--api-audiences`: tokens for one of these are for the server; the issuers by default. */
  readonly audiences?: readonly string[]
  /**
   * Signs tokens: RSA for RS256, or ECDSA on P-256, P-384 or P-521. A function is called when a key is first needed; without
   * this, one for ES256 is made then.
   */
  readonly signingKey?: CryptoKeyPair | (() => Promise<CryptoKeyPair>)
  /** Public keys by which tokens are checked beside that of the pair. */
  readonly verificationKeys?: readonly CryptoKey[]
  /** `--service-account-max-token-expiration` in seconds, at least an hour and at most 2^32; no limit by default. */
  readonly maxExpirationSeconds?: number
  /** `--service-account-extend-token-expiration`: tokens in pods are good for a year, whatever they say; true by default. */
  readonly extendExpiration?: boolean
  /** Where the server is reached, `HOST:PORT`, for `jwks_uri`; what the client asked for when absent. */
  readonly externalAddress?: string
}

/** The same with everything settled. */
export interface ServiceAccountSettings {
  readonly issuer: string
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
  /** 0 for no limit. */
  readonly maxExpirationSeconds: number
  readonly extendExpiration: boolean
  readonly externalAddress: string
}

/** The lifetime that the token of a pod's volume asks for; it tells such tokens from others, so that only theirs are extended. */
export const projectedTokenSeconds = 3607
/** How long extended tokens are good. */
export const extendedTokenSeconds: number = 365 * 24 * 3600
const hour = 3600

/** Settles options. Throws a RangeError for values that fit nothing. @see pkg/kubeapiserver/options/authentication.go */
export function resolveOptions(options: ServiceAccountOptions = {}): ServiceAccountSettings {
  const { issuers = ['https://kubernetes.default.svc'], maxExpirationSeconds = 0, extendExpiration = true } = options
  const [issuer] = issuers
  if (issuer === undefined) throw new RangeError('service-account-issuer is a required flag')
  for (const one of issuers) {
    if (one === '' || (one.includes(':') && !URL.canParse(one)))
      throw new RangeError(`service-account-issuer ${JSON.stringify(one)} contained a ':' but was not a valid URL`)
  }
  if (maxExpirationSeconds !== 0 && !(maxExpirationSeconds >= hour && maxExpirationSeconds <= 2 ** 32))
    throw new RangeError('the service-account-max-token-expiration must be between 1 hour and 2^32 seconds')
  const { audiences = [], externalAddress = '' } = options
  return {
    issuer,
    issuers,
    audiences: audiences.length > 0 ? audiences : issuers,
    maxExpirationSeconds,
    extendExpiration,
    externalAddress,
  }
}
