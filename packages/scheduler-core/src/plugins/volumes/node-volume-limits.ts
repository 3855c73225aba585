import type { PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { CSINode, VolumeAttachment } from '@kube-bonsai/api-types/storage/v1'
import type { Handle, PluginFactory } from '../../framework/handle.ts'
import { failure, type Status, skip, unresolvable, unschedulable } from '../../framework/status.ts'
import { clusterEventActions } from '../plugin.ts'
import { csiDisk, driverOfProvisioner, isInTreeDisk } from './in-tree-disks.ts'
import { claimKey, claimReference, classOfClaim, notFound, usesClaim, whyNotOwned } from './pod-claims.ts'

/** Drivers by the unique names of volumes. */
type Volumes = Map<string, string>

const exceeded = unschedulable('node(s) exceed max volume count')

/**
 * How many volumes of each CSI driver a node can attach, as its CSINode says.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/nodevolumelimits/csi.go
 */
export const nodeVolumeLimits: PluginFactory = (_args, handle) => {
  const { listers } = handle
  const scaling = handle.gates.enabled('VolumeLimitScaling')
  const attachmentsOf = attachmentIndex(handle)
  return {
    name: 'NodeVolumeLimits',
    eventsToRegister: () => [
      clusterEventActions('CSINode', 'Add'),
      {
        resource: 'CSINode',
        actions: ['Update'],
        hint: (_pod, before, after) => (limitGrew(before as CSINode, after as CSINode) ? 'Queue' : 'Skip'),
      },
      { resource: 'Pod', actions: ['Delete'], hint: (_pod, before) => (freesVolume(before as Pod) ? 'Queue' : 'Skip') },
      {
        resource: 'PersistentVolumeClaim',
        actions: ['Add'],
        hint: ({ pod }, _before, after) => (usesClaim(pod, after as PersistentVolumeClaim, true) ? 'Queue' : 'Skip'),
      },
      {
        resource: 'VolumeAttachment',
        actions: ['Delete'],
        hint: ({ pod }, before) => (mayUse(pod, before as VolumeAttachment) ? 'Queue' : 'Skip'),
      },
    ],
    preFilter: (_state, { pod }) => (countsVolumes(pod) ? undefined : { status: skip }),
    filter(_state, { pod }, node) {
      if ((pod.spec?.volumes ?? []).length === 0) return undefined
      const csiNode = listers.csiNodes.get(node.name)
      const wanted: Volumes = new Map()
      const refusal = collect(pod, csiNode, handle, true, wanted)
      if (refusal !== undefined) return refusal
      if (wanted.size === 0) return undefined
      if (scaling) {
        for (const driver of wanted.values()) {
          if (listers.csiDrivers.get(driver) === undefined) continue
          if (!csiNode?.spec.drivers?.some(({ name }) => name === driver))
            return unschedulable(`${driver} CSI driver is not installed on the node`)
        }
      }
      const limits = limitsOf(csiNode)
      if (limits.size === 0) return undefined
      const attached: Volumes = new Map()
      for (const other of node.pods) {
        const failed = collect(other.pod, csiNode, handle, false, attached)
        if (failed !== undefined) return failure(failed.reasons.join(', '))
      }
      for (const name of attached.keys()) wanted.delete(name)
      for (const [name, driver] of attachmentsOf(node.name)) attached.set(name, attached.get(name) ?? driver)
      for (const [driver, limit] of limits) {
        const added = count(wanted, driver)
        if (added > 0 && added + count(attached, driver) > limit) return exceeded
      }
      return undefined
    },
  }
}

/** Adds the volumes of a pod that the node must attach. What is unknown matters for the new pod only. */
function collect(
  pod: Pod,
  csiNode: CSINode | undefined,
  handle: Handle,
  isNew: boolean,
  volumes: Volumes,
): Status | undefined {
  for (const volume of pod.spec?.volumes ?? []) {
    const reference = claimReference(pod, volume)
    if (reference === undefined) {
      const disk = csiDisk(volume, csiNode)
      if (disk !== undefined) volumes.set(`${disk.driver}/${disk.handle}`, disk.driver)
      continue
    }
    const { name, ephemeral } = reference
    if (name === '') return failure('PersistentVolumeClaim had no name')
    const key = claimKey(pod, name)
    const claim = handle.listers.persistentVolumeClaims.get(key)
    if (claim === undefined) {
      if (isNew) return unresolvable(`looking up PVC ${key}: ${notFound('persistentvolumeclaim', name)}`)
      continue
    }
    const foreign = ephemeral ? whyNotOwned(pod, claim) : undefined
    if (foreign !== undefined) return failure(foreign)
    const disk = diskOfClaim(claim, csiNode, handle)
    if (disk !== undefined) volumes.set(`${disk.driver}/${disk.handle}`, disk.driver)
  }
  return undefined
}

function diskOfClaim(claim: PersistentVolumeClaim, csiNode: CSINode | undefined, { listers }: Handle) {
  const volume = claim.spec?.volumeName ? listers.persistentVolumes.get(claim.spec.volumeName) : undefined
  if (volume !== undefined) {
    const { csi } = volume.spec ?? {}
    const disk = csi ? { driver: csi.driver, handle: csi.volumeHandle } : csiDisk(volume.spec ?? {}, csiNode)
    return disk === undefined || disk.driver === '' || disk.handle === '' ? undefined : disk
  }
  const storageClass = listers.storageClasses.get(classOfClaim(claim))
  if (storageClass === undefined) return undefined
  const driver = driverOfProvisioner(storageClass.provisioner, csiNode)
  if (driver === undefined || driver === '') return undefined
  // Not provisioned yet: the claim itself tells one from the other.
  return { driver, handle: `\u0000${claim.metadata.namespace ?? ''}/${claim.metadata.name ?? ''}` }
}

/** The volumes that are attached to each node, or about to be, kept until something changes. */
function attachmentIndex({ listers }: Handle): (node: string) => ReadonlyMap<string, string> {
  const none: ReadonlyMap<string, string> = new Map()
  let versions = ''
  let byNode = new Map<string, Map<string, string>>()
  return (node) => {
    const { volumeAttachments, persistentVolumes } = listers
    if (volumeAttachments.size === 0) return none
    const now = `${volumeAttachments.version} ${persistentVolumes.version}`
    if (now !== versions) {
      versions = now
      byNode = new Map()
      for (const { spec } of volumeAttachments.values()) {
        const name = spec.source.persistentVolumeName
        const csi = name === undefined ? undefined : persistentVolumes.get(name)?.spec?.csi
        if (csi === undefined || spec.attacher === '') continue
        const volumes = byNode.get(spec.nodeName) ?? new Map<string, string>()
        byNode.set(spec.nodeName, volumes.set(`${spec.attacher}/${csi.volumeHandle}`, spec.attacher))
      }
    }
    return byNode.get(node) ?? none
  }
}

function limitsOf(csiNode: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>()
  for (const { name, allocatable } of csiNode?.spec.drivers ?? [])
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count)
  return limits
}

function count(volumes: Volumes, driver: string): number {
  let sum = 0
  for (const other of volumes.values()) if (other === driver) sum++
  return sum
}

function countsVolumes(pod: Pod): boolean {
  return (pod.spec?.volumes ?? []).some((volume) => claimReference(pod, volume) !== undefined || isInTreeDisk(volume))
}

function limitGrew(before: CSINode, after: CSINode): boolean {
  const old = limitsOf(before)
  for (const [driver, limit] of limitsOf(after)) if (limit > (old.get(driver) ?? 0)) return true
  return false
}

function freesVolume(gone: Pod): boolean {
  return Boolean(gone.spec?.nodeName || gone.status?.nominatedNodeName) && countsVolumes(gone)
}

function mayUse(pod: Pod, { spec }: VolumeAttachment): boolean {
  // Any CSINode will do: only the driver's name is asked for.
  const anywhere: CSINode = { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: {}, spec: { drivers: [] } }
  return (pod.spec?.volumes ?? []).some(
    (volume) => volume.persistentVolumeClaim !== undefined || csiDisk(volume, anywhere)?.driver === spec.attacher,
  )
}
