import type { Node } from '@kube-bonsai/api-types/core/v1'

/** Node names by zone, in the order in which zones and nodes were first seen. */
export class NodeTree {
  readonly #zones: Map<string, Set<string>> = new Map()
  readonly #zoneOf: Map<string, string> = new Map()

  /** Adds a node, or moves it to the end of its new zone. True when the order changed. */
  put(node: Node): boolean {
    const name = node.metadata.name ?? ''
    const zone = zoneKey(node)
    if (this.#zoneOf.get(name) === zone) return false
    this.remove(name)
    this.#zoneOf.set(name, zone)
    const members = this.#zones.get(zone)
    if (members) members.add(name)
    else this.#zones.set(zone, new Set([name]))
    return true
  }

  remove(name: string): boolean {
    const zone = this.#zoneOf.get(name)
    if (zone === undefined) return false
    this.#zoneOf.delete(name)
    const members = this.#zones.get(zone)
    members?.delete(name)
    if (members?.size === 0) this.#zones.delete(zone)
    return true
  }

  /** One node of each zone in turn until all are named. @see pkg/scheduler/backend/cache/node_tree.go */
  order(): readonly string[] {
    const names: string[] = []
    let rest = [...this.#zones.values()].map((members) => members.values())
    while (rest.length > 0) {
      rest = rest.filter((members) => {
        const next = members.next()
        if (!next.done) names.push(next.value)
        return !next.done
      })
    }
    return names
  }
}

function zoneKey({ metadata: { labels } }: Node): string {
  const label = (name: string, old: string) => labels?.[`topology.kubernetes.io/${name}`] || labels?.[old] || ''
  const region = label('region', 'failure-domain.beta.kubernetes.io/region')
  const zone = label('zone', 'failure-domain.beta.kubernetes.io/zone')
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`
}
