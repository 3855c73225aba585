import { type LabelSelector, labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { type Attributes, lookUp } from '../chain.ts'

/** A rule of `resourceRules`. */
export interface ResourceRule {
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly operations?: readonly string[]
  readonly scope?: string
}

/** What a policy or a binding is about. */
export interface MatchResources {
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly resourceRules?: readonly ResourceRule[]
  readonly excludeResourceRules?: readonly ResourceRule[]
  readonly matchPolicy?: string
}

/** A resource in one of its versions. */
export interface MatchedResource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

const has = (list: readonly string[] = [], wanted: string): boolean => list.includes('*') || list.includes(wanted)

function hasResource(list: readonly string[] = [], resource: string, subresource: string): boolean {
  return list.some((entry) => {
    const [own = '', sub = ''] = entry.split('/')
    return (own === '*' || own === resource) && (sub === subresource || (sub === '*' && entry.includes('/')))
  })
}

function ruleMatches(
  rule: ResourceRule,
  given: MatchedResource,
  { operation, subresource, target, name }: Attributes,
): boolean {
  const { namespaced } = target.stored
  const inScope = rule.scope === undefined || rule.scope === '*' || (rule.scope === 'Namespaced') === namespaced
  return (
    inScope &&
    has(rule.apiGroups, given.group) &&
    has(rule.apiVersions, given.version) &&
    has(rule.operations, operation) &&
    hasResource(rule.resources, given.resource, subresource) &&
    ((rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(name))
  )
}

/** The resource, in the version of the request or with `Equivalent` in another, that a rule is about. */
function matchedBy(
  rules: readonly ResourceRule[],
  equivalent: boolean,
  context: RequestContext,
  attributes: Attributes,
): MatchedResource | undefined {
  const { group, version, resource } = attributes.target.info
  const own = { group, version, resource }
  if (rules.some((rule) => ruleMatches(rule, own, attributes))) return own
  if (!equivalent) return undefined
  const { prefix } = attributes.target.stored
  const { catalog } = context.server
  const others = catalog.served.filter(
    (info) => info.resource === resource && info.version !== version && catalog.stored(info).prefix === prefix,
  )
  for (const rule of rules) for (const other of others) if (ruleMatches(rule, other, attributes)) return other
  return undefined
}

async function namespaceMatches(
  selector: LabelSelector | undefined,
  context: RequestContext,
  { target, namespace, name, object, operation, old }: Attributes,
): Promise<boolean> {
  if (isEmpty(selector)) return true
  const isNamespace = target.info.group === '' && target.info.resource === 'namespaces'
  if (!target.stored.namespaced && !isNamespace) return true
  const found = isNamespace
    ? operation === 'DELETE'
      ? old
      : object
    : await lookUp(context.server, 'core/namespaces', namespace || name)
  return labelSelectorAsSelector(selector).matches(found?.metadata.labels ?? {})
}

const isEmpty = (selector: LabelSelector | undefined): selector is undefined =>
  selector === undefined ||
  ((selector.matchExpressions ?? []).length === 0 && Object.keys(selector.matchLabels ?? {}).length === 0)

/**
 * Whether a request is one that a policy or a binding is about; the answer is the resource in the version of the rule.
 *
 * @see apiserver/pkg/admission/plugin/policy/matching/matching.go
 */
export async function matchResources(
  given: MatchResources | undefined,
  context: RequestContext,
  attributes: Attributes,
): Promise<MatchedResource | undefined> {
  const { group, version, resource } = attributes.target.info
  const own = { group, version, resource }
  if (given === undefined) return own
  if (!(await namespaceMatches(given.namespaceSelector, context, attributes))) return undefined
  const { objectSelector } = given
  if (!isEmpty(objectSelector)) {
    const selector = labelSelectorAsSelector(objectSelector)
    const object = attributes.operation === 'DELETE' ? undefined : attributes.object
    const labelled = [object, attributes.old].some((one) => one && selector.matches(one.metadata.labels ?? {}))
    if (!labelled) return undefined
  }
  const equivalent = given.matchPolicy !== 'Exact'
  if (matchedBy(given.excludeResourceRules ?? [], equivalent, context, attributes)) return undefined
  const rules = given.resourceRules ?? []
  return rules.length === 0 ? own : matchedBy(rules, equivalent, context, attributes)
}
