import type { PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { clusterRoles } from './cluster-roles.ts'
import { readRules } from './facts.ts'

/** The rules of the role `system:node`, which the node authorizer holds by itself. */
export function nodeRules(gates: FeatureGates): readonly PolicyRule[] {
  return readRules(clusterRoles.find(({ name }) => name === 'system:node')?.rules ?? [], gates)
}
