import type { User } from '../context.ts'
import type { RequestInfo } from '../request/request-info.ts'

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

/** Says whether somebody may do something. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision> | AuthorizationDecision
}

/** `AlwaysAllow`. @see staging/src/k8s.io/apiserver/pkg/authorization/authorizerfactory/builtin.go */
export const alwaysAllow: Authorizer = { authorize: () => ({ decision: 'allow', reason: '' }) }

/** The question that a request is. */
export function attributesOf(user: User, method: string, info: RequestInfo): AuthorizationAttributes {
  if (!info.isResource) return { kind: 'path', user, verb: method.toLowerCase(), path: info.path }
  const { verb, group, version, resource, subresource, name } = info
  const namespace = group === '' && resource === 'namespaces' ? name : info.namespace
  return { kind: 'resource', user, verb, group, version, resource, subresource, namespace, name }
}
