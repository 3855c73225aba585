import type { PersistentVolume, PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { StorageClass } from '@kube-bonsai/api-types/storage/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import type { StateKey } from '../../framework/cycle-state.ts'
import type { PluginFactory } from '../../framework/handle.ts'
import type { Listers } from '../../framework/objects.ts'
import { type Status, skip, unresolvable } from '../../framework/status.ts'
import { clusterEventActions } from '../plugin.ts'
import { claimKey, classOfClaim, notFound, usesClaim } from './pod-claims.ts'

/** A label that nodes must have with one of these values. */
interface Zone {
  readonly label: string
  readonly values: readonly string[]
}

const stateKey: StateKey<readonly Zone[]> = { name: 'PreFilterVolumeZone' }
const mismatch = unresolvable('node(s) had no available volume zone')
/** Old names of labels, and the new ones. */
const successors: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
])
const zoneLabels: readonly string[] = [...successors.keys(), ...successors.values()]

/**
 * Volumes that carry zone labels are reachable from nodes in those zones only.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/volumezone/volume_zone.go
 */
export const volumeZone: PluginFactory = (_args, handle) => ({
  name: 'VolumeZone',
  eventsToRegister: () => [
    {
      resource: 'StorageClass',
      actions: ['Add'],
      hint: (_pod, _before, after) =>
        (after as StorageClass).volumeBindingMode === 'WaitForFirstConsumer' ? 'Queue' : 'Skip',
    },
    clusterEventActions('Node', 'Add', 'UpdateNodeLabel'),
    {
      resource: 'PersistentVolumeClaim',
      actions: ['Add', 'Update'],
      hint: ({ pod }, _before, after) => (usesClaim(pod, after as PersistentVolumeClaim, false) ? 'Queue' : 'Skip'),
    },
    {
      resource: 'PersistentVolume',
      actions: ['Add', 'Update'],
      hint: (_pod, before, after) =>
        before === undefined || !deepEqual(zonesOf(before as PersistentVolume), zonesOf(after as PersistentVolume))
          ? 'Queue'
          : 'Skip',
    },
  ],
  preFilter(state, { pod }) {
    const zones = zonesOfPod(pod, handle.listers)
    if ('code' in zones) return { status: zones }
    if (zones.length === 0) return { status: skip }
    state.write(stateKey, zones)
    return undefined
  },
  filter(state, _pod, { node }) {
    const labels = node?.metadata.labels ?? {}
    const labelled = (label: string) => (Object.hasOwn(labels, label) ? labels[label] : undefined)
    if (!zoneLabels.some((label) => labelled(label) !== undefined)) return undefined
    for (const { label, values } of state.read(stateKey) ?? []) {
      const value = labelled(label) ?? labelled(successors.get(label) ?? label)
      if (value === undefined || !values.includes(value)) return mismatch
    }
    return undefined
  },
})

/** The zones of all bound volumes, or why that cannot be told. */
function zonesOfPod(pod: Pod, listers: Listers): readonly Zone[] | Status {
  const zones: Zone[] = []
  for (const { persistentVolumeClaim } of pod.spec?.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue
    const { claimName } = persistentVolumeClaim
    if (claimName === '') return unresolvable('PersistentVolumeClaim had no name')
    const claim = listers.persistentVolumeClaims.get(claimKey(pod, claimName))
    if (claim === undefined) return unresolvable(notFound('persistentvolumeclaim', claimName))
    const volumeName = claim.spec?.volumeName ?? ''
    if (volumeName === '') {
      const refusal = whyUnbound(claim, listers)
      if (refusal !== undefined) return refusal
      continue
    }
    const volume = listers.persistentVolumes.get(volumeName)
    if (volume === undefined) return unresolvable(notFound('persistentvolume', volumeName))
    zones.push(...zonesOf(volume))
  }
  return zones
}

/** An unbound claim is fine when it waits for a pod to come. */
function whyUnbound(claim: PersistentVolumeClaim, listers: Listers): Status | undefined {
  const name = classOfClaim(claim)
  if (name === '') return unresolvable('PersistentVolumeClaim had no pv name and storageClass name')
  const storageClass = listers.storageClasses.get(name)
  if (storageClass === undefined) return unresolvable(notFound('storageclass.storage.k8s.io', name))
  const mode = storageClass.volumeBindingMode
  if (mode === undefined) return unresolvable(`VolumeBindingMode not set for StorageClass ${JSON.stringify(name)}`)
  return mode === 'WaitForFirstConsumer' ? undefined : unresolvable('PersistentVolume had no name')
}

/** The zones of a volume. Several stand in one label, divided by `__`; a label with an empty one is ignored. */
function zonesOf({ metadata }: PersistentVolume): readonly Zone[] {
  const labels = metadata.labels ?? {}
  return zoneLabels.flatMap((label) => {
    if (!Object.hasOwn(labels, label)) return []
    const values = (labels[label] ?? '').split('__').map((value) => value.trim())
    return values.includes('') ? [] : [{ label, values }]
  })
}
