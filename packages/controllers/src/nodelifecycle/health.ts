import type { Lease } from '@kube-bonsai/api-types/coordination/v1'
import type { Node } from '@kube-bonsai/api-types/core/v1'
import { timeOf } from '../api/meta.ts'
import { readyOf } from './unknown-status.ts'

/** How long a node may be silent, in milliseconds: one that has reported, and one that never did. */
export const gracePeriods = { reported: 50_000, never: 60_000 } as const

interface Health {
  /** When something new was last seen of the node. */
  readonly probed: number
  readonly heartbeat: string | undefined
  readonly renewed: string | undefined
}

/**
 * When each node was last heard of, by its status or its lease. Times are those at which the signs were seen here, so that
 * clocks of nodes do not matter.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth
 */
export class NodeHealths {
  /** Whoever was heard of last is last. */
  readonly #healths: Map<string, Health> = new Map()
  /** Nodes that were found silent, apart: nobody looks at them again until they are heard of. */
  readonly #silent: Map<string, Health> = new Map()

  /** Notes what a node's status shows. */
  nodeSeen(node: Node, now: number): void {
    const name = node.metadata.name ?? ''
    const known = this.#find(name)
    const ready = readyOf(node)
    const heartbeat = ready && (ready.lastHeartbeatTime ?? '')
    if (known === undefined) {
      const probed = ready === undefined ? timeOf(node.metadata.creationTimestamp) : now
      this.#put(name, { probed, heartbeat, renewed: undefined })
    } else if (known.heartbeat !== heartbeat) {
      this.#put(name, { ...known, probed: now, heartbeat })
    }
  }

  /** Notes that a lease is there, or was renewed. */
  leaseSeen({ metadata: { name = '' }, spec }: Lease, now: number): void {
    const known = this.#find(name)
    const renewed = spec?.renewTime ?? undefined
    if (known === undefined || renewed === undefined) return
    if (known.renewed === undefined || known.renewed < renewed) this.#put(name, { ...known, probed: now, renewed })
  }

  /** The controller itself has written a status: its heartbeat is no sign of life. */
  markedSilent(node: Node): void {
    const name = node.metadata.name ?? ''
    const known = this.#find(name)
    if (known === undefined) return
    this.#healths.delete(name)
    this.#silent.set(name, { ...known, heartbeat: readyOf(node)?.lastHeartbeatTime ?? '' })
  }

  forget(name: string): void {
    this.#healths.delete(name)
    this.#silent.delete(name)
  }

  /** All nodes count as heard of now. */
  reset(now: number): void {
    for (const [name, health] of [...this.#healths, ...this.#silent]) this.#put(name, { ...health, probed: now })
  }

  /** Who has been silent for too long, and when the next one would be. Looks only at those who were not heard of of late. */
  overdue(now: number): { readonly names: readonly string[]; readonly nextAt: number | undefined } {
    const names: string[] = []
    let nextAt: number | undefined
    for (const [name, { probed, heartbeat }] of this.#healths) {
      const at = probed + (heartbeat === undefined ? gracePeriods.never : gracePeriods.reported)
      if (now > at) names.push(name)
      else nextAt = Math.min(nextAt ?? at, at)
      if (probed + gracePeriods.reported >= now) break
    }
    return { names, nextAt }
  }

  #find(name: string): Health | undefined {
    return this.#healths.get(name) ?? this.#silent.get(name)
  }

  #put(name: string, health: Health): void {
    this.forget(name)
    this.#healths.set(name, health)
  }
}
