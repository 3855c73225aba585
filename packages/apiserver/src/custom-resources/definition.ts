import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionVersion,
} from '@kube-bonsai/api-types/apiextensions/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'

/** Where definitions are kept. */
export const definitionPrefix = '/registry/apiextensions.k8s.io/customresourcedefinitions/'

/** Where definitions are asked for. */
export const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** Holds a definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

/** Conditions of a definition. */
export type ConditionType =
  | 'Established'
  | 'NamesAccepted'
  | 'NonStructuralSchema'
  | 'Terminating'
  | 'KubernetesAPIApprovalPolicyConformant'

/** A stored object as a definition; what is stored under its prefix is one. */
export function asDefinition(object: KubeObject): CustomResourceDefinition {
  return object as unknown as CustomResourceDefinition
}

/** A condition of a definition. */
export function conditionOf(
  crd: CustomResourceDefinition,
  type: ConditionType,
): CustomResourceDefinitionCondition | undefined {
  return crd.status?.conditions?.find((condition) => condition.type === type)
}

/** Whether a condition is there and true. */
export function holds(crd: CustomResourceDefinition, type: ConditionType): boolean {
  return conditionOf(crd, type)?.status === 'True'
}

/** What a controller has to say of a definition. */
export interface NewCondition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** The definition with a condition; the time of its last change stays unless its status changes. */
export function withCondition(
  crd: CustomResourceDefinition,
  condition: NewCondition,
  now: string,
): CustomResourceDefinition {
  const conditions = crd.status?.conditions ?? []
  const known = conditionOf(crd, condition.type)
  const lastTransitionTime = known?.status === condition.status ? (known.lastTransitionTime ?? now) : now
  const made = { ...known, ...condition, lastTransitionTime }
  const next = known ? conditions.map((one) => (one === known ? made : one)) : [...conditions, made]
  return { ...crd, status: { ...crd.status, conditions: next } }
}

/** Whether a condition already says the same. */
export function says(crd: CustomResourceDefinition, { type, status, reason, message }: NewCondition): boolean {
  const known = conditionOf(crd, type)
  return known !== undefined && known.status === status && known.reason === reason && known.message === message
}

/** A version of a definition by its name. */
export function versionOf(crd: CustomResourceDefinition, name: string): CustomResourceDefinitionVersion | undefined {
  return crd.spec.versions.find((version) => version.name === name)
}

/** The version in which objects are kept. */
export function storageVersionOf(crd: CustomResourceDefinition): string {
  return crd.spec.versions.find(({ storage }) => storage)?.name ?? ''
}
