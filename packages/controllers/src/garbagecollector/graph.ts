import type { OwnerReference, Stored, Unstructured } from '@kube-bonsai/apimachinery'
import type { DeletableResource } from '../discovery/resources.ts'

/** The finalizer of an owner that waits until what blocks it is gone. */
export const foregroundFinalizer = 'foregroundDeletion'
/** The finalizer of an owner whose dependents are to survive it. */
export const orphanFinalizer = 'orphan'

/** An object in the graph. */
export interface GraphNode {
  readonly resource: DeletableResource
  readonly object: Stored<Unstructured>
}

/** Says whether an object is being deleted. */
export function isDeleting({ object }: GraphNode): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

/** Says whether an object is being deleted in the foreground. */
export function waitsForDependents(node: GraphNode): boolean {
  return isDeleting(node) && (node.object.metadata.finalizers ?? []).includes(foregroundFinalizer)
}

/** Says whether an object is being deleted and leaves its dependents behind. */
export function waitsForOrphans(node: GraphNode): boolean {
  return isDeleting(node) && (node.object.metadata.finalizers ?? []).includes(orphanFinalizer)
}

/** The references of a node to its owners. */
export function ownersOf({ object }: GraphNode): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? []
}

const none: ReadonlySet<string> = new Set()

/** Who owns whom, by uid. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  /** The nodes that name `uid` as an owner, in order of arrival. */
  dependentsOf(uid: string): readonly GraphNode[] {
    const found: GraphNode[] = []
    for (const dependent of this.#dependents.get(uid) ?? none) {
      const node = this.#nodes.get(dependent)
      if (node !== undefined) found.push(node)
    }
    return found
  }

  /** The dependents that keep an owner from going. */
  blockingDependentsOf(uid: string): readonly GraphNode[] {
    return this.dependentsOf(uid).filter((node) =>
      ownersOf(node).some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
    )
  }

  /** Adds or replaces a node. */
  put(node: GraphNode): void {
    const { uid } = node.object.metadata
    const old = this.#nodes.get(uid)
    this.#nodes.set(uid, node)
    const owners = new Set(ownersOf(node).map((owner) => owner.uid))
    for (const owner of old === undefined ? [] : ownersOf(old)) if (!owners.has(owner.uid)) this.#unlink(owner.uid, uid)
    for (const owner of owners) {
      const dependents = this.#dependents.get(owner)
      if (dependents === undefined) this.#dependents.set(owner, new Set([uid]))
      else dependents.add(uid)
    }
  }

  /** Forgets a node; its dependents stay linked to its uid. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid)
    if (node === undefined) return
    this.#nodes.delete(uid)
    for (const owner of ownersOf(node)) this.#unlink(owner.uid, uid)
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner)
    dependents?.delete(dependent)
    if (dependents?.size === 0) this.#dependents.delete(owner)
  }
}
