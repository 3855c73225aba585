import type { PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver, CSINode, CSIStorageCapacity, StorageClass } from '@kube-bonsai/api-types/storage/v1'
import { semanticEqual } from '@kube-bonsai/apimachinery'
import { Quantity } from '@kube-bonsai/quantity'
import type { VolumeBindingArgs } from '../../config/plugin-args.ts'
import type { StateKey } from '../../framework/cycle-state.ts'
import type { EventRegistration } from '../../framework/events.ts'
import type { PluginFactory } from '../../framework/handle.ts'
import type { Listers } from '../../framework/objects.ts'
import { failure, type Status, skip, unresolvable } from '../../framework/status.ts'
import { brokenLinear } from '../broken-linear.ts'
import { clusterEventActions } from '../plugin.ts'
import { bindVolumes } from './bind-volumes.ts'
import { capacityOf, requestedSize } from './matching-volume.ts'
import { claimKey, claimReferences, notFound, usesClaim, whyNotOwned } from './pod-claims.ts'
import { volumeLimit } from './storage-capacity.ts'
import { isReasons, type PodClaims, type PodVolumes, VolumeBinder } from './volume-binder.ts'

interface BindingState {
  readonly claims: PodClaims
  /** What was found on each node that passed; what-ifs share it. */
  readonly byNode: Map<string, PodVolumes>
  allBound: boolean
}

const stateKey: StateKey<BindingState> = { name: 'VolumeBinding' }

/** What was found for the pod on a node: for those who explain a decision. */
export const volumePlanKey: StateKey<{ readonly byNode: ReadonlyMap<string, PodVolumes> }> = stateKey

const unboundImmediate = unresolvable('pod has unbound immediate PersistentVolumeClaims')

/**
 * Finds volumes for claims that wait for a pod, or room to make them, and keeps pods near the volumes they have.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/volumebinding/volume_binding.go
 */
export const volumeBinding: PluginFactory<VolumeBindingArgs> = (args, handle) => {
  const { listers } = handle
  const binder = new VolumeBinder(listers)
  const scorer = handle.gates.enabled('StorageCapacityScoring') ? capacityScorer(args) : undefined
  return {
    name: 'VolumeBinding',
    eventsToRegister: () => registrations,
    preFilter(state, { pod }) {
      const references = claimReferences(pod)
      if (references.length === 0) return { status: skip }
      const refusal = whyClaimsUnusable(pod, listers)
      if (refusal !== undefined) return { status: refusal }
      const claims = binder.claimsOf(pod)
      if (claims.immediate.length > 0) return { status: unboundImmediate }
      state.write(stateKey, { claims, byNode: new Map(), allBound: false })
      return undefined
    },
    filter(state, _pod, { name, node }) {
      const known = state.read(stateKey)
      if (known === undefined || node === undefined) return undefined
      const found = binder.find(known.claims, node)
      if (isReasons(found)) return unresolvable(...found)
      known.byNode.set(name, found)
      return undefined
    },
    preScore: () => (scorer === undefined ? skip : undefined),
    score(state, _pod, { name }) {
      const found = state.read(stateKey)?.byNode.get(name)
      return found === undefined || scorer === undefined ? 0 : scorer(found)
    },
    reserve(state, { pod }, node) {
      const known = state.read(stateKey)
      if (known === undefined) return undefined
      const found = known.byNode.get(node)
      const assumed = found === undefined ? undefined : binder.assume(pod, node, found)
      if (assumed === undefined) known.allBound = true
      else known.byNode.set(node, assumed)
      return undefined
    },
    unreserve(state, _pod, node) {
      const found = state.read(stateKey)?.byNode.get(node)
      if (found !== undefined) binder.revert(found)
    },
    preBindPreFlight(state, _pod, node) {
      const known = state.read(stateKey)
      if (known === undefined || known.allBound) return skip
      return known.byNode.has(node) ? undefined : failure(`no pod volume found for node "${node}"`)
    },
    async preBind(state, _pod, node) {
      const known = state.read(stateKey)
      const found = known?.byNode.get(node)
      if (known === undefined || known.allBound || found === undefined) return undefined
      return bindVolumes(handle, binder, node, found, args.bindTimeoutSeconds)
    },
  }
}

