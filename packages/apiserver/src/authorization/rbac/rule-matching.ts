import type { PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import type { AuthorizationAttributes } from '../authorizer.ts'

/** Whether a rule grants what is asked. @see plugin/pkg/auth/authorizer/rbac/rbac.go RuleAllows */
export function ruleAllows(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  if (!hasOrAll(rule.verbs, attributes.verb)) return false
  if (attributes.kind === 'path') return (rule.nonResourceURLs ?? []).some((url) => pathCovers(url, attributes.path))
  const { group, resource, subresource, name } = attributes
  return (
    hasOrAll(rule.apiGroups ?? [], group) &&
    resourceMatches(rule.resources ?? [], resource, subresource) &&
    nameMatches(rule.resourceNames ?? [], name)
  )
}

/** Whether a path of a rule, which may end in `*`, stands for another path. */
export function pathCovers(ruled: string, path: string): boolean {
  return ruled === path || (ruled.endsWith('*') && path.startsWith(ruled.replace(/\*+$/, '')))
}

function hasOrAll(list: readonly string[], one: string): boolean {
  return list.includes('*') || list.includes(one)
}

function resourceMatches(list: readonly string[], resource: string, subresource: string): boolean {
  if (subresource === '') return hasOrAll(list, resource)
  return hasOrAll(list, `${resource}/${subresource}`) || list.includes(`*/${subresource}`)
}

function nameMatches(list: readonly string[], name: string): boolean {
  return list.length === 0 || list.includes(name)
}
