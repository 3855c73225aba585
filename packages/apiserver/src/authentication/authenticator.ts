import type { User } from '../context.ts'

/** Who bears a token. */
export interface Authenticated {
  readonly user: User
  /** For whom the token is meant, as far as that was asked; absent when it is meant for nobody in particular. */
  readonly audiences?: readonly string[]
}

/** What an authenticator may know of the request. */
export interface TokenContext {
  /** For whom the token has to be meant. */
  readonly audiences: readonly string[]
  /** Tells the client something with the answer. */
  warn(text: string): void
}

/** Knows some tokens. */
export interface TokenAuthenticator {
  /** Undefined for a token that is not its own. Throws an AuthenticationError for one of its own that is not good. */
  authenticateToken(
    token: string,
    context: TokenContext,
  ): Promise<Authenticated | undefined> | Authenticated | undefined
}

/** A token that is not good; the message is what a TokenReview tells. A client that asks with it gets a plain 401. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
}

/** Those of a list that are in another one, too, in the order of the first. */
export function intersection(wanted: readonly string[], known: readonly string[]): readonly string[] {
  return wanted.filter((entry) => known.includes(entry))
}
