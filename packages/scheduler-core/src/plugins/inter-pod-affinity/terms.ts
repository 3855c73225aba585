import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '@kube-bonsai/api-types/core/v1'
import { type LabelSet, labelSelectorAsSelector, type Selector, SelectorError } from '@kube-bonsai/apimachinery'

/** A term of pod affinity, ready to be matched. */
export interface Term {
  readonly topologyKey: string
  readonly namespaces: ReadonlySet<string>
  /** Matches the labels of further namespaces. */
  readonly namespaceSelector: Selector
  readonly selector: Selector
}

/** A preferred term. */
export interface WeightedTerm extends Term {
  readonly weight: number
}

/** All terms of a pod. */
export interface AffinityTerms {
  readonly requiredAffinity: readonly Term[]
  readonly requiredAntiAffinity: readonly Term[]
  readonly preferredAffinity: readonly WeightedTerm[]
  readonly preferredAntiAffinity: readonly WeightedTerm[]
}

/** What of a pod terms are matched against. */
export interface Subject {
  readonly namespace: string
  readonly labels: LabelSet
}

/** The terms of a pod. A list with a selector that cannot be read is empty, and `problem` says why in upstream's words. */
export function affinityTerms(pod: Pod): AffinityTerms & { readonly problem?: string } {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const problems = new Set<string>()
  const read = <Given, Found>(what: string, list: readonly Given[] | undefined, make: (given: Given) => Found) => {
    try {
      return (list ?? []).map(make)
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      problems.add(`${what}: ${error.message}`)
      return []
    }
  }
  const term = (given: PodAffinityTerm): Term => newTerm(pod, given)
  const weighted = ({ weight, podAffinityTerm }: WeightedPodAffinityTerm): WeightedTerm => ({
    ...newTerm(pod, podAffinityTerm),
    weight,
  })
  const near = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const away = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const liked = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution
  const disliked = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution
  const terms: AffinityTerms = {
    requiredAffinity: read('requiredAffinityTerms', near, term),
    requiredAntiAffinity: read('requiredAntiAffinityTerms', away, term),
    preferredAffinity: read('preferredAffinityTerms', liked, weighted),
    preferredAntiAffinity: read('preferredAntiAffinityTerms', disliked, weighted),
  }
  if (problems.size === 0) return terms
  const [first, ...others] = problems
  return { ...terms, problem: others.length === 0 ? (first ?? '') : `[${[...problems].join(', ')}]` }
}

function newTerm(pod: Pod, { topologyKey, namespaces = [], namespaceSelector, labelSelector }: PodAffinityTerm): Term {
  const own = namespaces.length === 0 && namespaceSelector === undefined
  return {
    topologyKey,
    namespaces: new Set(own ? [pod.metadata.namespace ?? ''] : namespaces),
    namespaceSelector: labelSelectorAsSelector(namespaceSelector),
    selector: labelSelectorAsSelector(labelSelector),
  }
}

/** Gives the labels of a namespace; undefined where nothing is known of it. */
export type NamespaceLabels = (namespace: string) => LabelSet | undefined

/** True when a term means a pod. @see staging/src/k8s.io/kube-scheduler/framework/types.go AffinityTerm.Matches */
export function matches(term: Term, subject: Subject, namespaceLabels: NamespaceLabels): boolean {
  return isMeantIn(term, subject.namespace, namespaceLabels) && term.selector.matches(subject.labels)
}

function isMeantIn({ namespaces, namespaceSelector }: Term, name: string, namespaceLabels: NamespaceLabels): boolean {
  if (namespaces.has(name) || namespaceSelector.empty) return true
  const labels = namespaceSelector.selectable ? namespaceLabels(name) : undefined
  return labels !== undefined && namespaceSelector.matches(labels)
}

/**
 * True when a term of the pod to be placed means a running pod. Upstream looks the namespaces up that the selector selects, and then matches
 * the selector against no labels beside that: one that asks for a label's absence selects every namespace. So does this.
 */
export function ownTermMatches(term: Term, subject: Subject, namespaceLabels: NamespaceLabels): boolean {
  if (matches(term, subject, namespaceLabels)) return true
  return term.namespaceSelector.matches(undefined) && term.selector.matches(subject.labels)
}

/** True when all terms of the pod to be placed mean a running pod, and there are any. */
export function matchesAll(terms: readonly Term[], subject: Subject, namespaceLabels: NamespaceLabels): boolean {
  return terms.length > 0 && terms.every((term) => ownTermMatches(term, subject, namespaceLabels))
}
