import { FieldPath, invalid, newInternalError } from '@kube-bonsai/apimachinery'
import type { ClusterAddresses } from './cluster-addresses.ts'
import { type Draft, refusal } from './draft.ts'
import { AllocationError } from './failure.ts'
import { keepsPreferredStack } from './families.ts'

const path = FieldPath.of('spec', 'clusterIPs')

/** Addresses that a write took, and those that it gives up when it succeeds. */
export interface AddressChanges {
  readonly allocated: readonly string[]
  readonly released: readonly string[]
}

/**
 * Gives a service its addresses, or those that a change asks for. Throws the 422 or 500 for what cannot be had; nothing is taken then.
 * @see pkg/registry/core/service/storage/alloc.go allocClusterIPs, updateClusterIPs
 */
export async function allocateAddresses(
  draft: Draft,
  old: Draft | undefined,
  addresses: ClusterAddresses,
  dryRun: boolean,
): Promise<AddressChanges> {
  const nothing = { allocated: [], released: [] }
  if (keepsPreferredStack(draft, old)) return nothing
  if (old === undefined || old.type === 'ExternalName') {
    if (draft.type === 'ExternalName' || draft.clusterIPs[0] === 'None') return nothing
    return { allocated: await allocate(draft, 0, addresses, dryRun), released: [] }
  }
  if (old.clusterIPs[0] === 'None') return nothing
  if (draft.type === 'ExternalName') return { allocated: [], released: old.clusterIPs.slice(0, old.ipFamilies.length) }
  const [before, now] = [old.ipFamilies.length, draft.ipFamilies.length]
  if (before === 1 && now === 2) return { allocated: await allocate(draft, 1, addresses, dryRun), released: [] }
  if (before === 2 && now === 1) return { allocated: [], released: old.clusterIPs.slice(1, 2) }
  return nothing
}

/** Takes one address for each family from the `from`th on. */
async function allocate(
  draft: Draft,
  from: number,
  addresses: ClusterAddresses,
  dryRun: boolean,
): Promise<readonly string[]> {
  const wanted = draft.ipFamilies.map((_, index) => draft.clusterIPs[index] ?? '')
  draft.clusterIPs = wanted
  const allocated: string[] = []
  try {
    for (const [index, family] of draft.ipFamilies.entries())
      if (index >= from) allocated.push(await allocateOne(draft, family, wanted[index] ?? '', addresses, dryRun))
  } catch (error) {
    if (!dryRun) await addresses.release(allocated)
    throw error
  }
  draft.clusterIPs = [...wanted.slice(0, from), ...allocated]
  draft.clusterIP = draft.clusterIPs[0] ?? ''
  return allocated
}

async function allocateOne(
  draft: Draft,
  family: string,
  wanted: string,
  addresses: ClusterAddresses,
  dryRun: boolean,
): Promise<string> {
  try {
    if (wanted === '') return await addresses.allocateNext(family, draft, dryRun)
    await addresses.allocate(family, wanted, draft, dryRun)
    return wanted
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    if (wanted !== '')
      throw refusal(draft, [invalid(path, draft.clusterIPs, `failed to allocate IP ${wanted}: ${error.message}`)])
    throw newInternalError(`failed to allocate a serviceIP: ${error.message}`)
  }
}
