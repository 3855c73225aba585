import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createMemoryStorage } from '@kube-bonsai/storage'
import fc from 'fast-check'
import { test } from 'vitest'
import type { ResourceAttributes } from '../../src/authorization/authorizer.ts'
import { uncovered } from '../../src/authorization/rbac/coverage.ts'
import { Policies } from '../../src/authorization/rbac/policies.ts'
import { RbacAuthorizer } from '../../src/authorization/rbac/rbac-authorizer.ts'
import { ruleAllows } from '../../src/authorization/rbac/rule-matching.ts'

const some = (...values: readonly string[]) => fc.subarray([...values], { minLength: 1 })
const rule = fc.record({
  verbs: some('get', 'list', 'delete', '*'),
  apiGroups: some('', 'apps', '*'),
  resources: some('pods', 'pods/log', 'secrets', '*/log', '*'),
  resourceNames: fc.oneof(fc.constant<string[]>([]), some('a', 'b')),
})
const subject = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: fc.constantFrom('jane', 'joe') }),
  fc.record({ kind: fc.constant('Group'), name: fc.constantFrom('dev', 'ops') }),
  fc.record({
    kind: fc.constant('ServiceAccount'),
    name: fc.constantFrom('robot', 'other'),
    namespace: fc.constantFrom('x', 'y'),
  }),
)
const user = fc.record({
  name: fc.constantFrom('jane', 'joe', 'system:serviceaccount:x:robot'),
  groups: fc.subarray(['dev', 'ops']),
})
const question = fc.record({
  kind: fc.constant('resource' as const),
  user,
  verb: fc.constantFrom('get', 'list', 'delete', 'watch'),
  group: fc.constantFrom('', 'apps', 'batch'),
  version: fc.constant('v1'),
  resource: fc.constantFrom('pods', 'secrets', 'jobs'),
  subresource: fc.constantFrom('', 'log'),
  namespace: fc.constantFrom('', 'x', 'y'),
  name: fc.constantFrom('', 'a', 'c'),
})
const binding = fc.record({
  namespace: fc.constantFrom('', 'x', 'y'),
  role: fc.nat({ max: 2 }),
  subjects: fc.array(subject, { maxLength: 3 }),
})
type Binding = typeof binding extends fc.Arbitrary<infer T> ? T : never
type Rules = readonly (typeof rule extends fc.Arbitrary<infer T> ? T : never)[]

const root = '/registry/rbac.authorization.k8s.io/'

async function put(storage: ReturnType<typeof createMemoryStorage<KubeObject>>, key: string, value: KubeObject) {
  await storage.txn([], [{ type: 'put', key: root + key, value }])
}

async function storeWith(roles: readonly Rules[]) {
  const storage = createMemoryStorage<KubeObject>()
  for (const [index, rules] of roles.entries())
    await put(storage, `clusterroles/r${index}`, { metadata: { name: `r${index}` }, rules } as unknown as KubeObject)
  return storage
}

async function bind(
  storage: Awaited<ReturnType<typeof storeWith>>,
  index: number,
  { namespace, role, subjects }: Binding,
) {
  const metadata = { name: `b${index}`, ...(namespace && { namespace }) }
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `r${role}` }
  const key = namespace === '' ? `clusterrolebindings/b${index}` : `rolebindings/${namespace}/b${index}`
  await put(storage, key, { metadata, roleRef, subjects } as unknown as KubeObject)
}

const is = (user: ResourceAttributes['user'], one: Binding['subjects'][number]) =>
  one.kind === 'User'
    ? one.name === user.name
    : one.kind === 'Group'
      ? user.groups.includes(one.name)
      : 'namespace' in one && user.name === `system:serviceaccount:${one.namespace}:${one.name}`

/** Whether any rule grants it, found without an index. */
function isGranted(asked: ResourceAttributes, roles: readonly Rules[], bindings: readonly Binding[]): boolean {
  return bindings.some(
    ({ namespace, role, subjects }) =>
      (namespace === '' || namespace === asked.namespace) &&
      subjects.some((one) => is(asked.user, one)) &&
      (roles[role] ?? []).some((rule) => ruleAllows(rule, asked)),
  )
}

test('a request is allowed exactly when a rule that is bound to its user grants it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(rule, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
      fc.array(binding, { maxLength: 6 }),
      fc.array(question, { minLength: 1, maxLength: 8 }),
      async (roles, bindings, questions) => {
        const storage = await storeWith(roles)
        const authorizer = new RbacAuthorizer(new Policies(storage))
        for (const [index, one] of bindings.entries()) await bind(storage, index, one)
        for (const asked of questions) {
          const { decision } = await authorizer.authorize(asked)
          if ((decision === 'allow') !== isGranted(asked, roles, bindings)) return false
        }
        return true
      },
    ),
  )
})

test('another binding never takes a right away, and its removal never gives one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(rule, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
      fc.array(binding, { maxLength: 4 }),
      binding,
      fc.array(question, { minLength: 1, maxLength: 8 }),
      async (roles, bindings, another, questions) => {
        const storage = await storeWith(roles)
        for (const [index, one] of bindings.entries()) await bind(storage, index, one)
        const authorizer = new RbacAuthorizer(new Policies(storage))
        const answers = async () => {
          const all = []
          for (const asked of questions) all.push((await authorizer.authorize(asked)).decision === 'allow')
          return all
        }
        const before = await answers()
        await bind(storage, 99, another)
        await Promise.resolve()
        const after = await answers()
        const key = another.namespace === '' ? 'clusterrolebindings/b99' : `rolebindings/${another.namespace}/b99`
        await storage.txn([], [{ type: 'delete', key: root + key }])
        await Promise.resolve()
        const atLast = await answers()
        return before.every((allowed, index) => !allowed || after[index]) && String(before) === String(atLast)
      },
    ),
  )
})

test('rules that cover others allow whatever those allow', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 3 }),
      rule,
      fc.array(question, { maxLength: 8 }),
      (given, wanted, asked) => {
        if (uncovered(given, [wanted]).length > 0) return true
        return asked.every((one) => !ruleAllows(wanted, one) || given.some((rule) => ruleAllows(rule, one)))
      },
    ),
  )
})
