import type { ScopedResourceSelectorRequirement } from '@kube-bonsai/api-types/core/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Resources } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Attributes } from '../chain.ts'

/** What measuring depends on beside the object. */
export interface QuotaContext {
  readonly gates: FeatureGates
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Knows what the objects of one resource cost. @see staging/src/k8s.io/apiserver/pkg/quota/v1/interfaces.go */
export interface Evaluator {
  /** Whether a request can change what is used. */
  handles(attributes: Attributes): boolean
  /** Those of the names that its objects use. */
  matchingResources(names: readonly string[]): readonly string[]
  /** Whether an object is in a scope. */
  matchesScope(scope: ScopedResourceSelectorRequirement, object: KubeObject): boolean
  /** What an object must say because a quota counts it: an error text, or nothing. */
  constraint?(required: readonly string[], object: KubeObject, context: QuotaContext): string | undefined
  usage(object: KubeObject, context: QuotaContext): Resources
}

/** Whether a scope's values select an object that has `values` for it. */
export function selects({ operator, values = [] }: ScopedResourceSelectorRequirement, own: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return own.some((value) => values.includes(value))
    case 'NotIn':
      return own.length === 0 || own.some((value) => !values.includes(value))
    case 'Exists':
      return own.length > 0
    default:
      return own.length === 0
  }
}
