import type { PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import type { ApiRequest } from '@kube-bonsai/apimachinery'
import type { User } from '../context.ts'
import type { RequestInfo } from '../request/request-info.ts'
import { selectorsOf } from './request-selectors.ts'

/** One requirement of a selector, as authorizers and access reviews see it. */
export interface SelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

/** A question about objects. */
export interface ResourceAttributes {
  readonly kind: 'resource'
  readonly user: User
  /** A verb of the API (`get`, `create`, …) or one of its own, such as `bind`, `escalate`, `impersonate`, `approve`. */
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  /** Empty for the resource itself. */
  readonly subresource: string
  /** Empty for cluster-scoped resources and for all namespaces; for `namespaces` itself the namespace asked for. */
  readonly namespace: string
  /** Empty for collections. */
  readonly name: string
  readonly fieldSelector?: readonly SelectorRequirement[]
  readonly labelSelector?: readonly SelectorRequirement[]
}

/** A question about a page of the server. */
export interface PathAttributes {
  readonly kind: 'path'
  readonly user: User
  /** A method in lower case. */
  readonly verb: string
  readonly path: string
}

/** What an authorizer is asked. */
export type AuthorizationAttributes = ResourceAttributes | PathAttributes

/** What it answers; `none` leaves it to the next one, and is a refusal at the end. */
export interface AuthorizationDecision {
  readonly decision: 'allow' | 'deny' | 'none'
  readonly reason: string
  /** What went wrong on the way; for reviews, and for the log. */
  readonly error?: string
}

/** What somebody may do, as far as it can be listed. */
export interface UserRules {
  readonly rules: readonly PolicyRule[]
  /** True when there is more that cannot be listed. */
  readonly incomplete: boolean
  readonly errors: readonly string[]
}

/** Says whether somebody may do something. */
export interface Authorizer {
  /** Answers at once when it is prepared. */
  authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision> | AuthorizationDecision
  /** Loads what answers about a user need. Expressions cannot wait for it. */
  prepare?(user: User): Promise<void> | undefined
  /** Lists what somebody may do in a namespace; without it there is nothing to list. */
  rulesFor?(user: User, namespace: string): Promise<UserRules> | UserRules
}

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** `AlwaysAllow`. @see staging/src/k8s.io/apiserver/pkg/authorization/authorizerfactory/builtin.go */
export const alwaysAllow: Authorizer = {
  authorize: () => ({ decision: 'allow', reason: '' }),
  rulesFor: () => ({ rules: everything, incomplete: false, errors: [] }),
}

/** `AlwaysDeny`. */
export const alwaysDeny: Authorizer = {
  authorize: () => ({ decision: 'none', reason: 'Everything is forbidden.' }),
  rulesFor: () => ({ rules: [], incomplete: false, errors: [] }),
}

/** The question that a request is. */
export function attributesOf(
  user: User,
  request: Pick<ApiRequest, 'method' | 'query'>,
  info: RequestInfo,
): AuthorizationAttributes {
  if (!info.isResource) return { kind: 'path', user, verb: request.method.toLowerCase(), path: info.path }
  const { verb, group, version, resource, subresource } = info
  const namespace = group === '' && resource === 'namespaces' ? info.name : info.namespace
  const { name = info.name, ...selectors } = selectorsOf(info, request.query)
  return { kind: 'resource', user, verb, group, version, resource, subresource, namespace, name, ...selectors }
}
