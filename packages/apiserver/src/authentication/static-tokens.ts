import type { User } from '../context.ts'
import { type Authenticated, intersection, type TokenAuthenticator, type TokenContext } from './authenticator.ts'

/** Knows people by tokens that were given to the server when it was made. They are meant for the server itself. */
export class StaticTokens implements TokenAuthenticator {
  readonly #users: ReadonlyMap<string, User>
  readonly #audiences: readonly string[]

  constructor(users: ReadonlyMap<string, User>, audiences: readonly string[]) {
    this.#users = users
    this.#audiences = audiences
  }

  authenticateToken(token: string, context: TokenContext): Authenticated | undefined {
    const audiences = intersection(context.audiences, this.#audiences)
    const user = this.#users.get(token)
    return user === undefined || audiences.length === 0 ? undefined : { user, audiences }
  }
}
