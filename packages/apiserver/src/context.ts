import type { Strategy, StrategyContext } from '@kube-bonsai/api-strategies'
import type { ResourceInfo } from '@kube-bonsai/api-types'
import { formatTime, instantOfMillis, type KubeObject } from '@kube-bonsai/apimachinery'
import type { Clock, Random } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Storage } from '@kube-bonsai/storage'
import type { AdmissionChain } from './admission/chain.ts'
import type { AdmissionWebhookFetch } from './admission/webhooks/call.ts'
import type { Authentication } from './authentication/authentication.ts'
import type { TokenObjects } from './authentication/service-accounts/lookup.ts'
import type { ServiceAccountTokens } from './authentication/service-accounts/service-account-tokens.ts'
import type { Authorizer } from './authorization/authorizer.ts'
import type { Policies } from './authorization/rbac/policies.ts'
import type { CustomResources } from './custom-resources/custom-resources.ts'
import type { CustomTarget } from './custom-resources/custom-target.ts'
import { expressionChecks } from './expressions.ts'
import type { ApiExtension } from './extensions/extensions.ts'
import type { Catalog, Stored } from './registry/catalog.ts'
import type { PodsByNode } from './registry/pods-by-node.ts'
import type { WriteHooks } from './registry/write-hooks.ts'
import type { NodeProxy } from './subresources/node-proxy.ts'

/** Who asks. */
export interface User {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  /** What else the authenticator knows of them, such as the pod and node of a service account's token. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** What the parts of a server share. */
export interface ServerContext {
  readonly storage: Storage<KubeObject>
  readonly clock: Clock
  readonly random: Random
  readonly gates: FeatureGates
  readonly catalog: Catalog
  readonly admission: AdmissionChain
  /** Says who asks. */
  readonly authentication: Authentication
  readonly serviceAccountTokens: ServiceAccountTokens
  /** The objects that tokens are bound to. */
  readonly tokenObjects: TokenObjects
  /** Says who may do what. */
  readonly authorizer: Authorizer
  /** The roles and bindings that there are. */
  readonly policies: Policies
  readonly nodeProxy: NodeProxy | undefined
  /** APIs beside the server's own. */
  readonly extensions: readonly ApiExtension[]
  readonly podsByNode: PodsByNode
  readonly customResources: CustomResources
  /** What kinds do around their writes. */
  readonly writeHooks: WriteHooks
  /** Reaches admission webhooks. */
  readonly admissionWebhooks?: AdmissionWebhookFetch | undefined
  strategyFor(info: ResourceInfo): Strategy
}

/** A resource in the version that a request speaks, with how it is kept and its rules. */
export interface Target {
  readonly info: ResourceInfo
  readonly stored: Stored
  readonly strategy: Strategy
  /** Set for a custom resource: how it is read, converted and kept. */
  readonly custom?: CustomTarget
}

/** One request's view of the server. */
export interface RequestContext {
  readonly server: ServerContext
  readonly user: User
  readonly now: string
  readonly strategy: StrategyContext
  /** Who its writes manage fields as. */
  readonly fieldManager: string
  /** The name in the request's path; absent in a request for a collection. */
  readonly requestName?: string
  /** Tells the client something with the answer; the same text once. */
  warn(text: string): void
  readonly warnings: readonly string[]
}

/** Begins a request. */
export function newRequestContext(server: ServerContext, user: User, fieldManager = ''): RequestContext {
  const now = formatTime(instantOfMillis(server.clock.now()))
  const warnings: string[] = []
  const warn = (text: string) => {
    if (!warnings.includes(text)) warnings.push(text)
  }
  return {
    server,
    user,
    now,
    strategy: { gates: server.gates, now, user, warn, ...expressionChecks() },
    fieldManager,
    warn,
    warnings,
  }
}

/** The group and resource by which errors name a target. */
export function groupResource({ info }: Target): { readonly group: string; readonly resource: string } {
  return { group: info.group, resource: info.resource }
}

/** The group and kind by which errors name a target's objects. */
export function groupKind({ info, stored }: Target): { readonly group: string; readonly kind: string } {
  return { group: stored.group, kind: info.kind }
}
