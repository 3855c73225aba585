import type { PersistentVolumeClaim, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { StateKey } from '../../framework/cycle-state.ts'
import type { PluginFactory } from '../../framework/handle.ts'
import { skip, unresolvable, unschedulable } from '../../framework/status.ts'
import { clusterEventActions } from '../plugin.ts'
import { claimKey, notFound, usesClaim } from './pod-claims.ts'

/** Claims of the pod that only one pod may use, and how often others use them. */
class ExclusiveClaims {
  readonly #names: ReadonlySet<string>
  uses: number

  constructor(names: ReadonlySet<string>, uses: number) {
    this.#names = names
    this.uses = uses
  }

  /** Another pod comes (1) or goes (-1). As upstream, only the names of its claims are looked at. */
  change(other: Pod, delta: 1 | -1): void {
    for (const { persistentVolumeClaim } of other.spec?.volumes ?? []) {
      if (persistentVolumeClaim !== undefined && this.#names.has(persistentVolumeClaim.claimName)) this.uses += delta
    }
  }

  clone(): ExclusiveClaims {
    return new ExclusiveClaims(this.#names, this.uses)
  }
}

const stateKey: StateKey<ExclusiveClaims> = { name: 'PreFilterVolumeRestrictions' }
const diskConflict = unschedulable('node(s) had no available disk')
const inUse = 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use'
const claimConflict = unschedulable(`${inUse} by another pod`)

/**
 * Disks that cannot be mounted twice, and claims that only one pod may use.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go
 */
export const volumeRestrictions: PluginFactory = (_args, handle) => ({
  name: 'VolumeRestrictions',
  eventsToRegister: () => [
    {
      resource: 'Pod',
      actions: ['Delete'],
      hint: ({ pod }, before) => (contends(pod, before as Pod) ? 'Queue' : 'Skip'),
    },
    clusterEventActions('Node', 'Add'),
    {
      resource: 'PersistentVolumeClaim',
      actions: ['Add'],
      hint: ({ pod }, _before, after) => (usesClaim(pod, after as PersistentVolumeClaim, false) ? 'Queue' : 'Skip'),
    },
  ],
  preFilter(state, { pod }, snapshot) {
    const volumes = pod.spec?.volumes ?? []
    const exclusive = new Set<string>()
    for (const { persistentVolumeClaim } of volumes) {
      if (persistentVolumeClaim === undefined) continue
      const { claimName } = persistentVolumeClaim
      const claim = handle.listers.persistentVolumeClaims.get(claimKey(pod, claimName))
      if (claim === undefined) return { status: unresolvable(notFound('persistentvolumeclaim', claimName)) }
      if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) exclusive.add(claimName)
    }
    let uses = 0
    if (exclusive.size > 0) {
      const keys = new Set([...exclusive].map((name) => claimKey(pod, name)))
      const used = new Set<string>()
      for (const node of snapshot.nodes)
        for (const { claims } of node.pods) for (const key of claims) if (keys.has(key)) used.add(key)
      uses = used.size
    }
    if (uses === 0 && !volumes.some(isDisk)) return { status: skip }
    state.write(stateKey, new ExclusiveClaims(exclusive, uses))
    return undefined
  },
  preFilterExtensions: {
    addPod: (state, _pod, added) => void state.read(stateKey)?.change(added.pod, 1),
    removePod: (state, _pod, removed) => void state.read(stateKey)?.change(removed.pod, -1),
  },
  filter(state, { pod }, node) {
    const disks = (pod.spec?.volumes ?? []).filter(isDisk)
    if (disks.length > 0 && node.pods.some((other) => sharesDisk(disks, other.pod))) return diskConflict
    return (state.read(stateKey)?.uses ?? 0) > 0 ? claimConflict : undefined
  },
})

function isDisk(volume: Volume): boolean {
  const { gcePersistentDisk, awsElasticBlockStore, rbd, iscsi } = volume
  return [gcePersistentDisk, awsElasticBlockStore, rbd, iscsi].some((source) => source !== undefined)
}

function sharesDisk(disks: readonly Volume[], other: Pod): boolean {
  const held = other.spec?.volumes ?? []
  return disks.some((disk) => held.some((volume) => conflict(disk, volume)))
}

function conflict(left: Volume, right: Volume): boolean {
  const bothRead = (one: { readonly readOnly?: boolean }, other: { readonly readOnly?: boolean }) =>
    one.readOnly === true && other.readOnly === true
  const [gce, otherGce] = [left.gcePersistentDisk, right.gcePersistentDisk]
  if (gce && otherGce && gce.pdName === otherGce.pdName && !bothRead(gce, otherGce)) return true
  const [aws, otherAws] = [left.awsElasticBlockStore, right.awsElasticBlockStore]
  if (aws && otherAws && aws.volumeID === otherAws.volumeID) return true
  const [iscsi, otherIscsi] = [left.iscsi, right.iscsi]
  if (iscsi && otherIscsi && iscsi.iqn === otherIscsi.iqn && !bothRead(iscsi, otherIscsi)) return true
  const [rbd, otherRbd] = [left.rbd, right.rbd]
  return (
    rbd !== undefined &&
    otherRbd !== undefined &&
    rbd.monitors.some((monitor) => otherRbd.monitors.includes(monitor)) &&
    (rbd.pool ?? '') === (otherRbd.pool ?? '') &&
    rbd.image === otherRbd.image &&
    !bothRead(rbd, otherRbd)
  )
}

/** True when a pod that went held a disk or a claim that this one wants. */
function contends(pod: Pod, gone: Pod): boolean {
  if (gone.metadata.namespace !== pod.metadata.namespace) return false
  const volumes = pod.spec?.volumes ?? []
  if (sharesDisk(volumes.filter(isDisk), gone)) return true
  const names = new Set(volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []))
  return (gone.spec?.volumes ?? []).some(({ persistentVolumeClaim }) =>
    names.has(persistentVolumeClaim?.claimName ?? ''),
  )
}
