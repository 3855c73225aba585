import type { TokenReview, TokenReviewStatus } from '@kube-bonsai/api-types/authentication/v1'
import { type KubeObject, newBadRequest } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { AuthenticationError } from '../authenticator.ts'
import { userInfo } from './user-info.ts'

/**
 * Says who bears a token. A token that is not good is an answer, too; throws a 400 for a review without one.
 * @see pkg/registry/authentication/tokenreview/storage.go
 */
export async function reviewToken(context: RequestContext, body: KubeObject): Promise<KubeObject> {
  const review = body as Partial<TokenReview>
  const { token = '', audiences = [] } = review.spec ?? {}
  if (token === '') throw newBadRequest('token is required for TokenReview in authentication')
  return { ...body, status: await statusOf(context, token, audiences, review.status) } as KubeObject
}

/** What there is to say about the token is said to the one who bears it. */
const untold = () => {}

/** What the review said of itself stays where nothing takes its place. */
async function statusOf(
  { server: { authentication } }: RequestContext,
  token: string,
  audiences: readonly string[],
  given: TokenReviewStatus = {},
): Promise<TokenReviewStatus> {
  const { authenticated: _, ...rest } = given
  const request = { method: 'GET', path: '/', headers: { authorization: `Bearer ${token}` } } as const
  try {
    const wanted = audiences.length > 0 ? audiences : authentication.audiences
    const found = await authentication.authenticate(request, { audiences: wanted, warn: untold })
    if (found === undefined) return { ...rest, user: rest.user ?? {} }
    return { ...rest, authenticated: true, user: userInfo(found.user), audiences: found.audiences ?? [] }
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error
    return { ...rest, user: rest.user ?? {}, error: error.message }
  }
}
