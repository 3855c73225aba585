import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Storage, StorageEvent, StorageWatch } from '@kube-bonsai/storage'

type Listener = (event: StorageEvent<KubeObject>) => void

/** So many past changes are kept for watchers that begin a little in the past. */
const remembered = 10_000
const prefix = '/registry/core/pods/'

/**
 * One watch of the store for everybody who watches the pods of one node: a change visits only the watchers of the nodes
 * that it names, however many nodes there are.
 */
export class PodsByNode {
  readonly #storage: Storage<KubeObject>
  readonly #listeners: Map<string, Set<Listener>> = new Map()
  #watch: StorageWatch | undefined
  #recent: StorageEvent<KubeObject>[] = []
  /** The first revision that `#recent` is complete from. */
  #from = 0

  constructor(storage: Storage<KubeObject>) {
    this.#storage = storage
  }

  /**
   * Watches the pods of a node from a revision on.
   *
   * @returns undefined when that is further back than what is remembered: the caller watches the store itself then
   */
  watch(node: string, from: number, listener: Listener): StorageWatch | undefined {
    if (this.#watch === undefined) this.#begin(from)
    if (from < this.#from) return undefined
    for (const event of this.#recent) if (event.revision >= from && nodesOf(event).includes(node)) listener(event)
    // What was committed before `from` may not have been delivered yet.
    const later: Listener = (event) => {
      if (event.revision >= from) listener(event)
    }
    const listeners = this.#listeners.get(node) ?? new Set()
    listeners.add(later)
    this.#listeners.set(node, listeners)
    return { cancel: () => this.#forget(node, later) }
  }

  #begin(from: number): void {
    this.#from = from
    this.#watch = this.#storage.watch({
      prefix,
      fromRevision: from,
      onEvents: (events) => {
        for (const event of events) this.#deliver(event)
      },
    })
  }

  #deliver(event: StorageEvent<KubeObject>): void {
    this.#recent.push(event)
    if (this.#recent.length > 2 * remembered) {
      this.#recent = this.#recent.slice(-remembered)
      this.#from = (this.#recent[0]?.revision ?? 0) + 1
    }
    for (const node of nodesOf(event)) for (const listener of [...(this.#listeners.get(node) ?? [])]) listener(event)
  }

  #forget(node: string, listener: Listener): void {
    const listeners = this.#listeners.get(node)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(node)
    if (this.#listeners.size > 0) return
    this.#watch?.cancel()
    this.#watch = undefined
    this.#recent = []
  }
}

/** The node of a pod before and after a change. */
function nodesOf({ kv, previous }: StorageEvent<KubeObject>): readonly string[] {
  const now = nodeOf(kv.value)
  const before = previous === undefined ? now : nodeOf(previous.value)
  return now === before ? [now] : [before, now]
}

function nodeOf(pod: KubeObject): string {
  return (pod as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? ''
}
