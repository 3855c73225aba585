import { keyOf, namespaceOf, timeOf, timeText } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { clientOf } from '../api/resources.ts'
import { findCondition } from '../conditions/set-condition.ts'
import { isPodActive, isPodReady, isPodTerminating } from '../pods/state.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'
import { slowStart } from '../shell/slow-start.ts'
import { type BackoffRecord, nextBackoff, remainingBackoff } from './backoff.ts'
import { endOf, finalCondition, jobCondition } from './finish.ts'
import {
  countIndexes,
  firstFree,
  formatIndexes,
  hasIndex,
  type Interval,
  mergeIndexes,
  withIndexes,
} from './indexes.ts'
import {
  completionIndex,
  failedIndexes,
  finishedTime,
  indexFailures,
  isPodFailed,
  isTracked,
  jobPod,
  succeededIndexes,
} from './job-pods.ts'
import { matchFailurePolicy, replacesOnlyFailed } from './policies.ts'
import { podsForRemoval } from './removal.ts'
import { sameJobStatus } from './same-status.ts'
import { type JobTools, releasePod } from './tools.ts'
import { isIndexed, type Job, type JobCondition, type JobStatus, jobs } from './types.ts'

const maxPodsPerSync = 500
const maxUncounted = 500

/** One sync of one Job. @see pkg/controller/job/job_controller.go */
export class JobSync {
  readonly #job: Job
  readonly #pods: readonly Pod[]
  readonly #tools: JobTools
  readonly #key: string
  readonly #now: number
  #status: JobStatus
  #active: number
  #ready: number
  #terminating: number
  #succeeded = 0
  #previousIndexes: readonly Interval[] = []
  #succeededIndexes: readonly Interval[] = []
  #failedIndexes: readonly Interval[] | undefined
  /** The newest failed pod of each index that may be tried again: it keeps the count, so it is kept. */
  readonly #delayed = new Map<number, Pod>()
  #backoff: BackoffRecord
  #end: JobCondition | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(job: Job, pods: readonly Pod[], tools: JobTools) {
    this.#job = job
    this.#pods = pods
    this.#tools = tools
    this.#key = keyOf(job)
    this.#now = tools.context.clock.now()
    const starts = job.status?.startTime === undefined && job.spec.suspend !== true
    this.#status = { ...job.status, ...(starts ? { startTime: timeText(this.#now) } : {}) }
    const active = pods.filter(isPodActive)
    this.#active = active.length
    this.#ready = active.filter(isPodReady).length
    this.#terminating = pods.filter(isPodTerminating).length
    this.#backoff = tools.backoff.get(this.#key) ?? { failures: 0, lastFailure: 0 }
  }

  async run(): Promise<void> {
    const settled = this.#tools.expectations.satisfied(this.#key)
    this.#count()
    if (this.#end !== undefined) await this.#stopAll(settled)
    else await this.#goOn(settled)
    await this.#track()
    if (this.#failure !== undefined) throw this.#failure.error
  }

  get #uncounted() {
    const { succeeded = [], failed = [] } = this.#status.uncountedTerminatedPods ?? {}
    return { succeeded, failed }
  }

  #isCandidate(pod: Pod, counted: readonly string[]): boolean {
    if (!isTracked(pod) || this.#tools.released.has(pod.metadata.uid) || counted.includes(pod.metadata.uid))
      return false
    if (!isIndexed(this.#job)) return true
    const index = completionIndex(pod)
    return index >= 0 && index < (this.#job.spec.completions ?? 0)
  }

  #count(): void {
    const { spec } = this.#job
    const { succeeded, failed } = this.#uncounted
    const newSucceeded = this.#pods.filter(
      (pod) => pod.status?.phase === 'Succeeded' && this.#isCandidate(pod, succeeded),
    )
    const newFailed = this.#pods.filter((pod) => isPodFailed(pod, this.#job) && this.#isCandidate(pod, failed))
    const counting = newFailed.filter((pod) => matchFailurePolicy(spec.podFailurePolicy, pod).count)
    const failures = (this.#status.failed ?? 0) + counting.length + failed.length
    this.#succeeded = (this.#status.succeeded ?? 0) + newSucceeded.length + succeeded.length
    this.#backoff = nextBackoff(this.#backoff, newSucceeded, newFailed)
    if (isIndexed(this.#job)) {
      const indexes = succeededIndexes(this.#job, this.#pods)
      this.#previousIndexes = indexes.previous
      this.#succeededIndexes = indexes.now
      this.#succeeded = countIndexes(indexes.now)
      if (spec.backoffLimitPerIndex !== undefined) this.#failedIndexes = failedIndexes(this.#job, this.#pods)
    }
    this.#end = endOf(
      { ...this.#job, status: this.#status },
      {
        pods: this.#pods,
        failed: failures,
        succeededIndexes: this.#succeededIndexes,
        failedIndexes: this.#failedIndexes,
        now: this.#now,
      },
    )
    if (this.#failedIndexes !== undefined) this.#findDelayed(this.#failedIndexes)
    const { activeDeadlineSeconds: deadline, suspend } = spec
    if (this.#end === undefined && deadline !== undefined && suspend !== true) {
      this.#tools.again(Math.max(0, timeOf(this.#status.startTime) + deadline * 1000 - this.#now))
    }
  }

  #findDelayed(lost: readonly Interval[]): void {
    const active = new Set(this.#pods.filter(isPodActive).map(completionIndex))
    for (const pod of this.#pods) {
      const index = completionIndex(pod)
      if (!isPodFailed(pod, this.#job) || !this.#isCandidate(pod, []) || active.has(index)) continue
      if (hasIndex(this.#succeededIndexes, index) || hasIndex(lost, index)) continue
      const other = this.#delayed.get(index)
      const newer =
        other === undefined ||
        (indexFailures(other, true) <= indexFailures(pod, true) && finishedTime(pod) >= finishedTime(other))
      if (newer) this.#delayed.set(index, pod)
    }
  }

  async #stopAll(settled: boolean): Promise<void> {
    const removed = await this.#delete(this.#pods.filter(isPodActive))
    if (this.#active > 0 || !settled || removed < 0) this.#end = undefined
  }

  async #goOn(settled: boolean): Promise<void> {
    const { spec, metadata } = this.#job
    const manages = settled && metadata.deletionTimestamp === undefined
    if (manages) await this.#manage()
    const enough = spec.completions === undefined ? this.#succeeded > 0 : this.#succeeded >= spec.completions
    if (enough && this.#active === 0) {
      const message = 'Reached expected number of succeeded pods'
      this.#end = jobCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', message, this.#now)
    } else if (manages) this.#noteSuspension()
  }

  #noteSuspension(): void {
    const suspended = this.#job.spec.suspend === true
    const { conditions = [], startTime, ...rest } = this.#status
    const current = findCondition(conditions, 'Suspended')
    const status = suspended ? 'True' : 'False'
    if (current === undefined ? !suspended : current.status === status) return
    const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
    const next = jobCondition('Suspended', status, reason, message, this.#now)
    const list = current === undefined ? [...conditions, next] : conditions.map((one) => (one === current ? next : one))
    const start = suspended ? (this.#tools.forgetStart ? undefined : startTime) : timeText(this.#now)
    this.#status = { ...rest, ...(start === undefined ? {} : { startTime: start }), conditions: list }
    this.#tools.recorder.event(this.#job, 'Normal', suspended ? 'Suspended' : 'Resumed', message)
  }

  async #manage(): Promise<void> {
    const { spec } = this.#job
    const parallelism = spec.parallelism ?? 1
    const active = this.#pods.filter(isPodActive)
    if (spec.suspend === true) {
      await this.#remove(podsForRemoval(this.#job, active, active.length, this.#now))
      return
    }
    const unbounded = this.#succeeded > 0 ? active.length : parallelism
    const wanted =
      spec.completions === undefined
        ? unbounded
        : Math.max(0, Math.min(parallelism, spec.completions - this.#succeeded))
    const surplus = podsForRemoval(this.#job, active, Math.max(0, active.length - wanted), this.#now).slice(
      0,
      maxPodsPerSync,
    )
    if (surplus.length > 0) await this.#remove(surplus)
    else await this.#create(wanted - active.length - (replacesOnlyFailed(this.#job) ? this.#terminating : 0))
  }

  /** Deletes pods that need not be counted. */
  async #remove(pods: readonly Pod[]): Promise<void> {
    if (pods.length === 0) return
    this.#tools.expectations.expect(
      this.#key,
      0,
      pods.map((pod) => pod.metadata.uid),
    )
    await Promise.all(
      pods.filter(isTracked).map(async (pod) => {
        await releasePod(this.#tools.context, pod)
        this.#tools.released.add(pod.metadata.uid)
      }),
    )
    await this.#delete(pods)
  }

  async #delete(pods: readonly Pod[]): Promise<number> {
    const results = await Promise.allSettled(
      pods.map(async (pod) => {
        try {
          await this.#tools.control.delete(this.#job, pod)
        } catch (error) {
          this.#tools.expectations.deletionObserved(this.#key, pod.metadata.uid)
          throw error
        }
        if (isPodReady(pod)) this.#ready--
        this.#active--
        this.#terminating++
      }),
    )
    const failure = results.find((result) => result.status === 'rejected')
    if (failure === undefined) return pods.length
    this.#failure = { error: failure.reason }
    return -1
  }

  async #create(count: number): Promise<void> {
    if (count <= 0) return
    const { spec } = this.#job
    const wait = spec.backoffLimitPerIndex === undefined ? remainingBackoff(this.#backoff, this.#now) : 0
    if (wait > 0) return this.#tools.again(wait)
    const indexes = isIndexed(this.#job) ? this.#nextIndexes(Math.min(count, maxPodsPerSync)) : undefined
    const total = indexes?.length ?? Math.min(count, maxPodsPerSync)
    if (total === 0) return
    this.#tools.expectations.expect(this.#key, total)
    const { succeeded, error } = await slowStart(total, async (position) => {
      const index = indexes?.[position]
      try {
        await this.#tools.control.create(
          this.#job,
          jobPod(this.#job, index, index === undefined ? undefined : this.#delayed.get(index)),
        )
      } catch (failure) {
        if (!isNamespaceTerminating(failure)) throw failure
      }
    })
    this.#active += succeeded
    for (let missing = total - succeeded; missing > 0; missing--) this.#tools.expectations.creationObserved(this.#key)
    if (error !== undefined) this.#failure = { error }
  }

  /** The lowest indexes that nobody works on and whose wait is over. */
  #nextIndexes(count: number): readonly number[] {
    const busy = this.#pods.filter(isPodActive)
    if (replacesOnlyFailed(this.#job)) busy.push(...this.#pods.filter(isPodTerminating))
    const indexes = busy.map(completionIndex).filter((index) => index >= 0)
    const taken = mergeIndexes(withIndexes(this.#succeededIndexes, indexes), this.#failedIndexes ?? [])
    const free = firstFree(taken, count, this.#job.spec.completions ?? 0)
    const waits = new Map(free.map((index) => [index, this.#waitOf(index)]))
    const ready = free.filter((index) => waits.get(index) === 0)
    if (ready.length < free.length) this.#tools.again(Math.min(...[...waits.values()].filter((wait) => wait > 0)))
    return ready
  }

  #waitOf(index: number): number {
    const pod = this.#delayed.get(index)
    if (pod === undefined) return 0
    return remainingBackoff({ failures: indexFailures(pod, true) + 1, lastFailure: finishedTime(pod) }, this.#now)
  }

  /** Counts ended pods exactly once: first their uids go into the status, then their finalizers, then the counters move. */
  async #track(): Promise<void> {
    const waiting = new Set(
      this.#pods
        .filter((pod) => isTracked(pod) && !this.#tools.released.has(pod.metadata.uid))
        .map((pod) => pod.metadata.uid),
    )
    this.#moveCounters(waiting)
    const { release, full } = this.#collect()
    if (isIndexed(this.#job)) {
      this.#status = {
        ...this.#status,
        succeeded: countIndexes(this.#succeededIndexes),
        completedIndexes: formatIndexes(this.#succeededIndexes),
        ...(this.#failedIndexes === undefined ? {} : { failedIndexes: formatIndexes(this.#failedIndexes) }),
      }
    }
    const end = this.#end
    if (end !== undefined && findCondition(this.#status.conditions, end.type)?.status !== 'True') {
      this.#status = { ...this.#status, conditions: [...(this.#status.conditions ?? []), end] }
    }
    this.#status = {
      ...this.#status,
      active: this.#active,
      ready: Math.max(0, this.#ready),
      terminating: this.#terminating,
    }
    let job = await this.#flush(this.#job)
    this.#tools.backoff.set(this.#key, this.#backoff)
    for (const pod of release) {
      await releasePod(this.#tools.context, pod)
      this.#tools.released.add(pod.metadata.uid)
      waiting.delete(pod.metadata.uid)
    }
    this.#moveCounters(waiting)
    const final = end === undefined || full ? undefined : this.#finish(end)
    job = await this.#flush(job)
    if (final !== undefined) this.#announce(job, final)
  }

  #collect(): { readonly release: readonly Pod[]; readonly full: boolean } {
    const release: Pod[] = []
    const succeeded = [...this.#uncounted.succeeded]
    const failed = [...this.#uncounted.failed]
    let indexes = 0
    for (const pod of this.#pods) {
      const { uid } = pod.metadata
      if (!isTracked(pod) || this.#tools.released.has(uid)) continue
      const isFailed = isPodFailed(pod, this.#job)
      if (!this.#mayRelease(pod, isFailed)) continue
      release.push(pod)
      const valid = !isIndexed(this.#job) || this.#isCandidate(pod, [])
      if (pod.status?.phase === 'Succeeded' && !failed.includes(uid)) {
        if (isIndexed(this.#job)) indexes += hasIndex(this.#previousIndexes, completionIndex(pod)) ? 0 : 1
        else if (!succeeded.includes(uid)) succeeded.push(uid)
      } else if (isFailed || (this.#end !== undefined && this.#end.type !== 'SuccessCriteriaMet')) {
        const counts = matchFailurePolicy(this.#job.spec.podFailurePolicy, pod).count
        if (valid && counts && !failed.includes(uid)) failed.push(uid)
      }
      if (indexes + succeeded.length + failed.length >= maxUncounted) break
    }
    this.#setUncounted(succeeded, failed)
    return { release, full: indexes + succeeded.length + failed.length >= maxUncounted }
  }

  #mayRelease(pod: Pod, isFailed: boolean): boolean {
    if (this.#job.metadata.deletionTimestamp !== undefined || this.#end !== undefined) return true
    if (pod.status?.phase === 'Succeeded') return true
    return isFailed && this.#delayed.get(completionIndex(pod))?.metadata.uid !== pod.metadata.uid
  }

  #setUncounted(succeeded: readonly string[], failed: readonly string[]): void {
    const uncountedTerminatedPods = {
      ...(succeeded.length === 0 ? {} : { succeeded }),
      ...(failed.length === 0 ? {} : { failed }),
    }
    this.#status = { ...this.#status, uncountedTerminatedPods }
  }

  /** Counts the pods of the uncounted lists that have no finalizer any more. */
  #moveCounters(waiting: ReadonlySet<string>): void {
    const { succeeded, failed } = this.#uncounted
    const stillSucceeded = succeeded.filter((uid) => waiting.has(uid))
    const stillFailed = failed.filter((uid) => waiting.has(uid))
    this.#status = {
      ...this.#status,
      succeeded: (this.#status.succeeded ?? 0) + succeeded.length - stillSucceeded.length,
      failed: (this.#status.failed ?? 0) + failed.length - stillFailed.length,
    }
    this.#setUncounted(stillSucceeded, stillFailed)
  }

  #finish(end: JobCondition): JobCondition | undefined {
    const { succeeded, failed } = this.#uncounted
    if (succeeded.length + failed.length > 0 || this.#terminating > 0) return undefined
    const final = finalCondition(end, this.#now)
    const done = final.type === 'Complete' ? { completionTime: final.lastTransitionTime ?? timeText(this.#now) } : {}
    this.#status = { ...this.#status, ...done, conditions: [...(this.#status.conditions ?? []), final] }
    return final
  }

  #announce(job: Job, final: JobCondition): void {
    const { recorder, backoff } = this.#tools
    backoff.delete(this.#key)
    if (final.type === 'Failed') {
      recorder.event(job, 'Warning', final.reason ?? '', final.message ?? '')
      return
    }
    const { completions } = job.spec
    if (completions !== undefined && (job.status?.succeeded ?? 0) > completions) {
      const message = 'Too many succeeded pods running after completion count reached'
      recorder.event(job, 'Warning', 'TooManySucceededPods', message)
    }
    recorder.event(job, 'Normal', 'Completed', 'Job completed')
  }

  async #flush(job: Job): Promise<Job> {
    if (sameJobStatus(job.status ?? {}, this.#status)) return job
    const client = clientOf(this.#tools.context.client, jobs, namespaceOf(job))
    const updated = await client.updateStatus({ ...job, status: this.#status })
    return { ...updated, status: this.#status }
  }
}
