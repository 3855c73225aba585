import { type KubeObject, labelSelectorAsSelector, type Stored } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import type { ReplicaSet } from '../api/apps.ts'
import { pods } from '../api/known.ts'
import { controllerOf, controllerRefTo, isControlledBy, joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { ControllerContext, RunningController } from '../controller.ts'
import { byDeletionPreference, relatedOnNode } from '../pods/deletion-rank.ts'
import { podFromTemplate } from '../pods/from-template.ts'
import { isPodActive, isPodTerminating, untilAvailable } from '../pods/state.ts'
import { claim } from '../shell/claim.ts'
import { Expectations } from '../shell/expectations.ts'
import { indexByController, indexByNamespace, inNamespace, ownedAndOrphaned, ownedBy } from '../shell/indexes.ts'
import { Loop } from '../shell/loop.ts'
import { isNamespaceTerminating, PodControl } from '../shell/pod-control.ts'
import { slowStart } from '../shell/slow-start.ts'
import { updateStatus } from '../shell/update-status.ts'
import type { ReplicaKind } from './kinds.ts'
import { replicaSetStatus, statusDiffers } from './status.ts'

const burst = 500

/** Keeps as many pods as each ReplicaSet, or ReplicationController, asks for. @see pkg/controller/replicaset/replica_set.go */
export class ReplicaLoop<T extends KubeObject> implements RunningController {
  readonly #kind: ReplicaKind<T>
  readonly #context: ControllerContext
  readonly #sets: Informer<T>
  readonly #pods: Informer<PodDraft>
  readonly #expectations: Expectations
  readonly #control: PodControl
  readonly #loop: Loop
  readonly #countTerminating: boolean

  constructor(kind: ReplicaKind<T>, context: ControllerContext) {
    this.#kind = kind
    this.#context = context
    this.#countTerminating = kind.terminatingGate !== undefined && context.gates.enabled(kind.terminatingGate)
    this.#expectations = new Expectations(context.clock)
    this.#control = new PodControl(context.client, context.recorder(kind.component))
    this.#sets = informerOf(context.informers, kind.ref)
    this.#pods = informerOf(context.informers, pods)
    indexByNamespace(this.#sets)
    indexByController(this.#sets)
    indexByController(this.#pods)
    this.#loop = new Loop({ name: kind.controller, context, sync: (key) => this.#sync(key) })
    this.#loop.listen(this.#sets, {
      onAdd: (set) => this.#loop.queue.add(keyOf(set)),
      onUpdate: (set, old) => {
        // Its own status comes back as an update: nothing new, but it may say what else to count.
        if (set.metadata.generation === old.metadata.generation) this.#loop.soon(keyOf(set))
        else this.#loop.queue.add(keyOf(set))
      },
      onDelete: (set) => {
        this.#expectations.delete(keyOf(set))
        this.#loop.queue.add(keyOf(set))
      },
    })
    this.#loop.listen(this.#pods, {
      onAdd: (pod) => this.#podAdded(pod),
      onUpdate: (pod, old) => this.#podUpdated(pod, old),
      onDelete: (pod) => this.#podDeleted(pod),
    })
    this.#loop.run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #ownerKey(pod: Pod): string | undefined {
    const ref = controllerOf(pod)
    if (ref === undefined || ref.kind !== this.#kind.ref.kind) return undefined
    const key = joinKey(namespaceOf(pod), ref.name)
    return this.#sets.store.get(key)?.metadata.uid === ref.uid ? key : undefined
  }

  #podAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#podDeleted(pod)
      return
    }
    const key = this.#ownerKey(pod)
    if (key === undefined) {
      if (controllerOf(pod) === undefined) this.#offerOrphan(pod)
      return
    }
    this.#expectations.creationObserved(key)
    this.#loop.soon(key)
  }

  #podUpdated(pod: Pod, old: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined)
      this.#podDeleted(pod)
    const before = this.#ownerKey(old)
    const key = this.#ownerKey(pod)
    if (before !== undefined && before !== key) this.#loop.soon(before)
    if (key !== undefined) this.#loop.soon(key)
    else if (controllerOf(pod) === undefined) this.#offerOrphan(pod)
  }

  #podDeleted(pod: Pod): void {
    const key = this.#ownerKey(pod)
    if (key === undefined) return
    this.#expectations.deletionObserved(key, pod.metadata.uid)
    this.#loop.soon(key)
  }

  #offerOrphan(pod: Pod): void {
    const labels = pod.metadata.labels
    if (labels === undefined || Object.keys(labels).length === 0) return
    for (const set of inNamespace(this.#sets, namespaceOf(pod))) {
      const selector = labelSelectorAsSelector(this.#kind.view(set).spec.selector)
      if (!selector.empty && selector.matches(labels)) this.#loop.soon(keyOf(set))
    }
  }

  async #sync(key: string): Promise<void> {
    const object = this.#sets.store.get(key)
    if (object === undefined) {
      this.#expectations.delete(key)
      return
    }
    const set = this.#kind.view(object)
    const settled = this.#expectations.satisfied(key)
    const mine = ownedAndOrphaned(this.#pods, set)
    const active = await this.#claim(object, set, mine.filter(isPodActive))
    const selector = labelSelectorAsSelector(set.spec.selector)
    const terminating = this.#countTerminating
      ? mine.filter((pod) => isPodTerminating(pod) && isControlledBy(pod, set) && selector.matches(pod.metadata.labels))
      : undefined
    let failure: { readonly error: unknown } | undefined
    if (settled && set.metadata.deletionTimestamp === undefined) {
      try {
        await this.#manage(key, set, active)
      } catch (error) {
        failure = { error }
      }
    }
    await this.#writeStatus(object, set, active, terminating, failure?.error)
    if (failure !== undefined) throw failure.error
    this.#wakeWhenAvailable(key, set, active)
  }

  #claim(object: Stored<T>, set: ReplicaSet, candidates: readonly Pod[]): Promise<readonly Pod[]> {
    const { client } = this.#context
    const namespace = namespaceOf(set)
    return claim<PodDraft>({
      owner: set,
      kind: this.#kind.ref,
      selector: labelSelectorAsSelector(set.spec.selector),
      candidates,
      resource: clientOf(client, pods, namespace),
      fresh: () => clientOf(client, this.#kind.ref, namespace).get(object.metadata.name),
    })
  }

  async #manage(key: string, set: ReplicaSet, active: readonly Pod[]): Promise<void> {
    const difference = active.length - (set.spec.replicas ?? 1)
    if (difference < 0) await this.#create(key, set, Math.min(-difference, burst))
    else if (difference > 0) await this.#delete(key, set, active, Math.min(difference, burst))
  }

  async #create(key: string, set: ReplicaSet, count: number): Promise<void> {
    this.#expectations.expect(key, count)
    const draft = podFromTemplate(set.spec.template, set, controllerRefTo(set, this.#kind.ref))
    const { succeeded, error } = await slowStart(count, async () => {
      try {
        await this.#control.create(set, draft)
      } catch (failure) {
        if (!isNamespaceTerminating(failure)) throw failure
      }
    })
    for (let missing = count - succeeded; missing > 0; missing--) this.#expectations.creationObserved(key)
    if (error !== undefined) throw error
  }

  async #delete(key: string, set: ReplicaSet, active: readonly Pod[], count: number): Promise<void> {
    const order = byDeletionPreference(relatedOnNode(this.#related(set)), this.#context.clock.now())
    const doomed = count < active.length ? [...active].sort(order).slice(0, count) : active
    this.#expectations.expect(
      key,
      0,
      doomed.map((pod) => pod.metadata.uid),
    )
    const results = await Promise.allSettled(
      doomed.map(async (pod) => {
        let deleted = false
        try {
          deleted = await this.#control.delete(set, pod)
        } finally {
          if (!deleted) this.#expectations.deletionObserved(key, pod.metadata.uid)
        }
      }),
    )
    const failure = results.find((result) => result.status === 'rejected')
    if (failure !== undefined) throw failure.reason
  }

  /** The active pods of all sets that share this set's controller. */
  #related(set: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(set)
    const family = owner === undefined ? [set] : ownedBy(this.#sets, owner.uid)
    return family.flatMap((member) => ownedBy(this.#pods, member.metadata.uid).filter(isPodActive))
  }

  async #writeStatus(
    object: Stored<T>,
    set: ReplicaSet,
    active: readonly Pod[],
    terminating: readonly Pod[] | undefined,
    failure: unknown,
  ): Promise<void> {
    const now = this.#context.clock.now()
    const status = replicaSetStatus(set, {
      active,
      now,
      failure,
      ...(terminating === undefined ? {} : { terminating }),
    })
    if (!statusDiffers(set, status)) return
    await updateStatus(clientOf(this.#context.client, this.#kind.ref, namespaceOf(set)), object, status)
  }

  #wakeWhenAvailable(key: string, set: ReplicaSet, active: readonly Pod[]): void {
    const minReady = set.spec.minReadySeconds ?? 0
    if (minReady === 0) return
    const now = this.#context.clock.now()
    const waits = active
      .map((pod) => untilAvailable(pod, minReady, now))
      .filter((wait) => wait !== undefined && wait > 0)
    const next = waits.reduce<number>((least, wait) => Math.min(least, wait ?? least), Number.POSITIVE_INFINITY)
    if (Number.isFinite(next)) this.#loop.queue.addAfter(key, next)
  }
}
