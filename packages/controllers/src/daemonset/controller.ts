import { isNotFound, labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import type { ControllerRevision, ControllerRevisionDraft, DaemonSet, DaemonSetDraft } from '../api/apps.ts'
import { type Node, type NodeDraft, nodes } from '../api/core.ts'
import { controllerRevisions, daemonSets, pods } from '../api/known.ts'
import { compare, controllerOf, controllerRefTo, joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { byRevisionNumber, ensureRevision, hashLabel, surplusRevisions } from '../history/revisions.ts'
import { podFromTemplate } from '../pods/from-template.ts'
import { untilAvailable } from '../pods/state.ts'
import { claim } from '../shell/claim.ts'
import { Expectations } from '../shell/expectations.ts'
import { indexByController, indexByNamespace, inNamespace, ownedAndOrphaned, ownedBy } from '../shell/indexes.ts'
import { Loop, onEach } from '../shell/loop.ts'
import { isNamespaceTerminating, PodControl } from '../shell/pod-control.ts'
import { slowStart } from '../shell/slow-start.ts'
import { updateStatus } from '../shell/update-status.ts'
import { semanticallyEqual } from '../values/equality.ts'
import { nodeOf, templateForNode } from './eligibility.ts'
import { type DaemonView, daemonSetStatus, planDaemonSet, planRollingUpdate, revisionLabel } from './plan.ts'

const name = 'daemonset-controller'
const burst = 250

class DaemonSetLoop implements RunningController {
  readonly #context: ControllerContext
  readonly #recorder: EventRecorder
  readonly #sets: Informer<DaemonSetDraft>
  readonly #pods: Informer<PodDraft>
  readonly #nodes: Informer<NodeDraft>
  readonly #revisions: Informer<ControllerRevisionDraft>
  readonly #expectations: Expectations
  readonly #control: PodControl
  readonly #loop: Loop
  /** When the next failed pod of a set on a node may be replaced, and how long the wait after it is. */
  readonly #waits = new Map<string, { readonly until: number; readonly wait: number }>()

  constructor(context: ControllerContext) {
    this.#context = context
    this.#recorder = context.recorder(name)
    this.#sets = informerOf(context.informers, daemonSets)
    this.#pods = informerOf(context.informers, pods)
    this.#nodes = informerOf(context.informers, nodes)
    this.#revisions = informerOf(context.informers, controllerRevisions)
    this.#expectations = new Expectations(context.clock)
    this.#control = new PodControl(context.client, this.#recorder)
    indexByNamespace(this.#sets)
    indexByController(this.#pods)
    indexByController(this.#revisions)
    this.#loop = new Loop({ name, context, workers: 2, sync: (key) => this.#sync(key) })
    this.#loop
      .listen(
        this.#sets,
        onEach((set) => this.#loop.queue.add(keyOf(set))),
      )
      .listen(this.#pods, {
        onAdd: (pod) => this.#podChanged(pod, (key) => this.#expectations.creationObserved(key)),
        onUpdate: (pod, old) => {
          if (controllerOf(old)?.uid !== controllerOf(pod)?.uid) this.#podChanged(old)
          const doomed = pod.metadata.deletionTimestamp !== undefined
          this.#podChanged(pod, (key) => doomed && this.#expectations.deletionObserved(key, pod.metadata.uid))
        },
        onDelete: (pod) => this.#podChanged(pod, (key) => this.#expectations.deletionObserved(key, pod.metadata.uid)),
      })
      .listen(this.#nodes, {
        onAdd: () => this.#all(),
        onUpdate: (node, old) => {
          if (!sameForDaemons(node, old)) this.#all()
        },
        onDelete: () => this.#all(),
      })
      .listen(this.#revisions)
      .run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #all(): void {
    for (const set of this.#sets.store.list()) this.#loop.queue.add(keyOf(set))
  }

  #podChanged(pod: Pod, observe?: (key: string) => void): void {
    const ref = controllerOf(pod)
    if (ref !== undefined) {
      const key = joinKey(namespaceOf(pod), ref.name)
      if (this.#sets.store.get(key)?.metadata.uid !== ref.uid) return
      observe?.(key)
      this.#loop.queue.add(key)
      return
    }
    for (const set of inNamespace(this.#sets, namespaceOf(pod))) {
      const selector = labelSelectorAsSelector(set.spec.selector)
      if (!selector.empty && selector.matches(pod.metadata.labels)) this.#loop.queue.add(keyOf(set))
    }
  }

  async #sync(key: string): Promise<void> {
    const set = this.#sets.store.get(key)
    if (set === undefined) {
      this.#expectations.delete(key)
      return
    }
    if (labelSelectorAsSelector(set.spec.selector).empty) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
      this.#recorder.event(set, 'Warning', 'SelectingAll', message)
      return
    }
    if (set.metadata.deletionTimestamp !== undefined) return
    const revision = await this.#revision(set)
    const mine = await this.#claim(set)
    const hash = revision.metadata.labels?.[hashLabel] ?? ''
    const all = [...this.#nodes.store.list()].sort((a, b) => compare(a.metadata.name, b.metadata.name))
    const view: DaemonView = { set, nodes: all, pods: mine, hash, now: this.#context.clock.now() }
    const settled = this.#expectations.satisfied(key)
    let failure: { readonly error: unknown } | undefined
    try {
      if (settled) await this.#manage(key, view)
      if (settled) await this.#truncateHistory(set, mine, revision)
    } catch (error) {
      failure = { error }
    }
    await this.#writeStatus(view, settled)
    if (failure !== undefined) throw failure.error
    for (const pod of mine) {
      const wait = untilAvailable(pod, set.spec.minReadySeconds ?? 0, view.now)
      if (wait !== undefined && wait > 0) this.#loop.queue.addAfter(key, wait)
    }
  }

  async #revision(set: DaemonSet): Promise<ControllerRevision> {
    const sorted = [...ownedBy(this.#revisions, set.metadata.uid)].sort(byRevisionNumber)
    const resource = clientOf(this.#context.client, controllerRevisions, namespaceOf(set))
    return (await ensureRevision(set, daemonSets, sorted, set.status?.collisionCount ?? 0, resource)).revision
  }

  #claim(set: DaemonSet): Promise<readonly Pod[]> {
    const { client } = this.#context
    const namespace = namespaceOf(set)
    return claim<PodDraft>({
      owner: set,
      kind: daemonSets,
      selector: labelSelectorAsSelector(set.spec.selector),
      candidates: ownedAndOrphaned(this.#pods, set),
      resource: clientOf(client, pods, namespace),
      fresh: () => clientOf(client, daemonSets, namespace).get(set.metadata.name),
    })
  }

  async #manage(key: string, view: DaemonView): Promise<void> {
    const plan = planDaemonSet(view)
    const over = plan.ended.filter((pod) => this.#mayReplace(key, view, pod))
    const remove = [...plan.remove, ...over]
    if (plan.create.length > 0 || remove.length > 0) return this.#perform(key, view, plan.create, remove)
    const update = planRollingUpdate(view)
    if (update.create.length + update.remove.length > 0) await this.#perform(key, view, update.create, update.remove)
  }

  /** A failed pod is deleted at once, the next one on its node after a wait that doubles from 1 s to 15 min. */
  #mayReplace(key: string, { set, now }: DaemonView, pod: Pod): boolean {
    const node = nodeOf(pod) ?? ''
    const failed = pod.status?.phase === 'Failed'
    const about = `daemon pod ${keyOf(pod)} on node ${node}, will try to delete it`
    if (failed) {
      const id = `${set.metadata.uid}/${set.metadata.generation ?? 0}/${node}`
      const before = this.#waits.get(id)
      if (before !== undefined && now < before.until) {
        this.#loop.queue.addAfter(key, before.until - now)
        return false
      }
      const expired = before === undefined || now - before.until > 2 * 15 * 60_000
      const wait = expired ? 1000 : Math.min(15 * 60_000, before.wait * 2)
      this.#waits.set(id, { until: now + wait, wait })
    }
    if (failed) this.#recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed ${about}`)
    else this.#recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded ${about}`)
    return true
  }

  async #perform(key: string, view: DaemonView, create: readonly string[], remove: readonly Pod[]): Promise<void> {
    const { set, hash } = view
    const targets = create.slice(0, burst)
    const doomed = remove.slice(0, burst)
    this.#expectations.expect(
      key,
      targets.length,
      doomed.map((pod) => pod.metadata.uid),
    )
    const { metadata } = set.spec.template
    const template = {
      ...set.spec.template,
      metadata: { ...metadata, labels: { ...metadata?.labels, [revisionLabel]: hash } },
    }
    const owner = controllerRefTo(set, daemonSets)
    const { succeeded, error } = await slowStart(targets.length, async (index) => {
      try {
        await this.#control.create(set, podFromTemplate(templateForNode(template, targets[index] ?? ''), set, owner))
      } catch (failure) {
        if (!isNamespaceTerminating(failure)) throw failure
      }
    })
    for (let missing = targets.length - succeeded; missing > 0; missing--) this.#expectations.creationObserved(key)
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
    if (error !== undefined) throw error
    if (failure !== undefined) throw failure.reason
  }

  async #truncateHistory(set: DaemonSet, mine: readonly Pod[], current: ControllerRevision): Promise<void> {
    const hashes = new Set(mine.map((pod) => pod.metadata.labels?.[revisionLabel]))
    const sorted = [...ownedBy(this.#revisions, set.metadata.uid)].sort(byRevisionNumber)
    const used = sorted.filter(({ metadata }) => hashes.has(metadata.labels?.[hashLabel]))
    const live = new Set([current, ...used].map(({ metadata }) => metadata.name))
    for (const old of surplusRevisions(sorted, live, set.spec.revisionHistoryLimit ?? 10)) {
      try {
        await clientOf(this.#context.client, controllerRevisions, namespaceOf(set)).delete(old.metadata.name)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }

  async #writeStatus(view: DaemonView, observed: boolean): Promise<void> {
    const { set } = view
    const status = daemonSetStatus(view, observed)
    if (semanticallyEqual(status, set.status ?? {})) return
    await updateStatus(clientOf(this.#context.client, daemonSets, namespaceOf(set)), set, status)
  }
}

function sameForDaemons(a: Node, b: Node): boolean {
  return (
    semanticallyEqual(a.metadata.labels, b.metadata.labels) &&
    semanticallyEqual(a.spec?.taints, b.spec?.taints) &&
    a.spec?.unschedulable === b.spec?.unschedulable
  )
}

/** Runs one pod on every node that should have one. @see pkg/controller/daemon */
export const daemonSetController: Controller = { name, start: (context) => new DaemonSetLoop(context) }
