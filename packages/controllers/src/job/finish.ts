import { timeOf, timeText } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { findCondition } from '../conditions/set-condition.ts'
import { countIndexes, type Interval } from './indexes.ts'
import { isPodFailed } from './job-pods.ts'
import { matchFailurePolicy, matchSuccessPolicy } from './policies.ts'
import { isIndexed, type Job, type JobCondition } from './types.ts'

/** What decides whether a Job is at its end. */
export interface JobProgress {
  readonly pods: readonly Pod[]
  readonly failed: number
  readonly succeededIndexes: readonly Interval[]
  readonly failedIndexes: readonly Interval[] | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A condition of a Job that holds from now on. */
export function jobCondition(type: string, status: string, reason: string, message: string, now: number): JobCondition {
  const time = timeText(now)
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message }
}

/** Why a Job should end: SuccessCriteriaMet or FailureTarget; undefined while it should go on. */
export function endOf(job: Job, progress: JobProgress): JobCondition | undefined {
  const { status, spec } = job
  const { now } = progress
  const met = findCondition(status?.conditions, 'SuccessCriteriaMet')
  if (met?.status === 'True') return met
  const target = findCondition(status?.conditions, 'FailureTarget')
  if (target?.status === 'True') return target
  const failure = failureOf(job, progress)
  if (failure !== undefined) return jobCondition('FailureTarget', 'True', ...failure, now)
  if (!isIndexed(job)) return undefined
  const success = matchSuccessPolicy(spec.successPolicy, spec.completions ?? 0, progress.succeededIndexes)
  return success === undefined ? undefined : jobCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', success, now)
}

function failureOf(
  { spec, status }: Job,
  progress: JobProgress,
): readonly [reason: string, message: string] | undefined {
  const { pods, failed, failedIndexes, succeededIndexes, now } = progress
  const policy = spec.podFailurePolicy
  if (policy !== undefined) {
    for (const pod of pods) {
      const message = isPodFailed(pod, { spec }) ? matchFailurePolicy(policy, pod).message : undefined
      if (message !== undefined) return ['PodFailurePolicy', message]
    }
  }
  const limit = spec.backoffLimit ?? 6
  if (failed > limit || restartedTooOften(spec, pods, limit)) {
    return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit']
  }
  const { activeDeadlineSeconds: deadline } = spec
  const started = timeOf(status?.startTime)
  if (deadline !== undefined && spec.suspend !== true && started > 0 && now - started >= deadline * 1000) {
    return ['DeadlineExceeded', 'Job was active longer than specified deadline']
  }
  if (failedIndexes === undefined) return undefined
  const lost = countIndexes(failedIndexes)
  if (spec.maxFailedIndexes !== undefined && lost > spec.maxFailedIndexes) {
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes']
  }
  const settled = lost + countIndexes(succeededIndexes) >= (spec.completions ?? 0)
  return lost > 0 && settled ? ['FailedIndexes', 'Job has failed indexes'] : undefined
}

function restartedTooOften(spec: Job['spec'], pods: readonly Pod[], limit: number): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue
    for (const one of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
      restarts += one.restartCount ?? 0
    }
  }
  return limit === 0 ? restarts > 0 : restarts >= limit
}

/** The final condition behind an interim one. */
export function finalCondition({ type, reason = '', message = '' }: JobCondition, now: number): JobCondition {
  return jobCondition(type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed', 'True', reason, message, now)
}
