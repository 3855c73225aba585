import type { AggregationRule, PolicyRule, RoleRef, Subject } from '@kube-bonsai/api-types/rbac/v1'
import { deepEqual, type KubeObject } from '@kube-bonsai/apimachinery'
import { withMeta } from '../../registry/objects.ts'
import { uncovered } from '../rbac/coverage.ts'

interface Policy extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null
  readonly aggregationRule?: AggregationRule
  readonly subjects?: readonly Subject[]
  readonly roleRef?: RoleRef
}

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate'

/**
 * An object of the policy with what a server of this version expects of it; what others added stays, and the same object comes
 * back when nothing is missing, or its owner wants it left alone. A binding to another role is replaced.
 * @see staging/src/k8s.io/component-helpers/auth/rbac/reconciliation
 */
export function reconcile(existing: KubeObject, expected: KubeObject): KubeObject {
  const [old, wanted]: readonly [Policy, Policy] = [existing, expected]
  const { annotations = {}, labels = {} } = old.metadata
  if (annotations[autoupdate] === 'false') return existing
  if (wanted.roleRef && !deepEqual(wanted.roleRef, old.roleRef)) return withMeta(wanted, old.metadata)
  const changed: Policy = {
    ...withMeta(old, {
      annotations: { ...wanted.metadata.annotations, ...annotations },
      labels: { ...wanted.metadata.labels, ...labels },
    }),
    ...reconciledRules(old, wanted),
    ...reconciledSubjects(old, wanted),
  }
  return deepEqual(changed, old) ? existing : changed
}

function reconciledRules(old: Policy, wanted: Policy): Partial<Policy> {
  const rules = old.rules ?? []
  const missing = uncovered(rules, wanted.rules ?? [])
  const own = old.aggregationRule?.clusterRoleSelectors ?? []
  const selectors = (wanted.aggregationRule?.clusterRoleSelectors ?? []).filter(
    (selector) => !own.some((one) => deepEqual(one, selector)),
  )
  return {
    ...(missing.length > 0 && { rules: [...rules, ...missing] }),
    ...(selectors.length > 0 && { aggregationRule: { clusterRoleSelectors: [...own, ...selectors] } }),
  }
}

function reconciledSubjects(old: Policy, wanted: Policy): Partial<Policy> {
  const subjects = old.subjects ?? []
  const missing = (wanted.subjects ?? []).filter((subject) => !subjects.some((one) => deepEqual(one, subject)))
  return missing.length > 0 ? { subjects: [...subjects, ...missing] } : {}
}
