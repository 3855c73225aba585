import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Snapshot } from '../../framework/interfaces.ts'
import type { NodeInfo } from '../../framework/node-info.ts'
import { maxNodeScore } from '../../framework/normalize.ts'
import { labelOf } from '../pod-index/label-of.ts'
import { namespaceOf } from '../pod-index/pod-class.ts'
import type { PodIndex } from '../pod-index/pod-index.ts'
import { type Constraint, hasAllLabels, hostname, type Inclusion, includesEveryNode } from './constraints.ts'
import { MatchingPods } from './matching-pods.ts'

interface ScoredConstraint extends Constraint {
  readonly pods: MatchingPods
  /** How many matching pods each domain of the candidates holds; unused for the host name. */
  readonly counts: ReadonlyMap<string, number>
  /** More domains weigh more, so that few large ones do not drown them. */
  readonly weight: number
}

/** What scores of one cycle are made of. */
export interface SpreadScores {
  readonly constraints: readonly ScoredConstraint[]
  /** Candidates that lack a label; they score nothing. */
  readonly ignored: ReadonlySet<string>
}

/** What is known of the candidates' cluster for the scores. */
export interface ScoringInput {
  readonly pod: Pod
  readonly constraints: readonly Constraint[]
  readonly includes: Inclusion
  readonly snapshot: Snapshot
  readonly index: PodIndex
  readonly candidates: readonly NodeInfo[]
  /** False with the system's defaults: nodes without a zone still spread by host name. */
  readonly needsAllLabels: boolean
}

/** Prepares the scores of the nodes that passed. @see pkg/scheduler/framework/plugins/podtopologyspread/scoring.go */
export function spreadScores(input: ScoringInput): SpreadScores {
  const { pod, constraints, index, candidates, needsAllLabels } = input
  const ignored = new Set<string>()
  const domains = constraints.map(() => new Map<string, number>())
  for (const { name, node } of candidates) {
    const labels = node?.metadata.labels
    if (needsAllLabels && !hasAllLabels(labels, constraints)) {
      ignored.add(name)
      continue
    }
    for (const [at, { topologyKey }] of constraints.entries())
      if (topologyKey !== hostname) domains[at]?.set(labelOf(labels, topologyKey) ?? '', 0)
  }
  const found = constraints.map(({ selector }) => new MatchingPods(index, namespaceOf(pod), selector))
  countDomains(input, domains, found)
  return {
    ignored,
    constraints: constraints.map((constraint, at) => {
      const counts = domains[at] ?? new Map<string, number>()
      const size = constraint.topologyKey === hostname ? candidates.length - ignored.size : counts.size
      const pods = found[at] ?? new MatchingPods(index, namespaceOf(pod), constraint.selector)
      return { ...constraint, pods, counts, weight: Math.log(size + 2) }
    }),
  }
}

/** Counts pods on all nodes, in the domains of the candidates. */
function countDomains(
  { pod, constraints, includes, snapshot, index, needsAllLabels }: ScoringInput,
  domains: readonly Map<string, number>[],
  found: readonly MatchingPods[],
): void {
  const counted = constraints.map((constraint, at) => ({ constraint, at })).filter(({ at }) => domains[at]?.size)
  if (counted.length === 0) return
  const isEverywhere = ({ topologyKey }: Constraint) => {
    let nodes = 0
    for (const count of index.domains(topologyKey).values()) nodes += count
    return nodes === index.nodeCount
  }
  if (includesEveryNode(pod, constraints) && (!needsAllLabels || constraints.every(isEverywhere))) {
    for (const { constraint, at } of counted) {
      const sums = found[at]?.by(constraint.topologyKey)
      for (const value of domains[at]?.keys() ?? []) domains[at]?.set(value, sums?.get(value) ?? 0)
    }
    return
  }
  for (const { name, node } of snapshot.nodes) {
    const labels = node?.metadata.labels
    if (node === undefined || (needsAllLabels && !hasAllLabels(labels, constraints))) continue
    for (const { constraint, at } of counted) {
      const value = labelOf(labels, constraint.topologyKey) ?? ''
      const before = domains[at]?.get(value)
      if (before === undefined || !includes(constraint, node)) continue
      domains[at]?.set(value, before + (found[at]?.on(name) ?? 0))
    }
  }
}

/** How crowded a node is with matching pods: the fewer the better, before normalising. */
export function crowdedness({ constraints, ignored }: SpreadScores, { name, node }: NodeInfo): number {
  if (ignored.has(name)) return 0
  let sum = 0
  for (const { topologyKey, pods, counts, weight, maxSkew } of constraints) {
    const value = labelOf(node?.metadata.labels, topologyKey)
    if (value === undefined) continue
    const count = topologyKey === hostname ? pods.on(name) : (counts.get(value) ?? 0)
    sum += count * weight + (maxSkew - 1)
  }
  return Math.round(sum)
}

/** Turns crowdedness into scores from 0 to 100; ignored nodes get 0. */
export function normalizeCrowdedness({ ignored }: SpreadScores, scores: number[], nodes: readonly NodeInfo[]): void {
  let [lowest, highest] = [Number.MAX_SAFE_INTEGER, 0]
  const isIgnored = (at: number) => ignored.size > 0 && ignored.has(nodes[at]?.name ?? '')
  for (const [at, score] of scores.entries()) {
    if (isIgnored(at)) continue
    if (score < lowest) lowest = score
    if (score > highest) highest = score
  }
  for (const [at, score] of scores.entries()) {
    if (isIgnored(at)) scores[at] = 0
    else scores[at] = highest === 0 ? maxNodeScore : Math.trunc((maxNodeScore * (highest + lowest - score)) / highest)
  }
}
