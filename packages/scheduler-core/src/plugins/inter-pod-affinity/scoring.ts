import type { LabelSet } from '@kube-bonsai/apimachinery'
import type { NodeInfo } from '../../framework/node-info.ts'
import { maxNodeScore } from '../../framework/normalize.ts'
import { labelOf } from '../pod-index/label-of.ts'
import type { PodClass } from '../pod-index/pod-class.ts'
import type { PodIndex } from '../pod-index/pod-index.ts'
import { type AffinityTerms, matches, type NamespaceLabels, ownTermMatches, type Subject, type Term } from './terms.ts'

const noLabels: LabelSet = {}

/** How much each domain is liked: by node label, then by its value. */
export type Likings = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * What the preferences of the pod and of running pods say of each domain; undefined when none of them says anything.
 *
 * @param hardWeight what a required affinity of a running pod counts; 0 leaves those out
 */
export function likings(
  index: PodIndex,
  subject: Subject,
  terms: AffinityTerms | undefined,
  namespaces: NamespaceLabels,
  hardWeight: number,
): Likings | undefined {
  const found = new Map<string, Map<string, number>>()
  const add = (podClass: PodClass, { topologyKey }: Term, weight: number) => {
    const counts = index.countsBy(podClass, topologyKey)
    if (counts.size === 0) return
    const sums = found.get(topologyKey) ?? new Map<string, number>()
    found.set(topologyKey, sums)
    for (const [value, count] of counts) sums.set(value, (sums.get(value) ?? 0) + count * weight)
  }
  const isMeantBy = (term: Term) => matches(term, subject, (name) => namespaces(name) ?? noLabels)
  if (terms && (terms.preferredAffinity.length > 0 || terms.preferredAntiAffinity.length > 0)) {
    for (const podClass of index.classes) {
      for (const term of terms.preferredAffinity)
        if (ownTermMatches(term, podClass, namespaces)) add(podClass, term, term.weight)
      for (const term of terms.preferredAntiAffinity)
        if (ownTermMatches(term, podClass, namespaces)) add(podClass, term, -term.weight)
    }
  }
  for (const podClass of index.withAffinity) {
    const own = podClass.terms
    if (own === undefined) continue
    if (hardWeight > 0) for (const term of own.requiredAffinity) if (isMeantBy(term)) add(podClass, term, hardWeight)
    for (const term of own.preferredAffinity) if (isMeantBy(term)) add(podClass, term, term.weight)
    for (const term of own.preferredAntiAffinity) if (isMeantBy(term)) add(podClass, term, -term.weight)
  }
  return found.size === 0 ? undefined : found
}

/** How much a node is liked, by the domains that it is in. */
export function likingOf(likes: Likings, { node }: NodeInfo): number {
  const labels = node?.metadata.labels ?? noLabels
  let sum = 0
  for (const [label, values] of likes) {
    const value = labelOf(labels, label)
    if (value !== undefined) sum += values.get(value) ?? 0
  }
  return sum
}

/** Spreads the scores over 0 to 100; all are 0 when they are equal. */
export function normalizeLikings(scores: number[]): void {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const score of scores) {
    if (score < lowest) lowest = score
    if (score > highest) highest = score
  }
  const range = highest - lowest
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? 0
    scores[index] = range > 0 ? Math.trunc(maxNodeScore * ((score - lowest) / range)) : 0
  }
}