/** Why a claim of the pod cannot be used at all. */
function whyClaimsUnusable(pod: Pod, { persistentVolumeClaims }: Listers): Status | undefined {
  for (const { name, ephemeral } of claimReferences(pod)) {
    const quoted = JSON.stringify(name)
    const claim = persistentVolumeClaims.get(claimKey(pod, name))
    if (claim === undefined) {
      return unresolvable(
        ephemeral
          ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
          : notFound('persistentvolumeclaim', name),
      )
    }
    if (claim.status?.phase === 'Lost') {
      const volume = JSON.stringify(claim.spec?.volumeName ?? '')
      return unresolvable(`persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${volume}`)
    }
    if (claim.metadata.deletionTimestamp !== undefined)
      return unresolvable(`persistentvolumeclaim ${quoted} is being deleted`)
    const foreign = ephemeral ? whyNotOwned(pod, claim) : undefined
    if (foreign !== undefined) return unresolvable(foreign)
  }
  return undefined
}

/** Scores how full the storage behind a node's volumes would be, each class alike. */
function capacityScorer({ shape = [] }: VolumeBindingArgs): (found: PodVolumes) => number {
  const raw = brokenLinear(shape.map(({ utilization, score }) => ({ utilization, score: score * 10 })))
  const scoreOf = (requested: number, capacity: number) =>
    raw(capacity === 0 || requested > capacity ? 100 : Math.trunc((requested * 100) / capacity))
  return ({ bindings, provisions }) => {
    const classes = new Map<string, { requested: number; capacity: number }>()
    const ofClass = (name: string) => {
      const sums = classes.get(name) ?? { requested: 0, capacity: 0 }
      classes.set(name, sums)
      return sums
    }
    for (const { claim, volume } of bindings) {
      const sums = ofClass(volume.spec?.storageClassName ?? '')
      sums.requested += Number(requestedSize(claim).value())
      sums.capacity += Number(capacityOf(volume).value())
    }
    if (bindings.length === 0) {
      for (const { claim, capacity } of provisions) {
        if (capacity === undefined) continue
        const sums = ofClass(claim.spec?.storageClassName ?? '')
        sums.capacity = capacity.capacity === undefined ? 0 : Number(Quantity.parse(capacity.capacity).value())
        sums.requested += Number(requestedSize(claim).value())
      }
    }
    if (classes.size === 0) return 0
    let sum = 0
    for (const { requested, capacity } of classes.values()) sum += scoreOf(requested, capacity)
    return Math.round(sum / classes.size)
  }
}

const migrated = 'storage.alpha.kubernetes.io/migrated-plugins'

const registrations: readonly EventRegistration[] = [
  {
    resource: 'StorageClass',
    actions: ['Add', 'Update'],
    hint: (_pod, before, after) =>
      before === undefined ||
      !semanticEqual((before as StorageClass).allowedTopologies, (after as StorageClass).allowedTopologies)
        ? 'Queue'
        : 'Skip',
  },
  {
    resource: 'PersistentVolumeClaim',
    actions: ['Add', 'Update'],
    hint: ({ pod }, _before, after) => (usesClaim(pod, after as PersistentVolumeClaim, true) ? 'Queue' : 'Skip'),
  },
  clusterEventActions('PersistentVolume', 'Add', 'Update'),
  clusterEventActions('Node', 'Add', 'UpdateNodeLabel'),
  {
    resource: 'CSINode',
    actions: ['Add', 'Update'],
    hint: (_pod, before, after) => {
      const pluginsOf = (node: unknown) => (node as CSINode).metadata.annotations?.[migrated] ?? ''
      return before === undefined || pluginsOf(before) !== pluginsOf(after) ? 'Queue' : 'Skip'
    },
  },
  {
    resource: 'CSIDriver',
    actions: ['Update'],
    hint: ({ pod }, before, after) => {
      const [was, is] = [before as CSIDriver, after as CSIDriver]
      const uses = (pod.spec?.volumes ?? []).some(({ csi }) => csi !== undefined && csi.driver === is.metadata.name)
      return uses && was.spec.storageCapacity === true && is.spec.storageCapacity !== true ? 'Queue' : 'Skip'
    },
  },
  {
    resource: 'CSIStorageCapacity',
    actions: ['Add', 'Update'],
    hint: (_pod, before, after) => {
      if (before === undefined) return 'Queue'
      const [was, is] = [volumeLimit(before as CSIStorageCapacity), volumeLimit(after as CSIStorageCapacity)]
      return is !== undefined && (was === undefined || is > was) ? 'Queue' : 'Skip'
    },
  },
]
