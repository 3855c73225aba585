import type { PodInfo } from './framework/pod-info.ts'

/** Which pods are promised to which node. @see pkg/scheduler/backend/queue/nominator.go */
export class Nominator {
  readonly #byNode: Map<string, Map<string, PodInfo>> = new Map()
  readonly #nodeOf: Map<string, string> = new Map()

  /** Takes over what the pod's status says; a pod without a nomination keeps the one known here. */
  put(pod: PodInfo): void {
    const node = pod.pod.status?.nominatedNodeName || this.#nodeOf.get(pod.uid)
    this.remove(pod.uid)
    if (!node) return
    this.#nodeOf.set(pod.uid, node)
    const pods = this.#byNode.get(node) ?? new Map<string, PodInfo>()
    this.#byNode.set(node, pods.set(pod.uid, pod))
  }

  remove(uid: string): void {
    const node = this.#nodeOf.get(uid)
    if (node === undefined) return
    this.#nodeOf.delete(uid)
    const pods = this.#byNode.get(node)
    pods?.delete(uid)
    if (pods?.size === 0) this.#byNode.delete(node)
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid)
  }

  podsOn(node: string): readonly PodInfo[] {
    const pods = this.#byNode.get(node)
    return pods === undefined ? [] : [...pods.values()]
  }
}
