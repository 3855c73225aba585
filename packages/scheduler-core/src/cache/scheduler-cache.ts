import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { Snapshot } from '../framework/interfaces.ts'
import { type NodeInfo, newNodeInfo, withNode, withoutNode, withoutPod, withPod } from '../framework/node-info.ts'
import { newPodInfo, type PodInfo } from '../framework/pod-info.ts'
import type { MetricSample } from '../metrics.ts'
import { NodeTree } from './node-tree.ts'

/** How many changes are remembered for whoever keeps an index over the nodes. */
const mostChanges = 10_000

/** Where the cache counts a pod, and whether that is only assumed. */
interface Placement {
  readonly info: PodInfo
  readonly node: string
  readonly assumed: boolean
}

/**
 * The nodes and the pods placed on them, pods that are assumed to be bound soon included.
 * Each change costs the size of one node, whatever the size of the cluster.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/backend/cache/cache.go
 */
export class SchedulerCache {
  readonly #nodes: Map<string, NodeInfo> = new Map()
  readonly #placements: Map<string, Placement> = new Map()
  readonly #tree: NodeTree = new NodeTree()
  #list: NodeInfo[] = []
  #position: Map<string, number> = new Map()
  #orderIsStale = false
  #version = 0
  /** The names of the nodes that changed, oldest first; the last one made version `#version`. */
  #changes: string[] = []

  /** Adds a node or takes its new state. Throws QuantityParseError. */
  putNode(node: Node): void {
    const name = node.metadata.name ?? ''
    const known = this.#nodes.get(name)
    this.#set(withNode(known ?? newNodeInfo(name), node))
    if (this.#tree.put(node)) this.#orderIsStale = true
  }

  /** Forgets a node; pods that are still on it stay counted until they go. */
  removeNode(name: string): void {
    const known = this.#nodes.get(name)
    if (known === undefined) return
    this.#touched(name)
    if (known.pods.length === 0) this.#nodes.delete(name)
    else this.#nodes.set(name, withoutNode(known))
    if (this.#tree.remove(name)) this.#orderIsStale = true
  }

  /** Counts a pod that the API shows on a node; confirms it when it was assumed there. Throws QuantityParseError. */
  putPod(pod: Pod): void {
    const info = newPodInfo(pod)
    const node = pod.spec?.nodeName ?? ''
    const known = this.#placements.get(info.uid)
    if (known !== undefined) this.#detach(known)
    this.#attach({ info, node, assumed: false })
  }

  /** Forgets a pod, assumed or not. */
  removePod(uid: string): void {
    const known = this.#placements.get(uid)
    if (known === undefined) return
    this.#detach(known)
    this.#placements.delete(uid)
  }

  /** Counts a pod on a node ahead of its binding. Throws when the pod is known already, or has no uid. */
  assume(pod: Pod, node: string): void {
    const info = newPodInfo(pod)
    if (info.uid === '') throw new Error('cannot get cache key for pod with empty UID')
    if (this.#placements.has(info.uid)) {
      throw new Error(`pod ${info.uid}(${info.key}) is in the cache, so can't be assumed`)
    }
    this.#attach({ info, node, assumed: true })
  }

  /** Takes an assumption back; pods that the API shows stay. */
  forget(uid: string): void {
    if (this.#placements.get(uid)?.assumed) this.removePod(uid)
  }

  isAssumed(uid: string): boolean {
    return this.#placements.get(uid)?.assumed === true
  }

  /** The node that the pod is counted on, assumed or not. */
  nodeOf(uid: string): string | undefined {
    return this.#placements.get(uid)?.node
  }

  /** How many nodes and pods there are, as `cache_size`. */
  sizes(): Iterable<MetricSample> {
    let assumed = 0
    for (const placement of this.#placements.values()) if (placement.assumed) assumed++
    const size = (type: string, value: number): MetricSample => ({ name: 'cache_size', labels: { type }, value })
    return [size('nodes', this.#nodes.size), size('pods', this.#placements.size), size('assumed_pods', assumed)]
  }

  get nodeCount(): number {
    return this.#ordered().length
  }

  /** The nodes as they stand, in trying order. Valid until the next change of the cache: take `snapshot` to keep one. */
  view(): Snapshot {
    const nodes = this.#ordered()
    return {
      nodes,
      version: this.#version,
      get: (name) => nodes[this.#position.get(name) ?? -1],
      changedSince: (version) => this.#changedSince(version),
    }
  }

  /** The nodes as they stand, for keeps. */
  snapshot(): Snapshot {
    const nodes = [...this.#ordered()]
    const position = new Map(this.#position)
    const version = this.#version
    return {
      nodes,
      version,
      get: (name) => nodes[position.get(name) ?? -1],
      changedSince: (earlier) => (version === this.#version ? this.#changedSince(earlier) : undefined),
    }
  }

  #attach(placement: Placement): void {
    this.#placements.set(placement.info.uid, placement)
    const node = this.#nodes.get(placement.node) ?? newNodeInfo(placement.node)
    this.#set(withPod(node, placement.info))
  }

  #detach({ info, node }: Placement): void {
    const known = this.#nodes.get(node)
    if (known === undefined) return
    const left = withoutPod(known, info.uid)
    if (left.node === undefined && left.pods.length === 0) this.#nodes.delete(node)
    else this.#set(left)
  }

  #set(info: NodeInfo): void {
    this.#nodes.set(info.name, info)
    this.#touched(info.name)
    const position = this.#position.get(info.name)
    if (position !== undefined && !this.#orderIsStale) this.#list[position] = info
  }

  #touched(name: string): void {
    this.#version++
    this.#changes.push(name)
    if (this.#changes.length > 2 * mostChanges) this.#changes = this.#changes.slice(-mostChanges)
  }

  #changedSince(version: number): readonly string[] | undefined {
    const count = this.#version - version
    if (count < 0 || count > this.#changes.length) return undefined
    return count === 0 ? [] : [...new Set(this.#changes.slice(-count))]
  }

  #ordered(): readonly NodeInfo[] {
    if (this.#orderIsStale) {
      this.#list = this.#tree.order().map((name) => this.#nodes.get(name) ?? newNodeInfo(name))
      this.#position = new Map(this.#list.map((info, index) => [info.name, index]))
      this.#orderIsStale = false
    }
    return this.#list
  }
}
