import { nameIsDNSSubdomain, semanticEqual } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, mapItems, objectsOf, textOf, withField } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'

const hostLabel = 'kubernetes.io/hostname'

/** The slice without hints of disabled gates, and without the topology that only v1beta1 could write. */
export function withoutDisabled(slice: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const changes = [hintChange(objectsOf(old?.['endpoints']), context), topologyChange(slice, old)]
  let result = slice
  for (const change of changes) {
    if (change === undefined || !Array.isArray(result['endpoints'])) continue
    result = withField(
      result,
      'endpoints',
      mapItems(result['endpoints'], (endpoint) => change(fieldsOf(endpoint))),
    )
  }
  return result
}

type Change = (endpoint: Fields) => Fields

function hintChange(old: readonly Fields[], { gates }: StrategyContext): Change | undefined {
  const used = old.some(({ hints }) => isFields(hints))
  const nodesUsed = old.some(({ hints }) => !isAbsent(fieldsOf(hints)['forNodes']))
  if (!gates.enabled('TopologyAwareHints') && !used) return (endpoint) => withField(endpoint, 'hints', undefined)
  if (gates.enabled('PreferSameTrafficDistribution') || nodesUsed) return undefined
  return (endpoint) =>
    isFields(endpoint['hints'])
      ? withField(endpoint, 'hints', withField(endpoint['hints'], 'forNodes', undefined))
      : endpoint
}

function topologyChange(slice: Fields, old: Fields | undefined): Change | undefined {
  if (old !== undefined && semanticEqual(slice['endpoints'], old['endpoints'])) return undefined
  const known = new Set(
    objectsOf(old?.['endpoints']).map(({ deprecatedTopology }) => textOf(fieldsOf(deprecatedTopology)[hostLabel])),
  )
  return (endpoint) => {
    const host = textOf(fieldsOf(endpoint['deprecatedTopology'])[hostLabel])
    const dropped = withField(endpoint, 'deprecatedTopology', undefined)
    const keeps = isAbsent(endpoint['nodeName']) && host !== '' && known.has(host)
    return keeps && nameIsDNSSubdomain(host, false).length === 0 ? withField(dropped, 'nodeName', host) : dropped
  }
}
