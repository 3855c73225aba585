import type {
  Affinity,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  PodAntiAffinity,
  TopologySpreadConstraint,
} from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'

type Labels = Readonly<Record<string, string>>
type LabelSelector = NonNullable<PodAffinityTerm['labelSelector']>

/** The pod with `matchLabelKeys` and `mismatchLabelKeys` written into its selectors, as the API server does when it is created. */
export function withLabelKeys(pod: Pod, gates: FeatureGates): Pod {
  const spec = pod.spec
  if (spec?.affinity === undefined && spec?.topologySpreadConstraints === undefined) return pod
  const labels: Labels = pod.metadata.labels ?? {}
  const affinity = spec.affinity && mergedAffinity(spec.affinity, labels)
  const merges = gates.enabled('MatchLabelKeysInPodTopologySpreadSelectorMerge')
  const spread = merges
    ? spec.topologySpreadConstraints?.map((constraint) => mergedConstraint(constraint, labels))
    : spec.topologySpreadConstraints
  return {
    ...pod,
    spec: { ...spec, ...(affinity && { affinity }), ...(spread && { topologySpreadConstraints: spread }) },
  }
}

function mergedAffinity(affinity: Affinity, labels: Labels): Affinity {
  const { podAffinity, podAntiAffinity } = affinity
  return {
    ...affinity,
    ...(podAffinity && { podAffinity: mergedTerms(podAffinity, labels) }),
    ...(podAntiAffinity && { podAntiAffinity: mergedTerms(podAntiAffinity, labels) }),
  }
}

function mergedTerms<T extends PodAffinity | PodAntiAffinity>(affinity: T, labels: Labels): T {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution
  return {
    ...affinity,
    ...(required && {
      requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => mergedTerm(term, labels)),
    }),
    ...(preferred && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map((entry) => ({
        ...entry,
        podAffinityTerm: mergedTerm(entry.podAffinityTerm, labels),
      })),
    }),
  }
}

function mergedTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  if (term.labelSelector === undefined) return term
  const matched = merged(term.labelSelector, term.matchLabelKeys, 'In', labels)
  return { ...term, labelSelector: merged(matched, term.mismatchLabelKeys, 'NotIn', labels) }
}

function mergedConstraint(constraint: TopologySpreadConstraint, labels: Labels): TopologySpreadConstraint {
  const { labelSelector, matchLabelKeys } = constraint
  if (labelSelector === undefined) return constraint
  return { ...constraint, labelSelector: merged(labelSelector, matchLabelKeys, 'In', labels) }
}

function merged(
  selector: LabelSelector,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Labels,
): LabelSelector {
  const known = selector.matchExpressions ?? []
  const more = (keys ?? []).flatMap((key) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (value === undefined) return []
    const there = known.some(
      (entry) =>
        entry.key === key && entry.operator === operator && entry.values?.length === 1 && entry.values[0] === value,
    )
    return there ? [] : [{ key, operator, values: [value] }]
  })
  return more.length === 0 ? selector : { ...selector, matchExpressions: [...known, ...more] }
}
