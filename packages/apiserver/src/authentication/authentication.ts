import { type ApiRequest, aggregateMessage } from '@kube-bonsai/apimachinery'
import type { User } from '../context.ts'
import { type Authenticated, AuthenticationError, type TokenAuthenticator, type TokenContext } from './authenticator.ts'
import { bearerToken } from './bearer-token.ts'
import { StaticTokens } from './static-tokens.ts'

/** How the server knows who asks over HTTP, beside the tokens of service accounts, which it always knows. */
export interface AuthenticationOptions {
  /** People by bearer token, as {@link parseTokenFile} reads them: `--token-auth-file`. */
  readonly tokens?: ReadonlyMap<string, User>
  /** `--anonymous-auth`: false refuses those who bear no token; by default they are `system:anonymous`. */
  readonly anonymous?: boolean
}

/** Says who asks, or undefined to leave it to the bearer token of the request. */
export type RequestAuthenticator = (request: ApiRequest) => User | undefined | Promise<User | undefined>

/** What the chain is made of. */
export interface AuthenticationSources {
  /** For whom tokens have to be meant. */
  readonly audiences: readonly string[]
  readonly serviceAccounts: TokenAuthenticator
  readonly options?: AuthenticationOptions | undefined
  /** Asked before anything else; without a token, only they can say who asks. */
  readonly custom?: RequestAuthenticator | undefined
  /** Who asks when nothing was said about authentication, and no token is borne. */
  readonly admin: User
}

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const authenticatedGroup = 'system:authenticated'
const marks = [authenticatedGroup, 'system:unauthenticated']

/** Finds out who asks. @see pkg/kubeapiserver/authenticator/config.go */
export class Authentication {
  readonly audiences: readonly string[]
  readonly #tokens: readonly TokenAuthenticator[]
  readonly #custom: RequestAuthenticator | undefined
  readonly #bearsNone: User | undefined

  constructor({ audiences, serviceAccounts, options, custom, admin }: AuthenticationSources) {
    this.audiences = audiences
    this.#tokens = [new StaticTokens(options?.tokens ?? new Map(), audiences), serviceAccounts]
    this.#custom = custom
    this.#bearsNone = bearsNone(options, custom, admin)
  }

  /**
   * Who sends a request; undefined when nobody can tell. Rejects with an AuthenticationError for a token that is not good.
   */
  async authenticate(request: ApiRequest, context: TokenContext): Promise<Authenticated | undefined> {
    const user = await this.#custom?.(request)
    if (user !== undefined) return { user, audiences: context.audiences }
    const token = bearerToken(request.headers?.['authorization'] ?? '', context)
    if (token !== undefined) return withGroup(await this.#bearerOf(token, context))
    return this.#bearsNone && { user: this.#bearsNone, audiences: context.audiences }
  }

  /** Asks one after the other; the errors of those who knew the token and did not take it count when nobody takes it. */
  async #bearerOf(token: string, context: TokenContext): Promise<Authenticated> {
    // Upstream's server knows itself by a token, too, and what knows that one knows no other.
    const errors = ['invalid bearer token']
    for (const authenticator of this.#tokens) {
      try {
        const found = await authenticator.authenticateToken(token, context)
        if (found) return found
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error
        errors.push(error.message)
      }
    }
    throw new AuthenticationError(aggregateMessage(errors))
  }
}

function bearsNone(
  options: AuthenticationOptions | undefined,
  custom: RequestAuthenticator | undefined,
  admin: User,
): User | undefined {
  if (options === undefined) return custom === undefined ? admin : undefined
  return options.anonymous === false ? undefined : anonymous
}

/** @see staging/src/k8s.io/apiserver/pkg/authentication/group/authenticated_group_adder.go */
function withGroup(found: Authenticated): Authenticated {
  const { user } = found
  if (user.name === anonymous.name || user.groups.some((group) => marks.includes(group))) return found
  return { ...found, user: { ...user, groups: [...user.groups, authenticatedGroup] } }
}
