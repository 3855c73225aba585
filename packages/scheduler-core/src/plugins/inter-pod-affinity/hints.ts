import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { QueueingHint } from '../../framework/events.ts'
import type { PodInfo } from '../../framework/pod-info.ts'
import { labelOf } from '../pod-index/label-of.ts'
import { namespaceOf } from '../pod-index/pod-class.ts'
import { affinityTerms, matchesAll, type Term } from './terms.ts'

/** A placed pod that comes to match the affinity, or stops to match the anti-affinity, may help. Namespaces are matched as without labels. */
export function hintAfterPod({ pod }: PodInfo, before: unknown, after: unknown): QueueingHint {
  const [was, is] = [before as Pod | undefined, after as Pod | undefined]
  if ((is !== undefined && !is.spec?.nodeName) || (was !== undefined && !was.spec?.nodeName)) return 'Skip'
  const { requiredAffinity, requiredAntiAffinity, problem } = affinityTerms(pod)
  if (problem !== undefined) return 'Queue'
  const meant = (terms: readonly Term[], other: Pod) => {
    const subject = { namespace: namespaceOf(other), labels: other.metadata.labels ?? {} }
    return matchesAll(terms, subject, () => ({}))
  }
  if (was !== undefined && is !== undefined) {
    const found = !meant(requiredAffinity, was) && meant(requiredAffinity, is)
    const freed = meant(requiredAntiAffinity, was) && !meant(requiredAntiAffinity, is)
    return found || freed ? 'Queue' : 'Skip'
  }
  if (is !== undefined) return meant(requiredAffinity, is) ? 'Queue' : 'Skip'
  return was !== undefined && meant(requiredAntiAffinity, was) ? 'Queue' : 'Skip'
}

/** A node that comes to another place in the topology of a term may help. */
export function hintAfterNode({ pod }: PodInfo, before: unknown, after: unknown): QueueingHint {
  const [was, is] = [before as Node | undefined, after as Node]
  const { requiredAffinity, requiredAntiAffinity, problem } = affinityTerms(pod)
  if (problem !== undefined) return 'Queue'
  const valueIn = ({ metadata: { labels } }: Node, key: string) => labelOf(labels, key)
  for (const { topologyKey } of requiredAffinity) {
    const value = valueIn(is, topologyKey)
    if (value !== undefined && (was === undefined || valueIn(was, topologyKey) !== value)) return 'Queue'
  }
  for (const { topologyKey } of requiredAntiAffinity) {
    if (was === undefined) return 'Queue'
    const value = valueIn(was, topologyKey)
    if (value !== undefined && valueIn(is, topologyKey) !== value) return 'Queue'
  }
  return 'Skip'
}
