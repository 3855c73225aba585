import type { PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import { compareUtf8, quote } from '@kube-bonsai/apimachinery'
import { pathCovers } from './rule-matching.ts'

/** The least parts of wanted rules that nobody who has the given rules has. Every part has one verb, and one resource or path. */
export function uncovered(given: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(parts).filter((part) => !given.some((rule) => covers(rule, part)))
}

/** @see staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go */
function parts(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb): readonly PolicyRule[] => {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] }
        return resourceNames.length === 0 ? [part] : resourceNames.map((name) => ({ ...part, resourceNames: [name] }))
      }),
    ),
  )
  const ofPaths = nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })))
  return [...ofResources, ...ofPaths]
}

function covers(rule: PolicyRule, part: PolicyRule): boolean {
  const { resourceNames: ownNames = [], nonResourceURLs: ownPaths = [] } = rule
  const { resourceNames: names = [], nonResourceURLs: paths = [] } = part
  return (
    hasEvery(rule.verbs, part.verbs) &&
    hasEvery(rule.apiGroups ?? [], part.apiGroups ?? []) &&
    coversResources(rule.resources ?? [], part.resources ?? []) &&
    paths.every((path) => ownPaths.some((own) => pathCovers(own, path))) &&
    (ownNames.length === 0 || (names.length > 0 && names.every((name) => ownNames.includes(name))))
  )
}

function hasEvery(own: readonly string[], wanted: readonly string[]): boolean {
  return own.includes('*') || wanted.every((one) => own.includes(one))
}

function coversResources(own: readonly string[], wanted: readonly string[]): boolean {
  return (
    hasEvery(own, wanted) ||
    wanted.every((path) => {
      const slash = path.indexOf('/')
      return own.includes(path) || (slash >= 0 && own.includes(`*/${path.slice(slash + 1)}`))
    })
  )
}

/** Names missing parts, one a line and sorted; those that differ by their verbs alone are one. */
export function describeRules(missing: readonly PolicyRule[]): string {
  const merged = new Map<string, PolicyRule>()
  for (const rule of missing) {
    const { apiGroups, resources, resourceNames, nonResourceURLs, verbs } = rule
    const key = JSON.stringify(nonResourceURLs ? [nonResourceURLs, verbs] : [apiGroups, resources, resourceNames])
    const known = nonResourceURLs ? undefined : merged.get(key)
    merged.set(key, known ? { ...known, verbs: [...known.verbs, ...verbs] } : rule)
  }
  const lines = [...merged.values()].map(describeRule)
  return [...new Set(lines)].sort(compareUtf8).join('\n')
}

function describeRule(rule: PolicyRule): string {
  const { apiGroups = [], resources = [], nonResourceURLs = [], resourceNames = [], verbs } = rule
  const fields = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ] as const
  const shown = fields.filter(([, values]) => values.length > 0).map(([name, values]) => `${name}:${quoteAll(values)}`)
  return `{${shown.join(', ')}}`
}

/** A list of strings as Go's `%q` shows it. */
export function quoteAll(values: readonly string[]): string {
  return `[${values.map(quote).join(' ')}]`
}
