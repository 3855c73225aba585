import { labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import { pods } from '../api/known.ts'
import { controllerOf, joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { claim } from '../shell/claim.ts'
import { Expectations } from '../shell/expectations.ts'
import { indexByController, ownedAndOrphaned } from '../shell/indexes.ts'
import { Loop } from '../shell/loop.ts'
import { PodControl } from '../shell/pod-control.ts'
import type { BackoffRecord } from './backoff.ts'
import { isTracked } from './job-pods.ts'
import { JobSync } from './sync.ts'
import { type JobTools, releasePod } from './tools.ts'
import { isFinished, type Job, type JobDraft, jobs } from './types.ts'

const name = 'job-controller'
const batchPeriod = 1000
const orphanPrefix = 'orphan '

class JobLoop implements RunningController {
  readonly #context: ControllerContext
  readonly #jobs: Informer<JobDraft>
  readonly #pods: Informer<PodDraft>
  readonly #loop: Loop
  readonly #tools: Omit<JobTools, 'again'>

  constructor(context: ControllerContext) {
    this.#context = context
    const recorder = context.recorder(name)
    this.#tools = {
      context,
      recorder,
      control: new PodControl(context.client, recorder),
      expectations: new Expectations(context.clock),
      backoff: new Map<string, BackoffRecord>(),
      released: new Set<string>(),
      forgetStart: context.gates.enabled('MutableSchedulingDirectivesForSuspendedJobs'),
    }
    this.#jobs = informerOf(context.informers, jobs)
    this.#pods = informerOf(context.informers, pods)
    indexByController(this.#pods)
    this.#loop = new Loop({ name, context, sync: (key) => this.#sync(key) })
    this.#loop
      .listen(this.#jobs, {
        onAdd: (job) => this.#loop.queue.add(keyOf(job)),
        onUpdate: (job, old) => {
          if (job.metadata.generation === old.metadata.generation) this.#loop.queue.addAfter(keyOf(job), batchPeriod)
          else this.#loop.queue.add(keyOf(job))
        },
        onDelete: (job) => {
          this.#loop.queue.add(keyOf(job))
          for (const pod of this.#pods.store.byIndex('controller-uid', job.metadata.uid)) this.#offerOrphan(pod)
        },
      })
      .listen(this.#pods, {
        onAdd: (pod) => this.#podAdded(pod),
        onUpdate: (pod, old) => this.#podUpdated(pod, old),
        onDelete: (pod) => this.#podGone(pod),
      })
      .run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #ownerKey(pod: Pod): string | undefined {
    const ref = controllerOf(pod)
    if (ref?.kind !== 'Job') return undefined
    const key = joinKey(namespaceOf(pod), ref.name)
    return this.#jobs.store.get(key)?.metadata.uid === ref.uid ? key : undefined
  }

  /** A pod that still waits to be counted by a Job that is gone. */
  #offerOrphan(pod: Pod): void {
    if (isTracked(pod)) this.#loop.queue.add(`${orphanPrefix}${keyOf(pod)}`)
  }

  #podAdded(pod: Pod): void {
    const key = this.#ownerKey(pod)
    if (key === undefined) {
      this.#offerOrphan(pod)
      return
    }
    this.#tools.expectations.creationObserved(key)
    this.#loop.queue.addAfter(key, batchPeriod)
  }

  #podUpdated(pod: Pod, old: Pod): void {
    const { uid, deletionTimestamp } = pod.metadata
    if (!isTracked(pod)) this.#tools.released.delete(uid)
    const before = this.#ownerKey(old)
    const key = this.#ownerKey(pod)
    if (before !== undefined && before !== key) this.#loop.queue.addAfter(before, batchPeriod)
    if (key === undefined) {
      this.#offerOrphan(pod)
      return
    }
    if (deletionTimestamp !== undefined) this.#tools.expectations.deletionObserved(key, uid)
    this.#loop.queue.addAfter(key, batchPeriod)
  }

  #podGone(pod: Pod): void {
    this.#tools.released.delete(pod.metadata.uid)
    const key = this.#ownerKey(pod)
    if (key === undefined) return
    this.#tools.expectations.deletionObserved(key, pod.metadata.uid)
    this.#loop.queue.addAfter(key, batchPeriod)
  }

  async #sync(key: string): Promise<void> {
    if (key.startsWith(orphanPrefix)) return this.#syncOrphan(key.slice(orphanPrefix.length))
    const job = this.#jobs.store.get(key)
    if (job === undefined) {
      this.#tools.expectations.delete(key)
      this.#tools.backoff.delete(key)
      return
    }
    const { managedBy } = job.spec
    if (managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller') return
    if (isFinished(job)) return
    const mode = job.spec.completionMode ?? 'NonIndexed'
    if (mode !== 'NonIndexed' && mode !== 'Indexed') {
      const message = 'Skipped Job sync because completion mode is unknown'
      this.#tools.recorder.event(job, 'Warning', 'UnknownCompletionMode', message)
      return
    }
    const again = (milliseconds: number): void => this.#loop.queue.addAfter(key, Math.max(batchPeriod, milliseconds))
    await new JobSync(job, await this.#claim(job), { ...this.#tools, again }).run()
  }

  #claim(job: Job): Promise<readonly Pod[]> {
    const { client } = this.#context
    const namespace = namespaceOf(job)
    return claim<PodDraft>({
      owner: job,
      kind: jobs,
      selector: labelSelectorAsSelector(job.spec.selector),
      candidates: ownedAndOrphaned(this.#pods, job),
      resource: clientOf(client, pods, namespace),
      fresh: () => clientOf(client, jobs, namespace).get(job.metadata.name),
    })
  }

  async #syncOrphan(key: string): Promise<void> {
    const pod = this.#pods.store.get(key)
    if (pod === undefined || !isTracked(pod)) return
    const owner = this.#ownerKey(pod)
    const job = owner === undefined ? undefined : this.#jobs.store.get(owner)
    if (job === undefined || isFinished(job)) await releasePod(this.#context, pod)
  }
}

/** Runs Jobs to their end. @see pkg/controller/job */
export const jobController: Controller = { name, start: (context) => new JobLoop(context) }
