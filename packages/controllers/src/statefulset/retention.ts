import type { OwnerReference } from '@kube-bonsai/apimachinery'
import type { PersistentVolumeClaim, StatefulSet } from '../api/apps.ts'
import { pods, statefulSets } from '../api/known.ts'
import { controllerRefTo } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { apiVersionOf, type ResourceRef } from '../api/resources.ts'
import { inRange, ordinalOf } from './identity.ts'

function names(
  reference: OwnerReference,
  ref: Pick<ResourceRef<never>, 'group' | 'version' | 'kind'>,
  name: string,
): boolean {
  return reference.apiVersion === apiVersionOf(ref) && reference.kind === ref.kind && reference.name === name
}

/** Says whether a claim still belongs to an earlier pod of that name. */
export function isStaleFor(claim: PersistentVolumeClaim, podName: string, podUid: string | undefined): boolean {
  return (claim.metadata.ownerReferences ?? []).some((one) => names(one, pods, podName) && one.uid !== podUid)
}

/** Says whether something else controls a claim, so that its retention policy is ignored. */
export function hasForeignController(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (whenDeleted === 'Retain' && whenScaled === 'Retain') return false
  return (claim.metadata.ownerReferences ?? []).some((one) => {
    if (names(one, statefulSets, set.metadata.name)) return one.uid !== set.metadata.uid
    if (names(one, pods, pod.metadata.name)) return one.uid !== pod.metadata.uid
    return one.controller === true
  })
}

/**
 * The owners that a claim should have by the set's retention policy.
 *
 * @returns undefined when it has them, or must be left alone
 * @see pkg/controller/statefulset/stateful_set_utils.go
 */
export function wantedOwners(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
): readonly OwnerReference[] | undefined {
  const owners = claim.metadata.ownerReferences ?? []
  const mine = (one: OwnerReference): boolean =>
    names(one, statefulSets, set.metadata.name) || names(one, pods, pod.metadata.name)
  const uids = new Set([set.metadata.uid, pod.metadata.uid])
  if (owners.some((one) => mine(one) && !uids.has(one.uid))) return undefined
  const rest = owners.filter((one) => !mine(one))
  const wanted = hasForeignController(claim, set, pod) ? rest : [...rest, ...ownersByPolicy(set, pod)]
  const text = (list: readonly OwnerReference[]): string =>
    list
      .map(({ uid, controller }) => `${uid}:${controller === true}`)
      .sort()
      .join()
  return text(wanted) === text(owners) ? undefined : wanted
}

function ownersByPolicy(set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (whenScaled === 'Delete' && !inRange(set, ordinalOf(pod))) return [controllerRefTo(pod, pods)]
  return whenDeleted === 'Delete' ? [controllerRefTo(set, statefulSets)] : []
}
