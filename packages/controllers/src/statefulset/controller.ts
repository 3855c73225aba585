import { isAlreadyExists, isNotFound, labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import type {
  ControllerRevision,
  ControllerRevisionDraft,
  PersistentVolumeClaimDraft,
  StatefulSet,
  StatefulSetDraft,
} from '../api/apps.ts'
import { claims, controllerRevisions, pods, statefulSets } from '../api/known.ts'
import { controllerOf, joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { byRevisionNumber, ensureRevision, surplusRevisions, templateOf } from '../history/revisions.ts'
import { untilAvailable } from '../pods/state.ts'
import { claim } from '../shell/claim.ts'
import { indexByController, indexByNamespace, inNamespace, ownedAndOrphaned, ownedBy } from '../shell/indexes.ts'
import { Loop, onEach } from '../shell/loop.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'
import { slowStart } from '../shell/slow-start.ts'
import { updateStatus } from '../shell/update-status.ts'
import { claimsFor, parentAndOrdinal, revisionOf, statefulPod } from './identity.ts'
import { planStatefulSet, type StatefulAction } from './plan.ts'
import { isStaleFor } from './retention.ts'
import { StatefulPods } from './stateful-pods.ts'
import { statefulSetStatus, statefulStatusDiffers } from './status.ts'

const name = 'statefulset-controller'

interface Revisions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly collisionCount: number
}

class StatefulSetLoop implements RunningController {
  readonly #context: ControllerContext
  readonly #sets: Informer<StatefulSetDraft>
  readonly #pods: Informer<PodDraft>
  readonly #revisions: Informer<ControllerRevisionDraft>
  readonly #claims: Informer<PersistentVolumeClaimDraft>
  readonly #control: StatefulPods
  readonly #loop: Loop
  readonly #maxUnavailable: boolean

  constructor(context: ControllerContext) {
    this.#context = context
    this.#maxUnavailable = context.gates.enabled('MaxUnavailableStatefulSet')
    this.#sets = informerOf(context.informers, statefulSets)
    this.#pods = informerOf(context.informers, pods)
    this.#revisions = informerOf(context.informers, controllerRevisions)
    this.#claims = informerOf(context.informers, claims)
    const recorder = context.recorder(name)
    this.#control = new StatefulPods(context.client, recorder, (key) => this.#claims.store.get(key))
    indexByNamespace(this.#sets)
    indexByController(this.#pods)
    indexByController(this.#revisions)
    this.#loop = new Loop({ name, context, sync: (key) => this.#sync(key) })
    this.#loop
      .listen(
        this.#sets,
        onEach((set) => this.#loop.queue.add(keyOf(set))),
      )
      .listen(this.#pods, {
        ...onEach((pod) => this.#podChanged(pod)),
        onUpdate: (pod, old) => {
          if (controllerOf(old)?.uid !== controllerOf(pod)?.uid) this.#podChanged(old)
          this.#podChanged(pod)
        },
      })
      .listen(this.#revisions)
      .listen(this.#claims)
      .run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #podChanged(pod: Pod): void {
    const ref = controllerOf(pod)
    if (ref !== undefined) {
      const key = joinKey(namespaceOf(pod), ref.name)
      if (this.#sets.store.get(key)?.metadata.uid === ref.uid) this.#loop.queue.add(key)
      return
    }
    for (const set of inNamespace(this.#sets, namespaceOf(pod))) {
      const selector = labelSelectorAsSelector(set.spec.selector)
      if (!selector.empty && selector.matches(pod.metadata.labels)) this.#loop.queue.add(keyOf(set))
    }
  }

  async #sync(key: string): Promise<void> {
    const set = this.#sets.store.get(key)
    if (set === undefined) return
    const mine = await this.#claimPods(set)
    const revisions = await this.#syncRevisions(set)
    await this.#update(set, mine, revisions)
    await this.#truncateHistory(set, mine, revisions)
    this.#wakeWhenAvailable(key, set, mine)
  }

  #claimPods(set: StatefulSet): Promise<readonly Pod[]> {
    const { client } = this.#context
    const namespace = namespaceOf(set)
    return claim<PodDraft>({
      owner: set,
      kind: statefulSets,
      selector: labelSelectorAsSelector(set.spec.selector),
      candidates: ownedAndOrphaned(this.#pods, set).filter(
        (pod) => parentAndOrdinal(pod.metadata.name)?.parent === set.metadata.name,
      ),
      resource: clientOf(client, pods, namespace),
      fresh: () => clientOf(client, statefulSets, namespace).get(set.metadata.name),
    })
  }

  async #syncRevisions(set: StatefulSet): Promise<Revisions> {
    const sorted = [...ownedBy(this.#revisions, set.metadata.uid)].sort(byRevisionNumber)
    const resource = clientOf(this.#context.client, controllerRevisions, namespaceOf(set))
    const collisions = set.status?.collisionCount ?? 0
    const { revision, collisionCount } = await ensureRevision(set, statefulSets, sorted, collisions, resource)
    const current = sorted.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? revision
    return { current, update: revision, collisionCount }
  }

  async #update(set: StatefulSet, mine: readonly Pod[], revisions: Revisions): Promise<void> {
    const { current, update, collisionCount } = revisions
    const now = this.#context.clock.now()
    const names = { currentRevision: current.metadata.name, updateRevision: update.metadata.name }
    const deleting = set.metadata.deletionTimestamp !== undefined
    const plan = planStatefulSet({
      set,
      pods: mine,
      ...names,
      maxUnavailableEnabled: this.#maxUnavailable,
      claimIsStale: (ordinal) => this.#claimIsStale(set, ordinal),
      now,
    })
    let failure: { readonly error: unknown } | undefined
    try {
      if (!deleting) await this.#perform(set, plan.actions, revisions)
    } catch (error) {
      failure = { error }
    }
    const updating = deleting || failure !== undefined ? 0 : plan.updating
    const status = statefulSetStatus(set, { pods: mine, ...names, collisionCount, updating, now })
    if (statefulStatusDiffers(set, status)) {
      await updateStatus(clientOf(this.#context.client, statefulSets, namespaceOf(set)), set, status)
    }
    if (failure !== undefined && !isNamespaceTerminating(failure.error)) throw failure.error
  }

  #claimIsStale(set: StatefulSet, ordinal: number): boolean {
    if ((set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled ?? 'Retain') === 'Retain') return false
    return claimsFor(set, ordinal).some(({ metadata }) => {
      const present = this.#claims.store.get(joinKey(namespaceOf(set), metadata.name ?? ''))
      return present !== undefined && isStaleFor(present, `${set.metadata.name}-${ordinal}`, undefined)
    })
  }

  async #perform(set: StatefulSet, actions: readonly StatefulAction[], revisions: Revisions): Promise<void> {
    const { error } = await slowStart(actions.length, async (index) => {
      const action = actions[index]
      if (action === undefined) return
      if (action.type === 'delete') return this.#control.delete(set, action.pod)
      if (action.type === 'repair') return this.#control.repair(set, action.pod)
      const revision = action.revision === 'current' ? revisions.current : revisions.update
      const draft = statefulPod(set, templateOf(revision, set), action.ordinal, revision.metadata.name)
      try {
        await this.#control.create(set, draft, action.ordinal)
      } catch (failure) {
        if (!isAlreadyExists(failure)) throw failure
      }
    })
    if (error !== undefined) throw error
  }

  async #truncateHistory(set: StatefulSet, mine: readonly Pod[], { current, update }: Revisions): Promise<void> {
    const live = new Set([current.metadata.name, update.metadata.name, ...mine.map(revisionOf)])
    const sorted = [...ownedBy(this.#revisions, set.metadata.uid)].sort(byRevisionNumber)
    for (const old of surplusRevisions(sorted, live, set.spec.revisionHistoryLimit ?? 10)) {
      try {
        await clientOf(this.#context.client, controllerRevisions, namespaceOf(set)).delete(old.metadata.name)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }

  #wakeWhenAvailable(key: string, set: StatefulSet, mine: readonly Pod[]): void {
    const minReady = set.spec.minReadySeconds ?? 0
    if (minReady === 0) return
    const now = this.#context.clock.now()
    for (const pod of mine) {
      const wait = untilAvailable(pod, minReady, now)
      if (wait !== undefined && wait > 0) this.#loop.queue.addAfter(key, wait)
    }
  }
}

/** Keeps pods with names and storage of their own. @see pkg/controller/statefulset */
export const statefulSetController: Controller = { name, start: (context) => new StatefulSetLoop(context) }
