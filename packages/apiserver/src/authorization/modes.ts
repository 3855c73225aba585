import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Storage } from '@kube-bonsai/storage'
import type { User } from '../context.ts'
import { type AuthorizationAttributes, type Authorizer, alwaysAllow, alwaysDeny } from './authorizer.ts'
import { nodeRules } from './bootstrap-policy/node-rules.ts'
import { NodeGraph } from './node/graph.ts'
import { NodeAuthorizer } from './node/node-authorizer.ts'
import { Policies } from './rbac/policies.ts'
import { RbacAuthorizer } from './rbac/rbac-authorizer.ts'
import { UnionAuthorizer } from './union.ts'

/** What decides on requests, and what it decides by. */
export interface Authorization {
  readonly authorizer: Authorizer
  /** For the checks of roles and bindings, which hold in every mode. */
  readonly policies: Policies
  close(): void
}

/** What kubeadm sets. */
const defaultModes = ['Node', 'RBAC']
const known = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']

/** `--authorization-mode`. Throws a RangeError for names that are none, and for modes that are not modelled. */
export function createAuthorization(
  storage: Storage<KubeObject>,
  gates: FeatureGates,
  modes: readonly string[] = defaultModes,
): Authorization {
  checkModes(modes)
  const policies = new Policies(storage)
  const graph = new NodeGraph(storage)
  const makers: Readonly<Record<string, () => Authorizer>> = {
    AlwaysAllow: () => alwaysAllow,
    AlwaysDeny: () => alwaysDeny,
    RBAC: () => new RbacAuthorizer(policies),
    Node: () => new NodeAuthorizer(graph, gates, nodeRules(gates)),
  }
  const chosen = modes.map((mode) => makers[mode]?.() ?? unsupported(mode))
  const union = new UnionAuthorizer(chosen)
  return {
    policies,
    close: () => {
      policies.close()
      graph.close()
    },
    authorizer: {
      authorize: (attributes: AuthorizationAttributes) =>
        isMaster(attributes.user) ? { decision: 'allow', reason: '' } : union.authorize(attributes),
      prepare: (user) => union.prepare(user),
      rulesFor: (user, namespace) => union.rulesFor(user, namespace),
    },
  }
}

/** Those who may do everything, by whatever mode. @see plugin/pkg/auth/authorizer superuser group */
export function isMaster(user: User): boolean {
  return user.groups.includes('system:masters')
}

function checkModes(modes: readonly string[]): void {
  if (modes.length === 0) throw new RangeError('at least one authorization-mode must be passed')
  for (const mode of modes)
    if (!known.includes(mode)) throw new RangeError(`authorization-mode ${JSON.stringify(mode)} is not a valid mode`)
  if (new Set(modes).size !== modes.length) {
    const list = modes.map((mode) => JSON.stringify(mode)).join(' ')
    throw new RangeError(`authorization-mode [${list}] has mode specified more than once`)
  }
}

function unsupported(mode: string): never {
  throw new RangeError(`unsupported: authorization mode ${mode}`)
}
