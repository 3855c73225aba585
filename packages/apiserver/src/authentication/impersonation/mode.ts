import {
  aggregateMessage,
  FieldPath,
  formatFieldError,
  isDNS1123Subdomain,
  isDomainPrefixedPath,
  quote,
} from '@kube-bonsai/apimachinery'
import type { AuthorizationAttributes, Authorizer, ResourceAttributes } from '../../authorization/authorizer.ts'
import { accessRefusal } from '../../authorization/refusal.ts'
import type { User } from '../../context.ts'
import { type AccountName, accountGroups, accountOfUser } from '../service-accounts/names.ts'
import type { WantedUser } from './wanted-user.ts'

const identity = { group: 'authentication.k8s.io', version: 'v1' } as const
/** From so many checks on, one for all of them is tried first. */
const many = 4

/** A way in which somebody may become somebody else. */
export interface Mode {
  /** The verb that is asked about each thing wanted. */
  readonly verb: string
  /** Stricter than the way that has always been. */
  readonly constrained: boolean
  /** Whether the uid is asked about before groups and extra: the first refusal is what the client gets. */
  readonly uidFirst: boolean
  /** What is asked instead of the plain questions. */
  readonly rewrite?: ((attributes: AuthorizationAttributes) => AuthorizationAttributes) | undefined
}

/** The old way. */
export const legacyMode: Mode = { verb: 'impersonate', constrained: false, uidFirst: false }

/** Throws a 403 unless somebody may do something. */
export async function checkAccess(authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<void> {
  const { decision, reason, error } = await authorizer.authorize(attributes)
  if (decision === 'allow') return
  throw accessRefusal(attributes, error === undefined ? reason : [error, reason].filter((one) => one !== '').join(': '))
}

/**
 * Who somebody becomes in a mode. Throws a 403 that names the first thing that they may not be.
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go impersonationModeState
 */
export async function become(authorizer: Authorizer, mode: Mode, asker: User, wanted: WantedUser): Promise<User> {
  const questions = questionsOf(mode, asker)
  const ask = (attributes: ResourceAttributes) => checkAccess(authorizer, mode.rewrite?.(attributes) ?? attributes)
  const { groups = [], extra, uid } = wanted
  const { attributes, implied } = questions.name(wanted.name)
  await ask(attributes)
  const checkUid = async () => {
    if (uid !== '') await ask(questions.about({ ...identity, resource: 'uids', name: uid }))
  }
  if (mode.uidFirst) await checkUid()
  await checkGroups(mode, questions, ask, groups)
  await checkExtra(mode, questions, ask, extra)
  if (!mode.uidFirst) await checkUid()
  return {
    name: wanted.name,
    ...(uid !== '' && { uid }),
    groups: withMark(wanted.name, wanted.groups ?? implied),
    ...(extra.size > 0 && { extra: Object.fromEntries(extra) }),
  }
}

type Ask = (attributes: ResourceAttributes) => Promise<void>
type Questions = ReturnType<typeof questionsOf>

function questionsOf({ verb, constrained }: Mode, user: User) {
  const about = (part: Partial<ResourceAttributes>): ResourceAttributes => ({
    kind: 'resource',
    user,
    verb,
    group: '',
    version: 'v1',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    ...part,
  })
  const people = constrained ? identity : {}
  return {
    about,
    group: (name: string) => about({ ...people, resource: 'groups', name }),
    extra: (key: string, name: string) => about({ ...identity, resource: 'userextras', subresource: key, name }),
    /** The question about a user name, and the groups that such a user is in when nobody asks for others. */
    name(name: string): { readonly attributes: ResourceAttributes; readonly implied: readonly string[] } {
      const node = constrained ? nodeOfUser(name) : undefined
      if (node !== undefined)
        return { attributes: about({ ...people, resource: 'nodes', name: node }), implied: ['system:nodes'] }
      const account: AccountName | undefined = accountOfUser(name)
      if (account === undefined) return { attributes: about({ ...people, resource: 'users', name }), implied: [] }
      return {
        attributes: about({ ...people, resource: 'serviceaccounts', ...account }),
        implied: accountGroups(account.namespace),
      }
    },
  }
}

async function checkGroups(mode: Mode, questions: Questions, ask: Ask, groups: readonly string[]): Promise<void> {
  if (mode.constrained) {
    if (groups.includes(''))
      throw accessRefusal(questions.group(''), 'impersonating the empty string group is not allowed')
    if (groups.includes('system:masters'))
      throw accessRefusal(questions.group('system:masters'), 'impersonating the system:masters group is not allowed')
    if (groups.length >= many && (await isAllowed(ask, questions.group('*')))) return
  }
  for (const group of groups) await ask(questions.group(group))
}

async function checkExtra(mode: Mode, questions: Questions, ask: Ask, extra: WantedUser['extra']): Promise<void> {
  if (mode.constrained) {
    const problem = problemOfExtra(extra)
    if (problem !== undefined) throw accessRefusal(questions.extra('', ''), problem)
    const count = [...extra.values()].reduce((sum, values) => sum + values.length, 0)
    if (count >= many && (await isAllowed(ask, questions.extra('*', '*')))) return
  }
  for (const [key, values] of extra) for (const value of values) await ask(questions.extra(key, value))
}

async function isAllowed(ask: Ask, attributes: ResourceAttributes): Promise<boolean> {
  return ask(attributes).then(
    () => true,
    () => false,
  )
}

function problemOfExtra(extra: WantedUser['extra']): string | undefined {
  for (const [key, values] of extra) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed'
    const errors = isDomainPrefixedPath(FieldPath.of('extra', 'key'), key)
    if (errors.length > 0)
      return `impersonating an invalid key in extra is not allowed: ${aggregateMessage(errors.map(formatFieldError))}`
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${quote(key)}`
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed'
  }
  return undefined
}

/** Everybody is either authenticated or not. */
function withMark(name: string, groups: readonly string[]): readonly string[] {
  const [authenticated, not] = ['system:authenticated', 'system:unauthenticated'] as const
  if (groups.includes(not)) return groups
  const mark = name === 'system:anonymous' ? not : authenticated
  return groups.includes(mark) ? groups : [...groups, mark]
}

/** The node that a user is; undefined for the others. */
export function nodeOfUser(name: string): string | undefined {
  const prefix = 'system:node:'
  const node = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return node !== '' && isDNS1123Subdomain(node).length === 0 ? node : undefined
}
