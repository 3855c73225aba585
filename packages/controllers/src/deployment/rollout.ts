import { isAlreadyExists, isNotFound, type Stored } from '@kube-bonsai/apimachinery'
import type { ResourceClient } from '@kube-bonsai/client'
import type { Deployment, DeploymentDraft, DeploymentStatus, ReplicaSet, ReplicaSetDraft } from '../api/apps.ts'
import { deployments, replicaSets } from '../api/known.ts'
import { isControlledBy, namespaceOf, timeOf } from '../api/meta.ts'
import { clientOf } from '../api/resources.ts'
import { withCondition } from '../conditions/set-condition.ts'
import type { ControllerContext } from '../controller.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { errorText } from '../shell/error-text.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'
import { semanticallyEqual } from '../values/equality.ts'
import { desiredAtLastScale, newSetAnnotations, sameAnnotations, withReplicasAnnotations } from './annotations.ts'
import { hasProgressDeadline, isComplete, newCondition, progressing, reasons } from './conditions.ts'
import { activeSets, actualReplicas, sizeOf } from './counts.ts'
import { desiredReplicas } from './limits.ts'
import { newReplicaSet } from './replica-set.ts'
import { byRevision, findNewReplicaSet, maxRevision, revisionAnnotation, sameTemplate } from './revision.ts'
import { newRSNewReplicas, planScale, planScaleDown, type Resize } from './scaling.ts'
import { calculateStatus, rolloutStatus } from './status.ts'

/** What a rollout may use. */
export interface RolloutTools {
  readonly context: ControllerContext
  readonly recorder: EventRecorder
  readonly countTerminating: boolean
  /** Looks again at the Deployment after that many milliseconds, without keeping a cluster from settling. */
  again(milliseconds: number): void
  /** Says whether pods of the sets, but for the new one, have not ended yet. */
  oldPodsRunning(sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): boolean
}

/** One sync of one Deployment. Keeps what the server answered, so that a later write does not conflict with an earlier one. */
export class Rollout {
  #deployment: Deployment
  readonly #sets: ReplicaSet[]
  readonly #tools: RolloutTools
  readonly #deployments: ResourceClient<DeploymentDraft>
  readonly #replicaSets: ResourceClient<ReplicaSetDraft>

  constructor(deployment: Deployment, sets: readonly ReplicaSet[], tools: RolloutTools) {
    this.#deployment = deployment
    this.#sets = [...sets]
    this.#tools = tools
    const { client } = tools.context
    this.#deployments = clientOf(client, deployments, namespaceOf(deployment))
    this.#replicaSets = clientOf(client, replicaSets, namespaceOf(deployment))
  }

