import type { Node, PersistentVolume, PersistentVolumeClaim } from '@kube-bonsai/api-types/core/v1'
import { labelSelectorAsSelector, type ObjectMeta } from '@kube-bonsai/apimachinery'
import { lazyNodeSelector, type NodeMatcher, NodeSelectorError } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import { keyOfClaim } from './pod-claims.ts'

const zero = Quantity.parse('0')
const sizes: WeakMap<object, Quantity> = new WeakMap()
const everywhere: NodeMatcher = { matches: () => true }
const affinities: WeakMap<PersistentVolume, NodeMatcher> = new WeakMap()

/** How much storage a claim asks for; nothing said counts as zero. Throws QuantityParseError. */
export function requestedSize(claim: PersistentVolumeClaim): Quantity {
  return sizeOf(claim, claim.spec?.resources?.requests?.['storage'])
}

/** How much storage a volume has. Throws QuantityParseError. */
export function capacityOf(volume: PersistentVolume): Quantity {
  return sizeOf(volume, volume.spec?.capacity?.['storage'])
}

function sizeOf(object: object, text: string | undefined): Quantity {
  if (text === undefined) return zero
  let size = sizes.get(object)
  if (size === undefined) {
    size = Quantity.parse(text)
    sizes.set(object, size)
  }
  return size
}

/** True on nodes from which the volume can be reached. A selector that cannot be read matches no node. */
export function reachable(volume: PersistentVolume, node: Node): boolean {
  let matcher = affinities.get(volume)
  if (matcher === undefined) {
    const required = volume.spec?.nodeAffinity?.required
    matcher = required === undefined ? everywhere : lazyNodeSelector(required)
    affinities.set(volume, matcher)
  }
  if (matcher === everywhere) return true
  try {
    // Only labels count, as upstream.
    const { labels } = node.metadata
    return matcher.matches({ metadata: labels === undefined ? {} : { labels } })
  } catch (error) {
    if (error instanceof NodeSelectorError) return false
    throw error
  }
}

/** True for a volume that was made for the claim, or bound to it. */
export function isBoundTo({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const reference = spec?.claimRef
  if (reference === undefined) return false
  if (reference.name !== metadata.name || reference.namespace !== metadata.namespace) return false
  return !reference.uid || reference.uid === metadata.uid
}

/**
 * The smallest available volume that serves a claim from a node, or the one that is set aside for it.
 * Throws SelectorError for a claim whose selector cannot be read.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go FindMatchingVolume
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  requestedClass: string,
  volumes: Iterable<PersistentVolume>,
  node: Node,
  taken: ReadonlySet<string>,
): PersistentVolume | undefined {
  const wanted = requestedSize(claim)
  const selector = claim.spec?.selector === undefined ? undefined : labelSelectorAsSelector(claim.spec.selector)
  let smallest: PersistentVolume | undefined
  for (const volume of volumes) {
    const { metadata, spec = {} } = volume
    if (taken.has(metadata.name ?? '')) continue
    const bound = isBoundTo(volume, claim)
    if (spec.claimRef !== undefined && !bound) continue
    const size = capacityOf(volume)
    if (size.cmp(wanted) < 0) continue
    if ((claim.spec?.volumeMode ?? 'Filesystem') !== (spec.volumeMode ?? 'Filesystem')) continue
    if ((claim.spec?.volumeAttributesClassName ?? '') !== (spec.volumeAttributesClassName ?? '')) continue
    if (metadata.deletionTimestamp !== undefined) continue
    if (bound) return reachable(volume, node) ? volume : undefined
    if (volume.status?.phase !== 'Available' || selector?.matches(metadata.labels) === false) continue
    if (classOfVolume(volume) !== requestedClass || !reachable(volume, node)) continue
    if (!(claim.spec?.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode))) continue
    if (smallest === undefined || capacityOf(smallest).cmp(size) > 0) smallest = volume
  }
  return smallest
}

/** The storage class of a volume, the old annotation first; empty for none. */
export function classOfVolume({ metadata, spec }: PersistentVolume): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
}

/** The volume as it is bound to the claim. */
export function bindToClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const was = volume.spec?.claimRef
  const points = was?.name === name && was?.namespace === namespace && was?.uid === uid
  const byController = 'pv.kubernetes.io/bound-by-controller'
  const { annotations } = volume.metadata
  const marks = !isBoundTo(volume, claim) && annotations?.[byController] === undefined
  if (points && !marks) return volume
  const metadata: ObjectMeta = marks
    ? { ...volume.metadata, annotations: { ...annotations, [byController]: 'yes' } }
    : volume.metadata
  if (points) return { ...volume, metadata }
  if (name === undefined) throw new Error(`claim ${keyOfClaim(claim)} has no name`)
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  }
  return { ...volume, metadata, spec: { ...volume.spec, claimRef } }
}
