import { isAlreadyExists, isNotFound } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import type { PersistentVolumeClaim, PersistentVolumeClaimDraft, StatefulSet } from '../api/apps.ts'
import { claims, pods } from '../api/known.ts'
import { joinKey, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf } from '../api/resources.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { errorText } from '../shell/error-text.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'
import { claimsFor, ordinalOf, repairedIdentity } from './identity.ts'
import { hasForeignController, wantedOwners } from './retention.ts'

/** A claim that a pod needs is going away. */
export class ClaimDeletedError extends Error {
  readonly claim: string

  constructor(claim: string) {
    super(`pvc ${claim} is being deleted`)
    this.name = 'ClaimDeletedError'
    this.claim = claim
  }
}

/** Creates and deletes pods with an identity, and the claims behind them. @see pkg/controller/statefulset/stateful_pod_control.go */
export class StatefulPods {
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #claim: (key: string) => PersistentVolumeClaim | undefined

  /** @param claim looks a claim up by its key */
  constructor(client: Client, recorder: EventRecorder, claim: (key: string) => PersistentVolumeClaim | undefined) {
    this.#client = client
    this.#recorder = recorder
    this.#claim = claim
  }

  /** Creates a pod after its claims. */
  async create(set: StatefulSet, draft: PodDraft, ordinal: number): Promise<void> {
    const name = draft.metadata.name ?? ''
    try {
      await this.#ensureClaims(set, ordinal)
      const pod = await clientOf(this.#client, pods, namespaceOf(set)).create(draft)
      await this.#retain(set, pod)
    } catch (error) {
      // The informer will tell of the pod that is there already.
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) this.#note('Create', set, name, error)
      throw error
    }
    this.#note('Create', set, name)
  }

  async delete(set: StatefulSet, pod: Pod): Promise<void> {
    try {
      await clientOf(this.#client, pods, namespaceOf(set)).delete(pod.metadata.name)
    } catch (error) {
      if (isNotFound(error)) return
      this.#note('Delete', set, pod.metadata.name, error)
      throw error
    }
    this.#note('Delete', set, pod.metadata.name)
  }

  /** Gives a pod back its labels, missing claims, and claims their owners. */
  async repair(set: StatefulSet, pod: Pod): Promise<void> {
    if (pod.status?.phase === 'Pending') await this.#ensureClaims(set, ordinalOf(pod))
    await this.#retain(set, pod)
    const repaired = repairedIdentity(pod)
    if (repaired === undefined) return
    try {
      await clientOf(this.#client, pods, namespaceOf(set)).update(repaired)
    } catch (error) {
      this.#note('Update', set, pod.metadata.name, error)
      throw error
    }
    this.#note('Update', set, pod.metadata.name)
  }

  async #ensureClaims(set: StatefulSet, ordinal: number): Promise<void> {
    for (const draft of claimsFor(set, ordinal)) {
      const name = draft.metadata.name ?? ''
      const present = this.#claim(joinKey(namespaceOf(set), name))
      if (present === undefined) await this.#createClaim(set, ordinal, draft)
      else if (present.metadata.deletionTimestamp !== undefined) throw new ClaimDeletedError(name)
    }
  }

  async #createClaim(set: StatefulSet, ordinal: number, draft: PersistentVolumeClaimDraft): Promise<void> {
    const name = draft.metadata.name ?? ''
    const pod = `${set.metadata.name}-${ordinal}`
    const about = `Pod ${pod} in StatefulSet ${set.metadata.name}`
    try {
      await clientOf(this.#client, claims, namespaceOf(set)).create(draft)
    } catch (error) {
      if (isAlreadyExists(error)) return
      const message = `Create Claim ${name} for ${about} failed error: ${errorText(error)}`
      this.#recorder.event(set, 'Warning', 'FailedCreate', message)
      throw error
    }
    this.#recorder.event(set, 'Normal', 'SuccessfulCreate', `Create Claim ${name} ${about} success`)
  }

  async #retain(set: StatefulSet, pod: Pod): Promise<void> {
    for (const { metadata } of claimsFor(set, ordinalOf(pod))) {
      const claim = this.#claim(joinKey(namespaceOf(set), metadata.name ?? ''))
      if (claim === undefined) continue
      if (hasForeignController(claim, set, pod)) {
        const message = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`
        this.#recorder.event(set, 'Warning', 'ConflictingController', message)
      }
      const ownerReferences = wantedOwners(claim, set, pod)
      if (ownerReferences === undefined) continue
      const next = { ...claim, metadata: { ...claim.metadata, ownerReferences } }
      await clientOf(this.#client, claims, namespaceOf(set)).update(next)
    }
  }

  #note(verb: 'Create' | 'Delete' | 'Update', set: StatefulSet, pod: string, error?: unknown): void {
    const about = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`
    if (error === undefined) this.#recorder.event(set, 'Normal', `Successful${verb}`, `${about} successful`)
    else this.#recorder.event(set, 'Warning', `Failed${verb}`, `${about} failed error: ${errorText(error)}`)
  }
}
