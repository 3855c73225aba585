import type { Handle } from '../framework/handle.ts'
import type { Snapshot } from '../framework/interfaces.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import type { Listers } from '../framework/objects.ts'

type Images = NodeInfo['images']

/** How many nodes have each image, kept at the cost of what changes. */
export class ImageIndex {
  readonly #byNode: Map<string, Images> = new Map()
  readonly #counts: Map<string, number> = new Map()
  #version = -1

  /** Brings it up to date with a snapshot. */
  sync(snapshot: Snapshot): this {
    if (snapshot.version === this.#version) return this
    const changed = this.#version < 0 ? undefined : snapshot.changedSince(this.#version)
    if (changed === undefined) {
      for (const name of [...this.#byNode.keys()]) this.#replace(name, snapshot.get(name))
      for (const node of snapshot.nodes) this.#replace(node.name, node)
    } else for (const name of changed) this.#replace(name, snapshot.get(name))
    this.#version = snapshot.version
    return this
  }

  nodesWith(image: string): number {
    return this.#counts.get(image) ?? 0
  }

  #replace(name: string, node: NodeInfo | undefined): void {
    const [before, after] = [this.#byNode.get(name), node?.images]
    if (before === after) return
    for (const image of before?.keys() ?? []) this.#add(image, -1)
    for (const image of after?.keys() ?? []) this.#add(image, 1)
    if (after === undefined || after.size === 0) this.#byNode.delete(name)
    else this.#byNode.set(name, after)
  }

  #add(image: string, by: 1 | -1): void {
    const count = (this.#counts.get(image) ?? 0) + by
    if (count === 0) this.#counts.delete(image)
    else this.#counts.set(image, count)
  }
}

const indexes: WeakMap<Listers, ImageIndex> = new WeakMap()

/** The index of a scheduler, up to date; its profiles share it. */
export function imageIndexOf(handle: Handle, snapshot: Snapshot): ImageIndex {
  const known = indexes.get(handle.listers) ?? new ImageIndex()
  indexes.set(handle.listers, known)
  return known.sync(snapshot)
}
