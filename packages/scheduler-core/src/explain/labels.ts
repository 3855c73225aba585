import type { NodeSelectorRequirement } from '@kube-bonsai/api-types/core/v1'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import type { Suggestion } from './suggestion.ts'

type Labels = Record<string, string>

/** Labels that the node should have, or should not have, to match the pod's selector and required affinity. */
export function relabel(pod: PodInfo, { name, node }: NodeInfo): readonly Suggestion[] {
  if (node === undefined) return []
  const selected: Labels = { ...node.metadata.labels, ...pod.pod.spec?.nodeSelector }
  const terms =
    pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const fixed: readonly Labels[] =
    terms.length === 0
      ? [selected]
      : terms.map((term) => satisfied(selected, term, name)).filter((labels) => labels !== undefined)
  // A label of the selector that the term contradicts stays wrong whatever the node is labelled.
  const selector = Object.entries(pod.pod.spec?.nodeSelector ?? {})
  const possible = fixed.filter((labels) => selector.every(([key, value]) => labels[key] === value))
  const before: Labels = { ...node.metadata.labels }
  const [best] = possible
    .map((labels) => ({ labels, changes: changesOf(before, labels) }))
    .filter(({ changes }) => changes.length > 0)
    .sort((left, right) => left.changes.length - right.changes.length)
  if (best === undefined) {
    const text = `drop or loosen the pod's node selector or node affinity: no label of node ${name} would satisfy it`
    return possible.length > 0 ? [] : [{ plugin: 'NodeAffinity', node: name, text }]
  }
  return [
    {
      plugin: 'NodeAffinity',
      node: name,
      text: `label node ${name}: ${best.changes.join(', ')}; or loosen the pod's node selector or node affinity`,
      change: { node: { ...node, metadata: { ...node.metadata, labels: best.labels } } },
    },
  ]
}

interface Term {
  readonly matchExpressions?: readonly NodeSelectorRequirement[]
  readonly matchFields?: readonly NodeSelectorRequirement[]
}

function satisfied(labels: Labels, term: Term, name: string): Labels | undefined {
  const { matchExpressions = [], matchFields = [] } = term
  // An empty term matches nothing, and a node cannot be renamed.
  if (matchExpressions.length === 0 && matchFields.length === 0) return undefined
  const named = matchFields.every(({ operator, values = [] }) =>
    operator === 'In' ? values.includes(name) : operator === 'NotIn' ? !values.includes(name) : false,
  )
  if (!named) return undefined
  const result = { ...labels }
  for (const requirement of matchExpressions) if (!holds(result, requirement)) apply(result, requirement)
  return matchExpressions.every((requirement) => holds(result, requirement)) ? result : undefined
}

function holds(labels: Labels, { key, operator, values = [] }: NodeSelectorRequirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  if (operator === 'In') return value !== undefined && values.includes(value)
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  if (value === undefined || !isInteger(value) || !isInteger(values[0] ?? '')) return false
  return operator === 'Gt' ? BigInt(value) > BigInt(values[0] ?? 0) : BigInt(value) < BigInt(values[0] ?? 0)
}

function apply(labels: Labels, { key, operator, values = [] }: NodeSelectorRequirement): void {
  const [first] = values
  if (operator === 'In' && first !== undefined) labels[key] = first
  else if (operator === 'Exists') labels[key] = ''
  else if (operator === 'NotIn' || operator === 'DoesNotExist') delete labels[key]
  else if (isInteger(first ?? '')) labels[key] = String(BigInt(first ?? 0) + (operator === 'Gt' ? 1n : -1n))
}

const isInteger = (text: string): boolean => /^[+-]?[0-9]{1,19}$/.test(text)

function changesOf(before: Labels, after: Labels): readonly string[] {
  const changes: string[] = []
  for (const [key, value] of Object.entries(after)) if (before[key] !== value) changes.push(`${key}=${value}`)
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push(`${key}-`)
  return changes
}
