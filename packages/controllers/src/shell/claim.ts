import {
  type GroupVersionKind,
  isInvalid,
  isNotFound,
  type KubeObject,
  type Selector,
  type Stored,
} from '@kube-bonsai/apimachinery'
import type { ResourceClient } from '@kube-bonsai/client'
import { controllerOf, controllerRefTo } from '../api/meta.ts'

/** Who claims what. */
export interface ClaimOptions<T extends KubeObject> {
  readonly owner: Stored<KubeObject>
  readonly kind: GroupVersionKind
  readonly selector: Selector
  readonly candidates: readonly Stored<T>[]
  /** The client of the candidates' resource in the owner's namespace. */
  readonly resource: ResourceClient<T>
  /** Reads the owner from the server, so that none that is gone adopts. */
  fresh(): Promise<Stored<KubeObject>>
}

/** An owner may not adopt: it was replaced or is being deleted. */
export class AdoptionRefusedError extends Error {
  constructor(owner: Stored<KubeObject>, reason: string) {
    super(`can't adopt: ${owner.kind} ${owner.metadata.namespace ?? ''}/${owner.metadata.name} ${reason}`)
    this.name = 'AdoptionRefusedError'
  }
}

/**
 * Sorts out who belongs to an owner: adopts matching orphans, releases its own that match no more.
 * Rejects with the first failure after all candidates were seen to.
 *
 * @see pkg/controller/controller_ref_manager.go
 */
export async function claim<T extends KubeObject>(options: ClaimOptions<T>): Promise<readonly Stored<T>[]> {
  const { owner, selector, candidates } = options
  const deleting = owner.metadata.deletionTimestamp !== undefined
  const claimed: Stored<T>[] = []
  let allowed: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined
  for (const object of candidates) {
    const ref = controllerOf(object)
    const matches = selector.matches(object.metadata.labels)
    try {
      if (ref !== undefined) {
        if (ref.uid !== owner.metadata.uid) continue
        if (matches) claimed.push(object)
        else if (!deleting) await release(options, object)
      } else if (matches && !deleting && object.metadata.deletionTimestamp === undefined) {
        allowed ??= mayAdopt(options)
        await allowed
        if (await adopt(options, object)) claimed.push(object)
      }
    } catch (error) {
      failure ??= { error }
    }
  }
  if (failure !== undefined) throw failure.error
  return claimed
}

async function mayAdopt<T extends KubeObject>({ owner, fresh }: ClaimOptions<T>): Promise<void> {
  const current = await fresh()
  if (current.metadata.uid !== owner.metadata.uid) throw new AdoptionRefusedError(owner, 'is gone')
  if (current.metadata.deletionTimestamp !== undefined) throw new AdoptionRefusedError(owner, 'has just been deleted')
}

async function adopt<T extends KubeObject>(options: ClaimOptions<T>, object: Stored<T>): Promise<boolean> {
  const { owner, kind, resource } = options
  const metadata = { uid: object.metadata.uid, ownerReferences: [controllerRefTo(owner, kind)] }
  try {
    await resource.patch(object.metadata.name, 'strategic', { metadata })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

async function release<T extends KubeObject>(options: ClaimOptions<T>, object: Stored<T>): Promise<void> {
  const { owner, resource } = options
  const ownerReferences = [{ $patch: 'delete', uid: owner.metadata.uid }]
  try {
    await resource.patch(object.metadata.name, 'strategic', { metadata: { uid: object.metadata.uid, ownerReferences } })
  } catch (error) {
    // Gone, or no longer the one that was meant: nothing is left to release.
    if (!isNotFound(error) && !isInvalid(error)) throw error
  }
}
