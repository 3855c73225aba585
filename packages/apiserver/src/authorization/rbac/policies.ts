import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '@kube-bonsai/api-types/rbac/v1'
import { type GroupResource, type KubeObject, newNotFound } from '@kube-bonsai/apimachinery'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'
import { follow } from '../../allocation/follow.ts'
import type { User } from '../../context.ts'

/** A binding of either kind; one of the cluster has the namespace ''. */
export interface Binding {
  readonly namespace: string
  readonly name: string
  readonly roleRef: RoleRef
  readonly subjects: readonly Subject[]
}

/** A rule that somebody has, with what gave it, or why the rules of a binding are not known. */
export type Grant =
  | { readonly binding: Binding; readonly subject: Subject; readonly rule: PolicyRule }
  | { readonly error: Error }

const group = 'rbac.authorization.k8s.io'

/**
 * The roles and bindings of a store, indexed by whom they are for: a question costs what the asker's own bindings cost, however
 * many others there are. Kept current by watching, from the first question on.
 */
export class Policies {
  readonly #storage: Storage<KubeObject>
  /** By `namespace/name`; those of the cluster by `/name`. */
  readonly #roles: Map<string, readonly PolicyRule[]> = new Map()
  readonly #bindings: Map<string, Binding> = new Map()
  /** By namespace, then by user or group. */
  readonly #bySubject: Map<string, Map<string, Map<string, Binding>>> = new Map()
  #watches: readonly StorageWatch[] = []
  #began: Promise<void> | undefined
  #isReady = false

  constructor(storage: Storage<KubeObject>) {
    this.#storage = storage
  }

  /** Something to wait for before the first question, then undefined. */
  ready(): Promise<void> | undefined {
    if (this.#isReady) return undefined
    this.#began ??= this.#begin()
    return this.#began
  }

  close(): void {
    for (const watch of this.#watches) watch.cancel()
    this.#watches = []
  }

  /** What somebody may do in a namespace, or with '' in the cluster: what is bound in the cluster first. */
  *grantsOf(user: User, namespace: string): Generator<Grant> {
    yield* this.#grantsIn('', user)
    if (namespace !== '') yield* this.#grantsIn(namespace, user)
  }

  /**
   * The rules of the role that a binding in a namespace names. Throws a 404 for a role that is missing.
   *
   * @param named how that error names the role
   */
  rulesOf(
    { kind, name }: RoleRef,
    namespace: string,
    named: GroupResource = { group, resource: kind.toLowerCase() },
  ): readonly PolicyRule[] {
    if (kind !== 'Role' && kind !== 'ClusterRole') throw new Error(`unsupported role reference kind: "${kind}"`)
    const rules = this.#roles.get(kind === 'Role' ? `${namespace}/${name}` : `/${name}`)
    if (rules === undefined) throw newNotFound(named, name)
    return rules
  }

  *#grantsIn(namespace: string, user: User): Generator<Grant> {
    for (const binding of this.#bindingsOf(namespace, user)) {
      const subject = binding.subjects.find((one) => isSubject(one, namespace, user))
      if (subject === undefined) continue
      let rules: readonly PolicyRule[]
      try {
        rules = this.rulesOf(binding.roleRef, namespace)
      } catch (error) {
        yield { error: error instanceof Error ? error : new Error(String(error)) }
        continue
      }
      for (const rule of rules) yield { binding, subject, rule }
    }
  }

  /** In the order of their names, so that answers do not depend on the order in which they were made. */
  #bindingsOf(namespace: string, user: User): readonly Binding[] {
    const subjects = this.#bySubject.get(namespace)
    if (subjects === undefined) return []
    const found = new Map<string, Binding>()
    for (const key of [userKey(user.name), ...user.groups.map(groupKey)])
      for (const [name, binding] of subjects.get(key) ?? []) found.set(name, binding)
    return [...found.values()].sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
  }

  async #begin(): Promise<void> {
    const root = `/registry/${group}/`
    const noteRole = (key: string, object: KubeObject | undefined) => this.#noteRole(key, object)
    const noteBinding = (key: string, object: KubeObject | undefined) => this.#noteBinding(key, object)
    this.#watches = await Promise.all([
      follow(this.#storage, `${root}clusterroles/`, (name, object) => noteRole(`/${name}`, object)),
      follow(this.#storage, `${root}roles/`, noteRole),
      follow(this.#storage, `${root}clusterrolebindings/`, (name, object) => noteBinding(`/${name}`, object)),
      follow(this.#storage, `${root}rolebindings/`, noteBinding),
    ])
    this.#isReady = true
  }

  #noteRole(key: string, object: KubeObject | undefined): void {
    if (object === undefined) this.#roles.delete(key)
    else this.#roles.set(key, (object as ClusterRole | Role).rules ?? [])
  }

  #noteBinding(key: string, object: KubeObject | undefined): void {
    const known = this.#bindings.get(key)
    if (known) for (const subject of known.subjects) this.#forget(known, subjectKey(subject, known.namespace))
    if (object === undefined) {
      this.#bindings.delete(key)
      return
    }
    const { metadata, roleRef, subjects } = object as ClusterRoleBinding | RoleBinding
    const { namespace = '', name = '' } = metadata
    const binding = { namespace, name, roleRef, subjects: subjects ?? [] }
    this.#bindings.set(key, binding)
    for (const subject of binding.subjects) this.#remember(binding, subjectKey(subject, binding.namespace))
  }

  #remember(binding: Binding, key: string): void {
    const subjects = this.#bySubject.get(binding.namespace) ?? new Map<string, Map<string, Binding>>()
    this.#bySubject.set(binding.namespace, subjects)
    const bindings = subjects.get(key) ?? new Map<string, Binding>()
    subjects.set(key, bindings)
    bindings.set(binding.name, binding)
  }

  #forget({ namespace, name }: Binding, key: string): void {
    const subjects = this.#bySubject.get(namespace)
    const bindings = subjects?.get(key)
    bindings?.delete(name)
    if (bindings?.size === 0) subjects?.delete(key)
    if (subjects?.size === 0) this.#bySubject.delete(namespace)
  }
}

const userKey = (name: string) => `u ${name}`
const groupKey = (name: string) => `g ${name}`
const serviceAccountName = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`

/** What a subject is found by. A service account is a user by its long name. */
function subjectKey({ kind, name, namespace = '' }: Subject, bound: string): string {
  if (kind === 'Group') return groupKey(name)
  return userKey(kind === 'ServiceAccount' ? serviceAccountName(namespace || bound, name) : name)
}

function isSubject({ kind, name, namespace = '' }: Subject, bound: string, user: User): boolean {
  if (kind === 'User') return name === user.name
  if (kind === 'Group') return user.groups.includes(name)
  const home = namespace || bound
  return kind === 'ServiceAccount' && home !== '' && user.name === serviceAccountName(home, name)
}
