import type { ClusterRole, PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import { compareUtf8, deepEqual, labelSelectorAsSelector } from '@kube-bonsai/apimachinery'

/** The rules of every other role that an aggregating role selects, each once: selector by selector, roles by name. */
export function gatherRules(role: ClusterRole, roles: readonly ClusterRole[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = []
  const others = roles.filter(({ metadata }) => metadata.name !== role.metadata.name)
  const sorted = others.sort((left, right) => compareUtf8(left.metadata.name ?? '', right.metadata.name ?? ''))
  for (const clusterRoleSelector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = labelSelectorAsSelector(clusterRoleSelector)
    for (const other of sorted) {
      if (!selector.matches(other.metadata.labels)) continue
      for (const rule of other.rules ?? []) if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule)
    }
  }
  return rules
}
