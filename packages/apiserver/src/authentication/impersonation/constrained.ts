import { newInternalError } from '@kube-bonsai/apimachinery'
import type { AuthorizationAttributes, Authorizer } from '../../authorization/authorizer.ts'
import type { User } from '../../context.ts'
import { extraKeys } from '../service-accounts/extra.ts'
import { accountOfUser } from '../service-accounts/names.ts'
import { become, checkAccess, legacyMode, nodeOfUser } from './mode.ts'
import type { WantedUser } from './wanted-user.ts'

/** One of the ways to become somebody, narrow ones first. */
interface ConstrainedMode {
  readonly name: string
  /** Whether the mode is for such a wish at all. */
  fits(wanted: WantedUser, asker: User): boolean
  /** What is asked instead of the plain question. */
  rewrite?(attributes: AuthorizationAttributes): AuthorizationAttributes
}

const onlyName = ({ uid, groups = [], extra }: WantedUser): boolean =>
  uid === '' && groups.length === 0 && extra.size === 0

const modes: readonly ConstrainedMode[] = [
  {
    name: 'associated-node',
    fits: (wanted, asker) => onlyName(wanted) && runsOn(asker, nodeOfUser(wanted.name)),
    rewrite: forAnyNode,
  },
  { name: 'arbitrary-node', fits: (wanted) => onlyName(wanted) && nodeOfUser(wanted.name) !== undefined },
  { name: 'serviceaccount', fits: (wanted) => onlyName(wanted) && accountOfUser(wanted.name) !== undefined },
  {
    name: 'user-info',
    fits: ({ name }) => nodeOfUser(name) === undefined && accountOfUser(name) === undefined,
  },
]

/** So many askers are remembered with the mode that served them last. */
const remembered = 10_000

/**
 * Constrained impersonation: somebody may become somebody else for some requests alone. Each way is tried, the old one last;
 * the way that served an asker last is tried first, which shows where two ways make different groups.
 * @see https://kep.k8s.io/5284
 */
export class ConstrainedImpersonation {
  readonly #authorizer: Authorizer
  readonly #last = new Map<string, number>()

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer
  }

  /** Who the asker becomes for a request. Throws the 403 of the first way that was tried when none is open. */
  async become(attributes: AuthorizationAttributes, wanted: WantedUser): Promise<User> {
    const asker = attributes.user.name
    const known = this.#last.get(asker)
    const order = Array.from({ length: modes.length + 1 }, (_, index) => index)
    let refusal: unknown
    for (const index of known === undefined ? order : [known, ...order.filter((other) => other !== known)]) {
      try {
        const user = await this.#try(modes[index], attributes, wanted)
        if (user === undefined) continue
        if (index !== known) this.#remember(asker, index)
        return user
      } catch (error) {
        refusal ??= error
      }
    }
    throw refusal ?? newInternalError('all impersonation modes failed')
  }

  async #try(
    mode: ConstrainedMode | undefined,
    attributes: AuthorizationAttributes,
    wanted: WantedUser,
  ): Promise<User | undefined> {
    if (mode === undefined) return become(this.#authorizer, { ...legacyMode, uidFirst: true }, attributes.user, wanted)
    const { name, fits, rewrite } = mode
    if (!fits(wanted, attributes.user)) return undefined
    const on = { ...attributes, verb: `impersonate-on:${name}:${attributes.verb}` }
    await checkAccess(this.#authorizer, rewrite?.(on) ?? on)
    const verb = `impersonate:${name}`
    return become(this.#authorizer, { verb, constrained: true, uidFirst: true, rewrite }, attributes.user, wanted)
  }

  #remember(asker: string, index: number): void {
    const [oldest] = this.#last.keys()
    if (this.#last.size >= remembered && oldest !== undefined) this.#last.delete(oldest)
    this.#last.delete(asker)
    this.#last.set(asker, index)
  }
}

/** Whether a service account's token says that its pod runs on a node. */
function runsOn(asker: User, node: string | undefined): boolean {
  const nodes = asker.extra?.[extraKeys.nodeName] ?? []
  return node !== undefined && accountOfUser(asker.name) !== undefined && nodes.length === 1 && nodes[0] === node
}

/** A permission for the node that one runs on is one for any such node: the answer must not depend on which it is. */
function forAnyNode(attributes: AuthorizationAttributes): AuthorizationAttributes {
  const keys = Object.keys(attributes.user.extra ?? {}).sort()
  const user = { ...attributes.user, extra: { 'authentication.kubernetes.io/associated-node-keys': keys } }
  const named = attributes.kind === 'resource' && attributes.verb === 'impersonate:associated-node'
  return named ? { ...attributes, user, name: '*' } : { ...attributes, user }
}
