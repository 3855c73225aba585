import type { LabelSet } from '@kube-bonsai/apimachinery'
import type { NodeInfo } from '../../framework/node-info.ts'
import type { PodInfo } from '../../framework/pod-info.ts'
import { type Outcome, unresolvable, unschedulable } from '../../framework/status.ts'
import { labelOf } from '../pod-index/label-of.ts'
import { newPodClass } from '../pod-index/pod-class.ts'
import type { PodIndex } from '../pod-index/pod-index.ts'
import { type AffinityTerms, matches, matchesAll, type NamespaceLabels, ownTermMatches, type Subject } from './terms.ts'
import { TopologyCounts } from './topology-counts.ts'

const noLabels: LabelSet = {}
const existingRules = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")
const antiAffinityRules = unschedulable("node(s) didn't match pod anti-affinity rules")
const affinityRules = unresolvable("node(s) didn't match pod affinity rules")

/** What the filter of one cycle knows; what-ifs change their own clone. */
export class AffinityState {
  readonly #subject: Subject
  readonly #terms: AffinityTerms
  readonly #namespaces: NamespaceLabels
  /** Running pods with anti-affinity terms that mean the pod. */
  readonly #existing: TopologyCounts
  /** Running pods that all affinity terms of the pod mean. */
  readonly #affinity: TopologyCounts
  /** Running pods that anti-affinity terms of the pod mean. */
  readonly #antiAffinity: TopologyCounts

  constructor(
    subject: Subject,
    terms: AffinityTerms,
    namespaces: NamespaceLabels,
    counts: readonly [existing: TopologyCounts, affinity: TopologyCounts, antiAffinity: TopologyCounts] = [
      new TopologyCounts(),
      new TopologyCounts(),
      new TopologyCounts(),
    ],
  ) {
    this.#subject = subject
    this.#terms = terms
    this.#namespaces = namespaces
    ;[this.#existing, this.#affinity, this.#antiAffinity] = counts
  }

  /** Counts all running pods. */
  count(index: PodIndex): this {
    const { requiredAffinity, requiredAntiAffinity } = this.#terms
    for (const podClass of index.withRequiredAntiAffinity) {
      for (const term of podClass.terms?.requiredAntiAffinity ?? [])
        if (this.#isMeantBy(term))
          this.#existing.addAll(term.topologyKey, index.countsBy(podClass, term.topologyKey), 1)
    }
    if (requiredAffinity.length === 0 && requiredAntiAffinity.length === 0) return this
    for (const podClass of index.classes) {
      if (matchesAll(requiredAffinity, podClass, this.#namespaces)) {
        for (const { topologyKey } of requiredAffinity)
          this.#affinity.addAll(topologyKey, index.countsBy(podClass, topologyKey), 1)
      }
      for (const term of requiredAntiAffinity) {
        if (!ownTermMatches(term, podClass, this.#namespaces)) continue
        this.#antiAffinity.addAll(term.topologyKey, index.countsBy(podClass, term.topologyKey), 1)
      }
    }
    return this
  }

  /** True when it can refuse no node. */
  get isIdle(): boolean {
    const { requiredAffinity, requiredAntiAffinity } = this.#terms
    return this.#existing.isEmpty && requiredAffinity.length === 0 && requiredAntiAffinity.length === 0
  }

  /** A pod comes to a node (1), or goes (-1). */
  change(pod: PodInfo, { node }: NodeInfo, by: 1 | -1): void {
    const labels = node?.metadata.labels ?? noLabels
    const other = newPodClass('', pod)
    const { requiredAffinity, requiredAntiAffinity } = this.#terms
    for (const term of other.terms?.requiredAntiAffinity ?? [])
      if (this.#isMeantBy(term)) this.#existing.addAt(labels, term.topologyKey, by)
    if (matchesAll(requiredAffinity, other, this.#namespaces))
      for (const { topologyKey } of requiredAffinity) this.#affinity.addAt(labels, topologyKey, by)
    for (const term of requiredAntiAffinity)
      if (ownTermMatches(term, other, this.#namespaces)) this.#antiAffinity.addAt(labels, term.topologyKey, by)
  }

  /** Why the pod cannot go to a node. */
  refusal({ node }: NodeInfo): Outcome {
    const labels = node?.metadata.labels ?? noLabels
    if (!this.#hasCompany(labels)) return affinityRules
    for (const { topologyKey } of this.#terms.requiredAntiAffinity) {
      const value = labelOf(labels, topologyKey)
      if (value !== undefined && this.#antiAffinity.get(topologyKey, value) > 0) return antiAffinityRules
    }
    for (const label of this.#existing.labels) {
      const value = labelOf(labels, label)
      if (value !== undefined && this.#existing.get(label, value) > 0) return existingRules
    }
    return undefined
  }

  clone(): AffinityState {
    return new AffinityState(this.#subject, this.#terms, this.#namespaces, [
      this.#existing.clone(),
      this.#affinity.clone(),
      this.#antiAffinity.clone(),
    ])
  }

  /** Running pods' terms look at the pod's namespace as it is, known or not. */
  #isMeantBy(term: AffinityTerms['requiredAntiAffinity'][number]): boolean {
    return matches(term, this.#subject, (name) => this.#namespaces(name) ?? noLabels)
  }

  /** Whether the pods that it wants to be with are near; the first of a series may be alone with itself. */
  #hasCompany(labels: LabelSet): boolean {
    const { requiredAffinity } = this.#terms
    let missing = false
    for (const { topologyKey } of requiredAffinity) {
      const value = labelOf(labels, topologyKey)
      if (value === undefined) return false
      if (this.#affinity.get(topologyKey, value) <= 0) missing = true
    }
    return !missing || (this.#affinity.isEmpty && matchesAll(requiredAffinity, this.#subject, this.#namespaces))
  }
}
