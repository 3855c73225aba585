import type { Nominations } from './framework/handle.ts'
import type { PodInfo } from './framework/pod-info.ts'

const nobody: readonly PodInfo[] = []

/** Which pods are promised to which node. @see pkg/scheduler/backend/queue/nominator.go */
export class Nominator implements Nominations {
  readonly #byNode: Map<string, readonly PodInfo[]> = new Map()
  readonly #nodeOf: Map<string, string> = new Map()

  /** Takes over a nomination: `node` when given, otherwise what the pod's status says. The empty string is a nomination to no node. */
  add(pod: PodInfo, node?: string): void {
    this.remove(pod.uid)
    const name = node ?? pod.pod.status?.nominatedNodeName ?? ''
    if (name === '' && node === undefined) return
    this.#nodeOf.set(pod.uid, name)
    this.#byNode.set(name, [...(this.#byNode.get(name) ?? nobody), pod])
  }

  /** Takes over a changed pod. Where neither its old nor its new state names a node, the nomination known here stays. */
  update(before: PodInfo['pod'] | undefined, pod: PodInfo): void {
    const unnamed = !before?.status?.nominatedNodeName && !pod.pod.status?.nominatedNodeName
    this.add(pod, unnamed ? this.#nodeOf.get(pod.uid) : undefined)
  }

  remove(uid: string): void {
    const node = this.#nodeOf.get(uid)
    if (node === undefined) return
    this.#nodeOf.delete(uid)
    const left = (this.#byNode.get(node) ?? nobody).filter((pod) => pod.uid !== uid)
    if (left.length === 0) this.#byNode.delete(node)
    else this.#byNode.set(node, left)
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid) || undefined
  }

  podsOn(node: string): readonly PodInfo[] {
    return this.#byNode.get(node) ?? nobody
  }
}