  /** Does what is to be done now. @see pkg/controller/deployment/deployment_controller.go */
  async sync(): Promise<void> {
    if (this.#deployment.metadata.deletionTimestamp !== undefined) return this.#syncStatus()
    await this.#checkPaused()
    if (this.#deployment.spec.paused === true) {
      await this.#scale()
      await this.#cleanUp()
      return this.#syncStatus()
    }
    await this.#syncRevision()
    if (this.#wasScaled()) {
      await this.#scale()
      return this.#syncStatus()
    }
    if (this.#deployment.spec.strategy?.type === 'Recreate') await this.#recreate()
    else await this.#roll()
    await this.#syncRolloutStatus()
  }

  get #newSet(): ReplicaSet | undefined {
    return findNewReplicaSet(this.#deployment, this.#sets)
  }

  get #oldSets(): readonly ReplicaSet[] {
    const uid = this.#newSet?.metadata.uid
    return this.#sets.filter((set) => set.metadata.uid !== uid)
  }

  #wasScaled(): boolean {
    const desired = desiredReplicas(this.#deployment)
    return activeSets(this.#sets).some((set) => (desiredAtLastScale(set) ?? desired) !== desired)
  }

  async #roll(): Promise<void> {
    const newSet = (await this.#syncRevision()) ?? (await this.#createNewSet())
    if (await this.#growNewSet(newSet)) return
    const steps = planScaleDown(this.#deployment, newSet, this.#oldSets)
    for (const step of steps) await this.#resize(step)
    if (steps.length === 0) await this.#cleanUpWhenComplete()
  }

  async #growNewSet(newSet: ReplicaSet): Promise<boolean> {
    const desired = desiredReplicas(this.#deployment)
    const size = sizeOf(newSet)
    if (size === desired) return false
    const next = size > desired ? desired : newRSNewReplicas(this.#deployment, this.#sets, size)
    return next !== size && this.#resize({ set: newSet, size: next })
  }

  async #recreate(): Promise<void> {
    const active = activeSets(this.#oldSets)
    for (const set of active) await this.#resize({ set, size: 0 })
    if (active.length > 0) return
    if (actualReplicas(this.#oldSets) > 0 || this.#tools.oldPodsRunning(this.#sets, this.#newSet)) return
    const newSet = this.#newSet ?? (await this.#createNewSet())
    const desired = desiredReplicas(this.#deployment)
    if (sizeOf(newSet) !== desired) await this.#resize({ set: newSet, size: desired })
    await this.#cleanUpWhenComplete()
  }

  async #scale(): Promise<void> {
    const newSet = await this.#syncRevision()
    for (const step of planScale(this.#deployment, newSet, this.#oldSets)) await this.#resize(step)
  }

  async #resize({ set, size }: Resize): Promise<boolean> {
    const index = this.#sets.findIndex((one) => one.metadata.uid === set.metadata.uid)
    const current = this.#sets[index] ?? set
    const before = sizeOf(current)
    const annotations = withReplicasAnnotations(current.metadata.annotations, this.#deployment)
    if (before === size && sameAnnotations(annotations, current.metadata.annotations)) return false
    const { metadata, spec } = current
    const next = { ...current, metadata: { ...metadata, annotations }, spec: { ...spec, replicas: size } }
    this.#sets[index] = await this.#replicaSets.update(next)
    if (before === size) return false
    const direction = before < size ? 'up' : 'down'
    this.#event('ScalingReplicaSet', `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`)
    return true
  }

  /** Brings the new set's annotations and the Deployment's revision up to date. */
  async #syncRevision(): Promise<ReplicaSet | undefined> {
    const found = this.#newSet
    if (found === undefined) return undefined
    const set = await this.#syncNewSet(found, maxRevision(this.#oldSets) + 1)
    const fresh = hasProgressDeadline(this.#deployment) && progressing(this.#deployment.status) === undefined
    const message = `Found new replica set "${set.metadata.name}"`
    await this.#noteRevision(
      set.metadata.annotations?.[revisionAnnotation] ?? '',
      fresh ? [reasons.found, message] : undefined,
    )
    return set
  }

  async #syncNewSet(set: ReplicaSet, revision: number): Promise<ReplicaSet> {
    const annotations = newSetAnnotations(this.#deployment, set.metadata.annotations, revision)
    const minReadySeconds = this.#deployment.spec.minReadySeconds ?? 0
    const sameWait = (set.spec.minReadySeconds ?? 0) === minReadySeconds
    if (sameWait && sameAnnotations(annotations, set.metadata.annotations)) return set
    const next = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } }
    const updated = await this.#replicaSets.update(next)
    this.#sets[this.#sets.findIndex((one) => one.metadata.uid === set.metadata.uid)] = updated
    return updated
  }

  async #noteRevision(revision: string, progress?: readonly [reason: string, message: string]): Promise<void> {
    const { metadata, status } = this.#deployment
    if (metadata.annotations?.[revisionAnnotation] === revision && progress === undefined) return
    const annotations = { ...metadata.annotations, [revisionAnnotation]: revision }
    this.#deployment = { ...this.#deployment, metadata: { ...metadata, annotations } }
    await this.#writeStatus(progress === undefined ? (status ?? {}) : this.#withProgress('True', ...progress))
  }

  async #createNewSet(): Promise<ReplicaSet> {
    const revision = maxRevision(this.#sets) + 1
    const draft = newReplicaSet(this.#deployment, revision)
    const replicas = newRSNewReplicas(this.#deployment, this.#sets, 0)
    let created: ReplicaSet
    let mine = true
    try {
      created = await this.#replicaSets.create({ ...draft, spec: { ...draft.spec, replicas } })
    } catch (error) {
      created = await this.#notCreated(draft, error)
      mine = false
    }
    this.#sets.push(created)
    const { name } = created.metadata
    if (mine && replicas > 0) this.#event('ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`)
    const progress = [reasons.created, `Created new replica set "${name}"`] as const
    await this.#noteRevision(String(revision), mine && hasProgressDeadline(this.#deployment) ? progress : undefined)
    return created
  }

  /** Takes the set of that name when it is the one that was wanted. Rejects otherwise, after telling why. */
  async #notCreated(draft: ReplicaSetDraft, error: unknown): Promise<ReplicaSet> {
    const name = draft.metadata.name ?? ''
    if (isNamespaceTerminating(error)) throw error
    if (!isAlreadyExists(error)) {
      const message = `Failed to create new replica set "${name}": ${errorText(error)}`
      this.#tools.recorder.event(this.#deployment, 'Warning', reasons.failedCreate, message)
      if (hasProgressDeadline(this.#deployment)) {
        await this.#writeStatus(this.#withProgress('False', reasons.failedCreate, message))
      }
      throw error
    }
    const present: Stored<ReplicaSetDraft> = await this.#replicaSets.get(name)
    const { template } = this.#deployment.spec
    if (isControlledBy(present, this.#deployment) && sameTemplate(template, present.spec.template)) return present
    const collisionCount = (this.#deployment.status?.collisionCount ?? 0) + 1
    await this.#writeStatus({ ...this.#deployment.status, collisionCount })
    throw error
  }

  async #checkPaused(): Promise<void> {
    if (!hasProgressDeadline(this.#deployment)) return
    const reason = progressing(this.#deployment.status)?.reason
    const paused = this.#deployment.spec.paused === true
    if (reason === reasons.timedOut || paused === (reason === reasons.paused)) return
    const message = paused ? 'Deployment is paused' : 'Deployment is resumed'
    await this.#writeStatus(this.#withProgress('Unknown', paused ? reasons.paused : reasons.resumed, message))
  }

  async #cleanUpWhenComplete(): Promise<void> {
    if (isComplete(this.#deployment, this.#deployment.status ?? {})) await this.#cleanUp()
  }

  /** Deletes old sets beyond the history limit. */
  async #cleanUp(): Promise<void> {
    const limit = this.#deployment.spec.revisionHistoryLimit
    if (limit === undefined || limit === 2147483647) return
    const old = this.#oldSets.filter((set) => set.metadata.deletionTimestamp === undefined).sort(byRevision)
    for (const set of old.slice(0, Math.max(0, old.length - limit))) {
      const { replicas = 0, observedGeneration = 0 } = set.status ?? {}
      if (replicas !== 0 || sizeOf(set) !== 0 || (set.metadata.generation ?? 0) > observedGeneration) continue
      try {
        await this.#replicaSets.delete(set.metadata.name)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }

  #observation() {
    const { context, countTerminating } = this.#tools
    return { all: this.#sets, newSet: this.#newSet, countTerminating, now: context.clock.now() }
  }

  #syncStatus(): Promise<void> {
    return this.#writeChangedStatus(calculateStatus(this.#deployment, this.#observation()))
  }

  async #syncRolloutStatus(): Promise<void> {
    const status = rolloutStatus(this.#deployment, this.#observation())
    if (semanticallyEqual(status, this.#deployment.status ?? {})) this.#waitForDeadline(status)
    else await this.#writeStatus(status)
  }

  #waitForDeadline(status: DeploymentStatus): void {
    const current = progressing(this.#deployment.status)
    if (!hasProgressDeadline(this.#deployment) || current === undefined) return
    if (isComplete(this.#deployment, status) || current.reason === reasons.timedOut) return
    const deadline = (this.#deployment.spec.progressDeadlineSeconds ?? 0) * 1000
    const left = timeOf(current.lastUpdateTime) + deadline - this.#tools.context.clock.now()
    this.#tools.again(Math.max(0, left) + 1000)
  }

  #withProgress(status: 'True' | 'False' | 'Unknown', reason: string, message: string): DeploymentStatus {
    const condition = newCondition('Progressing', status, reason, message, this.#tools.context.clock.now())
    return { ...this.#deployment.status, conditions: withCondition(this.#deployment.status?.conditions, condition) }
  }

  async #writeChangedStatus(status: DeploymentStatus): Promise<void> {
    if (!semanticallyEqual(status, this.#deployment.status ?? {})) await this.#writeStatus(status)
  }

  async #writeStatus(status: DeploymentStatus): Promise<void> {
    this.#deployment = await this.#deployments.updateStatus({ ...this.#deployment, status })
  }

  #event(reason: string, message: string): void {
    this.#tools.recorder.event(this.#deployment, 'Normal', reason, message)
  }
}
