import { createRandom, type Random, type Timer } from '@kube-bonsai/clock'
import type { Cluster } from '../cluster/cluster.ts'
import type { SimulatedNode } from '../kubelet/simulated-node.ts'
import { actions, type ChaosAction, type ChaosEntry, type ChaosScript } from './script.ts'

/** Something that a script has done. */
export interface ChaosEvent {
  /** Milliseconds since the epoch, on the cluster's clock. */
  readonly time: number
  readonly node: string
  readonly action: ChaosAction
  /** Why it could not be done; done when absent. */
  readonly problem?: string
}

/** How a script is played. */
export interface ChaosPlayOptions {
  /** Where the choice among nodes comes from; 1 by default. */
  readonly seed?: number | string
  /** Told of everything as it happens. */
  readonly onEvent?: (event: ChaosEvent) => void
}

/** A script that is being played. */
export interface ChaosRun {
  /** What has happened so far, in order. */
  readonly events: readonly ChaosEvent[]
  /** Nothing more happens; what was done is not undone. */
  stop(): void
}

/**
 * Plays a script on a cluster from now on, in the cluster's time. What repeats without an end is not waited for when the cluster
 * settles; all else is. The same script and seed do the same to the same cluster.
 */
export function playChaos(cluster: Cluster, script: ChaosScript, options: ChaosPlayOptions = {}): ChaosRun {
  return new Player(cluster, script, options)
}

class Player implements ChaosRun {
  readonly events: ChaosEvent[] = []
  readonly #cluster: Cluster
  readonly #timers: Set<Timer> = new Set()
  readonly #onEvent: (event: ChaosEvent) => void
  readonly #start: number

  constructor(cluster: Cluster, { events }: ChaosScript, { seed = 1, onEvent = () => {} }: ChaosPlayOptions) {
    this.#cluster = cluster
    this.#onEvent = onEvent
    this.#start = cluster.clock.now()
    const random = createRandom(seed)
    // Each entry chooses by itself: one more does not change what the others do.
    for (const [index, entry] of events.entries()) this.#plan(entry, entry.at, random.fork(`chaos/${index}`))
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #plan(entry: ChaosEntry, at: number, random: Random): void {
    const background = entry.every !== undefined && entry.until === undefined
    this.#schedule(at, background, async () => {
      const next = entry.every === undefined ? undefined : at + entry.every
      if (next !== undefined && next <= (entry.until ?? Number.POSITIVE_INFINITY)) this.#plan(entry, next, random)
      const names = entry.nodes.length > 0 ? entry.nodes : this.#cluster.nodes.names
      const name = names[names.length > 1 ? random.int(names.length) : 0]
      if (name === undefined) return
      const undo = actions[entry.do]
      if (entry.for !== undefined && undo !== '')
        this.#schedule(at + entry.for, background, () => this.#do({ ...entry, do: undo }, name))
      await this.#do(entry, name)
    })
  }

  #schedule(at: number, background: boolean, task: () => Promise<void>): void {
    const timer = this.#cluster.clock.schedule(
      this.#start + at,
      () => {
        this.#timers.delete(timer)
        return task()
      },
      { background },
    )
    this.#timers.add(timer)
  }

  async #do(entry: ChaosEntry, name: string): Promise<void> {
    const time = this.#cluster.clock.now()
    const release = this.#cluster.clock.hold()
    let problem: string | undefined
    try {
      await act(this.#cluster.nodes.get(name), entry)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    } finally {
      release()
    }
    const event = { time, node: name, action: entry.do, ...(problem !== undefined && { problem }) }
    this.events.push(event)
    this.#onEvent(event)
  }
}

async function act(node: SimulatedNode, entry: ChaosEntry): Promise<void> {
  switch (entry.do) {
    case 'drain':
      await node.drain(entry.drain)
      return
    case 'fill':
      node.fill(entry.fill ?? {})
      return
    case 'writeManifest':
      node.writeManifest(entry.manifest?.file ?? '', entry.manifest?.text ?? '')
      return
    case 'removeManifest':
      node.removeManifest(entry.manifest?.file ?? '')
      return
    case 'upgrade':
      return node.upgrade(entry.upgrade ?? {})
    default:
      await node[entry.do]()
  }
}
