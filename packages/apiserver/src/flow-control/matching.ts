import type { User } from '../context.ts'
import type { RequestInfo } from '../request/request-info.ts'

/** The parts of a FlowSchema that say which requests are its own. */
export interface FlowSchemaSpec {
  readonly priorityLevelConfiguration: { readonly name: string }
  readonly matchingPrecedence?: number
  readonly distinguisherMethod?: { readonly type: string }
  readonly rules?: readonly PolicyRules[]
}

interface PolicyRules {
  readonly subjects?: readonly Subject[]
  readonly resourceRules?: readonly ResourceRule[]
  readonly nonResourceRules?: readonly PathRule[]
}

interface Subject {
  readonly kind: string
  readonly user?: { readonly name: string }
  readonly group?: { readonly name: string }
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

interface ResourceRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly clusterScope?: boolean
  readonly namespaces?: readonly string[]
}

interface PathRule {
  readonly verbs?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** A request, as flow control sees it. */
export interface FlowRequest {
  readonly user: User
  readonly info: RequestInfo
  readonly method: string
}

/**
 * Whether a request is one of a schema's.
 * @see staging/src/k8s.io/apiserver/pkg/util/flowcontrol/rule.go
 */
export function matchesSchema(request: FlowRequest, { rules = [] }: FlowSchemaSpec): boolean {
  return rules.some(
    ({ subjects = [], resourceRules = [], nonResourceRules = [] }) =>
      subjects.some((subject) => matchesSubject(request.user, subject)) &&
      (request.info.isResource
        ? resourceRules.some((rule) => matchesResource(request, rule))
        : nonResourceRules.some((rule) => matchesPath(request, rule))),
  )
}

function matchesSubject({ name, groups }: User, { kind, user, group, serviceAccount }: Subject): boolean {
  if (kind === 'User') return user !== undefined && (user.name === '*' || user.name === name)
  if (kind === 'Group') return group !== undefined && (group.name === '*' || groups.includes(group.name))
  if (kind !== 'ServiceAccount' || serviceAccount === undefined) return false
  const prefix = `system:serviceaccount:${serviceAccount.namespace}:`
  return serviceAccount.name === '*' ? name.startsWith(prefix) : name === prefix + serviceAccount.name
}

function matchesResource({ info }: FlowRequest, rule: ResourceRule): boolean {
  if (!info.isResource) return false
  const { verb, group, resource, subresource } = info
  const namespace = group === '' && resource === 'namespaces' ? info.name : info.namespace
  return (
    holds(rule.verbs, verb) &&
    holds(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`) &&
    holds(rule.apiGroups, group) &&
    (namespace === '' ? rule.clusterScope === true : holds(rule.namespaces, namespace))
  )
}

function matchesPath({ info, method }: FlowRequest, { verbs, nonResourceURLs = [] }: PathRule): boolean {
  if (info.isResource || !holds(verbs, method.toLowerCase())) return false
  return nonResourceURLs.some((url) => {
    if (url === '*' || url === info.path) return true
    const prefix = url.endsWith('*') ? url.slice(0, -1) : url
    return info.path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
  })
}

/** A star stands for all, and then stands alone. */
function holds(list: readonly string[] = [], wanted: string): boolean {
  return (list.length === 1 && list[0] === '*') || list.includes(wanted)
}
