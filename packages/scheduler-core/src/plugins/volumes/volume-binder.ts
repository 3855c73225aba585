import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { CSIStorageCapacity, StorageClass } from '@kube-bonsai/api-types/storage/v1'
import type { Listers } from '../../framework/objects.ts'
import { AssumedObjects } from './assumed-objects.ts'
import { bindToClaim, classOfVolume, findMatchingVolume, reachable, requestedSize } from './matching-volume.ts'
import { claimKey, claimReferences, classOfClaim, keyOfClaim, whyNotOwned } from './pod-claims.ts'
import { findCapacity } from './storage-capacity.ts'

/** A volume for a claim. */
export interface StaticBinding {
  readonly claim: PersistentVolumeClaim
  readonly volume: PersistentVolume
}

/** A claim for which a volume will be made. */
export interface Provision {
  readonly claim: PersistentVolumeClaim
  /** What said that there is room. */
  readonly capacity?: CSIStorageCapacity
}

/** What a pod's claims come to on one node. */
export interface PodVolumes {
  readonly bindings: readonly StaticBinding[]
  readonly provisions: readonly Provision[]
}

/** The claims of a pod, by how far they are. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[]
  /** To be bound when the pod has its node. */
  readonly delayed: readonly PersistentVolumeClaim[]
  /** To be bound by somebody else first. */
  readonly immediate: readonly PersistentVolumeClaim[]
  /** Volumes for the delayed ones, by storage class. */
  readonly volumes: ReadonlyMap<string, readonly PersistentVolume[]>
}

const selectedNode = 'volume.kubernetes.io/selected-node'
const bindCompleted = 'pv.kubernetes.io/bind-completed'
const nodeConflict = "node(s) didn't match PersistentVolume's node affinity"
const bindConflict = "node(s) didn't find available persistent volumes to bind"
const notEnoughSpace = 'node(s) did not have enough free storage'
const volumeMissing = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
const noReasons: readonly string[] = []
const nothing: PodVolumes = { bindings: [], provisions: [] }

/**
 * Finds volumes for the claims of pods, and remembers those that are promised. One per profile.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/volumebinding/binder.go
 */
export class VolumeBinder {
  readonly volumes: AssumedObjects<PersistentVolume>
  readonly claims: AssumedObjects<PersistentVolumeClaim>
  readonly #listers: Listers
  #byClass: Map<string, PersistentVolume[]> = new Map()
  #volumesVersion = -1

  constructor(listers: Listers) {
    this.#listers = listers
    this.volumes = new AssumedObjects(listers.persistentVolumes)
    this.claims = new AssumedObjects(listers.persistentVolumeClaims)
  }

