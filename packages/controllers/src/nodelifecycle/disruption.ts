import type { Node } from '@kube-bonsai/api-types/core/v1'
import { nodesByZone, type ZoneState, zoneState } from './zones.ts'

/** What a look at all zones leads to. */
export interface DisruptionChange {
  /** `entered`: no node answers any more, and probably the control plane is at fault; `left`: some answer again. */
  readonly mode: 'entered' | 'left' | 'unchanged'
  /** Zones whose state is new, with their sizes. */
  readonly zones: readonly { readonly key: string; readonly state: ZoneState; readonly size: number }[]
}

/**
 * Remembers the states of zones.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption
 */
export class ZoneStates {
  readonly #states: Map<string, ZoneState> = new Map()

  /** Looks at all nodes. */
  update(nodes: Iterable<Node>): DisruptionChange {
    const zones = nodesByZone(nodes)
    for (const key of this.#states.keys()) if (!zones.has(key)) this.#states.delete(key)
    const found = [...zones].map(([key, own]) => ({ key, state: zoneState(own), size: own.length }))
    for (const { key } of found) if (!this.#states.has(key)) this.#states.set(key, 'Initial')
    const all = found.every(({ state }) => state === 'FullDisruption')
    const allBefore = [...this.#states.values()].every((state) => state === 'FullDisruption')
    if (all && allBefore) return { mode: 'unchanged', zones: [] }
    const changed = all || allBefore ? found : found.filter(({ key, state }) => this.#states.get(key) !== state)
    for (const { key, state } of changed) this.#states.set(key, state)
    return { mode: all ? 'entered' : allBefore ? 'left' : 'unchanged', zones: changed }
  }
}
