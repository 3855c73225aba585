import type { ApiRequest } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Authorizer, attributesOf } from '../../authorization/authorizer.ts'
import type { User } from '../../context.ts'
import type { RequestInfo } from '../../request/request-info.ts'
import { ConstrainedImpersonation } from './constrained.ts'
import { become, legacyMode } from './mode.ts'
import { type RepeatedHeaders, wantedUser } from './wanted-user.ts'

/** Lets those who may do so act as somebody else: `Impersonate-User` and the headers that go with it. */
export class Impersonation {
  readonly #authorizer: Authorizer
  readonly #constrained: ConstrainedImpersonation | undefined

  constructor(authorizer: Authorizer, gates: FeatureGates) {
    this.#authorizer = authorizer
    this.#constrained = gates.enabled('ConstrainedImpersonation') ? new ConstrainedImpersonation(authorizer) : undefined
  }

  /**
   * Whose request it is: the asker's, unless its headers name somebody else. Rejects with a 400 for headers that name no
   * user, and a 403 for what the asker may not be.
   */
  async actingUser(asker: User, request: ApiRequest, info: RequestInfo, apart?: RepeatedHeaders): Promise<User> {
    const wanted = wantedUser(request.headers, apart, this.#constrained !== undefined)
    if (wanted === undefined) return asker
    if (this.#constrained) return this.#constrained.become(attributesOf(asker, request, info), wanted)
    return become(this.#authorizer, legacyMode, asker, wanted)
  }
}