  /** Sorts the claims of a pod. Throws for claims that are unknown or not the pod's. */
  claimsOf(pod: Pod): PodClaims {
    const bound: PersistentVolumeClaim[] = []
    const delayed: PersistentVolumeClaim[] = []
    const immediate: PersistentVolumeClaim[] = []
    for (const { name, ephemeral } of claimReferences(pod)) {
      const key = claimKey(pod, name)
      const claim = this.claims.get(key)
      if (claim === undefined) throw new Error(`error getting PVC "${key}": could not find the claim`)
      const foreign = ephemeral ? whyNotOwned(pod, claim) : undefined
      if (foreign !== undefined) throw new Error(foreign)
      if (isFullyBound(claim)) bound.push(claim)
      else if (this.#waitsForPod(claim) && !claim.spec?.volumeName) delayed.push(claim)
      else immediate.push(claim)
    }
    const volumes = new Map(delayed.map((claim) => [classOfClaim(claim), this.#volumesOf(classOfClaim(claim))]))
    return { bound, delayed, immediate, volumes }
  }

  /** What the claims come to on a node, or why they come to nothing there. Throws for classes that are unknown. */
  find(claims: PodClaims, node: Node): PodVolumes | readonly string[] {
    const boundReason = this.#checkBound(claims.bound, node)
    if (claims.delayed.length === 0) return boundReason === undefined ? nothing : [boundReason]
    const found = this.#findDelayed(claims, node)
    if (boundReason === undefined) return found
    const unbound = isReasons(found) ? found : noReasons
    return boundReason === nodeConflict ? [boundReason, ...unbound] : [...unbound, boundReason]
  }

  /** Takes the volumes and claims as promised. True when nothing was left to do. Throws when one of them has changed. */
  assume(pod: Pod, node: string, found: PodVolumes): PodVolumes | undefined {
    const keys = claimReferences(pod).map(({ name }) => claimKey(pod, name))
    if (keys.every((key) => isFullyBound(this.claims.get(key)))) return undefined
    const bindings: StaticBinding[] = []
    const provisions: Provision[] = []
    try {
      for (const { claim, volume } of found.bindings) {
        const bound = bindToClaim(volume, claim)
        if (bound !== volume) this.volumes.assume(volume.metadata.name ?? '', bound)
        bindings.push({ claim, volume: bound })
      }
      for (const { claim, ...rest } of found.provisions) {
        const annotations = { ...claim.metadata.annotations, [selectedNode]: node }
        const selected = { ...claim, metadata: { ...claim.metadata, annotations } }
        this.claims.assume(keyOfClaim(claim), selected)
        provisions.push({ claim: selected, ...rest })
      }
    } catch (error) {
      this.revert({ bindings, provisions })
      throw error
    }
    return { bindings, provisions }
  }

  /** Takes promises back. */
  revert({ bindings, provisions }: PodVolumes): void {
    for (const { volume } of bindings) this.volumes.restore(volume.metadata.name ?? '')
    for (const { claim } of provisions) this.claims.restore(keyOfClaim(claim))
  }

  #waitsForPod(claim: PersistentVolumeClaim): boolean {
    const name = classOfClaim(claim)
    const storageClass = name === '' ? undefined : this.#listers.storageClasses.get(name)
    if (storageClass === undefined) return false
    const mode = storageClass.volumeBindingMode
    if (mode === undefined) throw new Error(`VolumeBindingMode not set for StorageClass ${JSON.stringify(name)}`)
    return mode === 'WaitForFirstConsumer'
  }

  #volumesOf(name: string): readonly PersistentVolume[] {
    const { persistentVolumes } = this.#listers
    if (persistentVolumes.version !== this.#volumesVersion) {
      this.#volumesVersion = persistentVolumes.version
      this.#byClass = new Map()
      for (const volume of persistentVolumes.values()) {
        const own = classOfVolume(volume)
        const others = this.#byClass.get(own)
        if (others) others.push(volume)
        else this.#byClass.set(own, [volume])
      }
    }
    const volumes = this.#byClass.get(name) ?? []
    return volumes.map((volume) => this.volumes.current(volume.metadata.name ?? '', volume))
  }

  #checkBound(claims: readonly PersistentVolumeClaim[], node: Node): string | undefined {
    for (const claim of claims) {
      const volume = this.volumes.get(claim.spec?.volumeName ?? '')
      if (volume === undefined) return volumeMissing
      if (!reachable(volume, node)) return nodeConflict
    }
    return undefined
  }

  #findDelayed({ delayed, volumes }: PodClaims, node: Node): PodVolumes | readonly string[] {
    const toMatch: PersistentVolumeClaim[] = []
    const toProvision: PersistentVolumeClaim[] = []
    for (const claim of delayed) {
      const selected = claim.metadata.annotations?.[selectedNode]
      if (selected === undefined) toMatch.push(claim)
      else if (selected === node.metadata.name) toProvision.push(claim)
      else return [bindConflict]
    }
    toMatch.sort((left, right) => requestedSize(left).cmp(requestedSize(right)))
    const taken = new Set<string>()
    const bindings: StaticBinding[] = []
    for (const claim of toMatch) {
      const name = classOfClaim(claim)
      const volume = findMatchingVolume(claim, name, volumes.get(name) ?? [], node, taken)
      if (volume === undefined) {
        toProvision.push(claim)
        continue
      }
      taken.add(volume.metadata.name ?? '')
      bindings.push({ claim, volume })
    }
    const provisions: Provision[] = []
    for (const claim of toProvision) {
      const storageClass = this.#classToProvision(claim)
      const { provisioner } = storageClass
      if (provisioner === '' || provisioner === 'kubernetes.io/no-provisioner') return [bindConflict]
      if (!allowsNode(storageClass, node)) return [bindConflict]
      const { sufficient, capacity } = findCapacity(claim, storageClass, node, this.#listers)
      if (!sufficient) return [notEnoughSpace]
      provisions.push({ claim, ...(capacity && { capacity }) })
    }
    return { bindings, provisions }
  }

  #classToProvision(claim: PersistentVolumeClaim): StorageClass {
    const name = classOfClaim(claim)
    if (name === '') throw new Error(`no class for claim "${keyOfClaim(claim)}"`)
    const storageClass = this.#listers.storageClasses.get(name)
    if (storageClass === undefined) throw new Error(`failed to find storage class ${JSON.stringify(name)}`)
    return storageClass
  }
}

/** True for a claim that has its volume. */
export function isFullyBound(claim: PersistentVolumeClaim | undefined): boolean {
  return Boolean(claim?.spec?.volumeName) && claim?.metadata.annotations?.[bindCompleted] !== undefined
}

/** Tells reasons from volumes. */
export function isReasons(found: PodVolumes | readonly string[]): found is readonly string[] {
  return Array.isArray(found)
}

/** True on nodes of the class's topologies; no topologies allow every node. */
function allowsNode({ allowedTopologies = [] }: StorageClass, { metadata }: Node): boolean {
  const labels = metadata.labels ?? {}
  if (allowedTopologies.length === 0) return true
  return allowedTopologies.some(({ matchLabelExpressions = [] }) => {
    if (matchLabelExpressions.length === 0) return false
    return matchLabelExpressions.every(
      ({ key, values }) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? ''),
    )
  })
}
