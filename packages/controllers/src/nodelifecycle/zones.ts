import type { Node } from '@kube-bonsai/api-types/core/v1'
import { readyOf } from './unknown-status.ts'

/** How well a zone is. */
export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption'

/** Nodes tainted a second: in a healthy zone, and in a large one that is not. */
export const evictionRates = { normal: 0.1, secondary: 0.01 } as const
const largeCluster = 50
const unhealthyShare = 0.55

/** The zone of a node, as one text; empty without labels. @see staging/src/k8s.io/component-helpers/node/topology/helpers.go GetZoneKey */
export function zoneKey({ metadata: { labels = {} } }: Node): string {
  const label = (name: string) =>
    labels[`topology.kubernetes.io/${name}`] ?? labels[`failure-domain.beta.kubernetes.io/${name}`] ?? ''
  const [region, zone] = [label('region'), label('zone')]
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`
}

/** Nodes by zone, without those that do not count. */
export function nodesByZone(nodes: Iterable<Node>): ReadonlyMap<string, readonly Node[]> {
  const zones = new Map<string, Node[]>()
  for (const node of nodes) {
    if (Object.hasOwn(node.metadata.labels ?? {}, 'node.kubernetes.io/exclude-disruption')) continue
    const key = zoneKey(node)
    const known = zones.get(key)
    if (known) known.push(node)
    else zones.set(key, [node])
  }
  return zones
}

/** @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState */
export function zoneState(nodes: readonly Node[]): ZoneState {
  const bad = nodes.filter((node) => readyOf(node)?.status !== 'True').length
  if (bad === nodes.length && bad > 0) return 'FullDisruption'
  return bad > 2 && bad / nodes.length >= unhealthyShare ? 'PartialDisruption' : 'Normal'
}

/** How many nodes of a zone may be tainted a second; in a small zone that is not well, none. */
export function evictionRate(state: ZoneState, size: number): number {
  if (state !== 'PartialDisruption') return evictionRates.normal
  return size > largeCluster ? evictionRates.secondary : 0
}
