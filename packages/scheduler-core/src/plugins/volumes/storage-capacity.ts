import type { Node, PersistentVolumeClaim } from '@kube-bonsai/api-types/core/v1'
import type { CSIStorageCapacity, StorageClass } from '@kube-bonsai/api-types/storage/v1'
import {
  labelSelectorAsSelector,
  type Selector,
  SelectorError,
  type Selector as Topology,
} from '@kube-bonsai/apimachinery'
import { Quantity } from '@kube-bonsai/quantity'
import type { Listers } from '../../framework/objects.ts'
import { requestedSize } from './matching-volume.ts'

interface ReadCapacity {
  readonly topology: Topology
  /** The largest volume, in bytes; undefined where nothing is said. */
  readonly limit: bigint | undefined
}

const known: WeakMap<CSIStorageCapacity, ReadCapacity> = new WeakMap()
const nothing: Selector = labelSelectorAsSelector(undefined)

/** The largest volume that a capacity allows, in bytes; undefined where nothing is said. Throws QuantityParseError. */
export function volumeLimit({ maximumVolumeSize, capacity }: CSIStorageCapacity): bigint | undefined {
  const text = maximumVolumeSize ?? capacity
  return text === undefined ? undefined : Quantity.parse(text).value()
}

/** Whether there is room for a claim near a node, and the capacity that says so where the driver tells. */
export function findCapacity(
  claim: PersistentVolumeClaim,
  { metadata, provisioner }: StorageClass,
  node: Node,
  { csiDrivers, csiStorageCapacities }: Listers,
): { readonly sufficient: boolean; readonly capacity?: CSIStorageCapacity } {
  if (claim.spec?.resources?.requests?.['storage'] === undefined) return { sufficient: true }
  if (csiDrivers.get(provisioner)?.spec.storageCapacity !== true) return { sufficient: true }
  const size = requestedSize(claim).value()
  for (const capacity of csiStorageCapacities.values()) {
    if (capacity.storageClassName !== metadata.name) continue
    const { limit, topology } = read(capacity)
    if (limit !== undefined && limit >= size && topology.matches(node.metadata.labels))
      return { sufficient: true, capacity }
  }
  return { sufficient: false }
}

function read(capacity: CSIStorageCapacity): ReadCapacity {
  let found = known.get(capacity)
  if (found === undefined) {
    found = { topology: topologyOf(capacity), limit: volumeLimit(capacity) }
    known.set(capacity, found)
  }
  return found
}

/** A topology that cannot be read has no nodes. */
function topologyOf({ nodeTopology }: CSIStorageCapacity): Topology {
  try {
    return labelSelectorAsSelector(nodeTopology)
  } catch (error) {
    if (error instanceof SelectorError) return nothing
    throw error
  }
}
