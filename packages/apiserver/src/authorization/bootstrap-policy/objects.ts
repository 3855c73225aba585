import type { JsonObject, KubeObject, ObjectMeta } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { deepFreeze } from '../../registry/objects.ts'
import { clusterRoles } from './cluster-roles.ts'
import { controllerRoles } from './controller-roles.ts'
import { type BindingFacts, gatesOf, isOn, type RoleFacts, readRules, readSubject } from './facts.ts'
import { clusterBindings, namespacedBindings, namespacedRoles } from './namespaced-roles.ts'

/** One object of the policy as it is before it is stored, with what its writer manages of it. */
export interface PolicyObject {
  readonly resource: 'clusterroles' | 'clusterrolebindings' | 'roles' | 'rolebindings'
  readonly object: KubeObject
  readonly fields: JsonObject
}

const group = 'rbac.authorization.k8s.io'
const apiVersion = `${group}/v1`
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const controllerPrefix = 'system:controller:'
const aggregation = (name: string) => `${group}/aggregate-to-${name}`

const known = new Map<string, readonly PolicyObject[]>()
let gateNames: readonly string[] | undefined

/** The roles and bindings that a server makes when it starts, in the order in which it makes them. The same gates give the same objects. */
export function policyObjects(gates: FeatureGates): readonly PolicyObject[] {
  gateNames ??= [...new Set([...clusterRoles, ...controllerRoles, ...clusterBindings].flatMap(gatesOf))]
  const key = gateNames.map((name) => (gates.enabled(name) ? '1' : '0')).join('')
  const made = known.get(key) ?? deepFreeze(makeObjects(gates))
  known.set(key, made)
  return made
}

function makeObjects(gates: FeatureGates): readonly PolicyObject[] {
  const controllers = controllerRoles.map((role) => ({ ...role, name: controllerPrefix + role.name }))
  const ownBindings = controllerRoles.map(({ name, gate }) => ({
    name: controllerPrefix + name,
    ...(gate && { gate }),
    subjects: [`kube-system/${name}`],
  }))
  const served = ({ gate }: RoleFacts | BindingFacts) => isOn(gates, gate)
  return [
    ...[...clusterRoles, ...controllers, ...namespacedRoles].filter(served).map((facts) => role(facts, gates)),
    ...[...clusterBindings, ...ownBindings, ...namespacedBindings].filter(served).map(binding),
  ]
}

function role(facts: RoleFacts, gates: FeatureGates): PolicyObject {
  const kind = facts.namespace === undefined ? 'ClusterRole' : 'Role'
  const metadata = metadataOf(facts, facts.addedTo?.split(',') ?? [])
  if (facts.gathers !== undefined) {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [aggregation(facts.gathers)]: 'true' } }] }
    const fields = { 'f:aggregationRule': { '.': {}, 'f:clusterRoleSelectors': {} }, ...managed(metadata) }
    const object = { kind, apiVersion, metadata, rules: null, aggregationRule }
    return { resource: 'clusterroles', object, fields }
  }
  const rules = readRules(facts.rules ?? [], gates)
  const resource = facts.namespace === undefined ? 'clusterroles' : 'roles'
  return {
    resource,
    object: { kind, apiVersion, metadata, rules } as KubeObject,
    fields: { ...managed(metadata), 'f:rules': {} },
  }
}

function binding(facts: BindingFacts): PolicyObject {
  const ofCluster = facts.namespace === undefined
  const metadata = metadataOf(facts, [])
  const subjects = facts.subjects.map(readSubject)
  const object = {
    kind: ofCluster ? 'ClusterRoleBinding' : 'RoleBinding',
    apiVersion,
    metadata,
    ...(subjects.length > 0 && { subjects }),
    roleRef: { apiGroup: group, kind: ofCluster ? 'ClusterRole' : 'Role', name: facts.role ?? facts.name },
  }
  const fields = { ...managed(metadata), 'f:roleRef': {}, ...(subjects.length > 0 && { 'f:subjects': {} }) }
  return { resource: ofCluster ? 'clusterrolebindings' : 'rolebindings', object, fields }
}

function metadataOf({ name, namespace }: RoleFacts | BindingFacts, addedTo: readonly string[]): ObjectMeta {
  const labels = { ...bootstrapping, ...Object.fromEntries(addedTo.map((other) => [aggregation(other), 'true'])) }
  return { name, ...(namespace && { namespace }), labels, annotations }
}

function managed({ labels = {} }: ObjectMeta): JsonObject {
  const keys = (map: object): JsonObject =>
    Object.fromEntries([['.', {}], ...Object.keys(map).map((key) => [`f:${key}`, {}])])
  return { 'f:metadata': { 'f:annotations': keys(annotations), 'f:labels': keys(labels) } }
}
