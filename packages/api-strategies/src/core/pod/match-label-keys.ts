import { type Fields, fieldsOf, isEmpty, isFields, listOf, mapItems, withField } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

/**
 * Writes the pod's own label values into the selectors that ask for them by `matchLabelKeys` and `mismatchLabelKeys`.
 *
 * @see pkg/registry/core/pod/strategy.go mutatePodAffinity, mutateTopologySpreadConstraints
 */
export function mergeLabelKeys(pod: Fields, context: StrategyContext): Fields {
  const labels = fieldsOf(fieldsOf(pod['metadata'])['labels'])
  let spec = fieldsOf(pod['spec'])
  if (context.gates.enabled('MatchLabelKeysInPodAffinity')) spec = mergeAffinity(spec, labels)
  if (
    context.gates.enabled('MatchLabelKeysInPodTopologySpread') &&
    context.gates.enabled('MatchLabelKeysInPodTopologySpreadSelectorMerge')
  ) {
    spec = mapList(spec, 'topologySpreadConstraints', (constraint) => mergeSelector(constraint, labels))
  }
  return withField(pod, 'spec', spec)
}

function mergeAffinity(spec: Fields, labels: Fields): Fields {
  if (!isFields(spec['affinity'])) return spec
  let affinity = spec['affinity']
  for (const name of ['podAffinity', 'podAntiAffinity']) {
    const before = affinity[name]
    if (!isFields(before)) continue
    const preferred = mapList(before, 'preferredDuringSchedulingIgnoredDuringExecution', (weighted) =>
      withField(weighted, 'podAffinityTerm', mergeSelector(fieldsOf(weighted['podAffinityTerm']), labels)),
    )
    const merge = (term: Fields): Fields => mergeSelector(term, labels)
    affinity = withField(affinity, name, mapList(preferred, 'requiredDuringSchedulingIgnoredDuringExecution', merge))
  }
  return withField(spec, 'affinity', affinity)
}

function mapList(object: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const list = object[name]
  if (!Array.isArray(list)) return object
  return withField(
    object,
    name,
    mapItems(list, (item) => (isFields(item) ? change(item) : item)),
  )
}

function mergeSelector(term: Fields, labels: Fields): Fields {
  const selector = term['labelSelector']
  if (!isFields(selector)) return term
  const added = [
    ...requirements(term['matchLabelKeys'], 'In', labels),
    ...requirements(term['mismatchLabelKeys'], 'NotIn', labels),
  ]
  if (isEmpty(added)) return term
  const matchExpressions = [...listOf(selector['matchExpressions']), ...added]
  return { ...term, labelSelector: { ...selector, matchExpressions } }
}

function requirements(keys: unknown, operator: string, labels: Fields): readonly Fields[] {
  return listOf(keys).flatMap((key) =>
    typeof key === 'string' && Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key]] }] : [],
  )
}
