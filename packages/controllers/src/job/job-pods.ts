import { controllerRefTo, timeOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { podFromTemplate } from '../pods/from-template.ts'
import { podCondition } from '../pods/state.ts'
import { type Interval, parseIndexes, withIndexes } from './indexes.ts'
import { matchFailurePolicy, replacesOnlyFailed } from './policies.ts'
import { type Job, jobs, trackingFinalizer } from './types.ts'

const indexAnnotation = 'batch.kubernetes.io/job-completion-index'
const failuresAnnotation = 'batch.kubernetes.io/job-index-failure-count'
const ignoredAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** A pod's completion index; -1 when it has none. */
export function completionIndex({ metadata }: Pick<Pod, 'metadata'>): number {
  const text = metadata.annotations?.[indexAnnotation]
  return text !== undefined && /^\+?\d+$/.test(text) ? Number(text) : -1
}

/** Says whether a pod has yet to be counted. */
export function isTracked({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) === true
}

/** Says whether a pod has failed, as the Job's replacement policy sees it. */
export function isPodFailed(pod: Pod, job: Pick<Job, 'spec'>): boolean {
  if (pod.status?.phase === 'Failed') return true
  return !replacesOnlyFailed(job) && pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded'
}

function count(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation]
  const value = text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : 0
  return value >= 0 && value <= 2147483647 ? value : 0
}

/** How often an index had failed before this pod, what was ignored included or not. */
export function indexFailures(pod: Pod, ignoredToo: boolean): number {
  return count(pod, failuresAnnotation) + (ignoredToo ? count(pod, ignoredAnnotation) : 0)
}

/** The indexes that had succeeded before, and those that have now. */
export function succeededIndexes(
  { spec, status }: Pick<Job, 'spec' | 'status'>,
  pods: readonly Pod[],
): { readonly previous: readonly Interval[]; readonly now: readonly Interval[] } {
  const completions = spec.completions ?? 0
  const previous = parseIndexes(status?.completedIndexes ?? '', completions)
  const done = pods
    .filter((pod) => pod.status?.phase === 'Succeeded' && isTracked(pod))
    .map(completionIndex)
    .filter((index) => index >= 0 && index < completions)
  return { previous, now: withIndexes(previous, done) }
}

/** The indexes that have failed for good. */
export function failedIndexes(job: Pick<Job, 'spec' | 'status'>, pods: readonly Pod[]): readonly Interval[] {
  const completions = job.spec.completions ?? 0
  const previous = parseIndexes(job.status?.failedIndexes ?? '', completions)
  const failed = pods
    .filter((pod) => isTracked(pod) && isIndexFailed(job, pod))
    .map(completionIndex)
    .filter((index) => index >= 0 && index < completions)
  return withIndexes(previous, failed)
}

function isIndexFailed(job: Pick<Job, 'spec'>, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false
  const { action, count: counts } = matchFailurePolicy(job.spec.podFailurePolicy, pod)
  return action === 'FailIndex' || (counts && indexFailures(pod, false) >= (job.spec.backoffLimitPerIndex ?? 0))
}

/** When a pod came to its end, in milliseconds since the epoch. */
export function finishedTime(pod: Pod): number {
  const times = (pod.status?.containerStatuses ?? []).map(({ state }) => timeOf(state?.terminated?.finishedAt))
  const latest = Math.max(0, ...times)
  if (latest > 0 && times.every((time) => time > 0)) return latest
  const ready = podCondition(pod, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) return timeOf(ready.lastTransitionTime)
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  if (deletionTimestamp !== undefined) return timeOf(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return timeOf(creationTimestamp)
}

/** A pod of a Job; for an indexed one with its index, and the failures of the pod that it replaces. */
export function jobPod(job: Job, index: number | undefined, replaced: Pod | undefined): PodDraft {
  const draft = podFromTemplate(job.spec.template, job, controllerRefTo(job, jobs))
  const finalizers = [
    ...(draft.metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer),
    trackingFinalizer,
  ]
  if (index === undefined) return { ...draft, metadata: { ...draft.metadata, finalizers } }
  const env = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexAnnotation}']` } },
  }
  const withEnv = <C extends { readonly env?: readonly { readonly name: string }[] }>(container: C): C =>
    container.env?.some(({ name }) => name === env.name)
      ? container
      : { ...container, env: [...(container.env ?? []), env] }
  const suffix = `-${index}-`
  const { labels, annotations } = draft.metadata
  const { initContainers } = draft.spec
  return {
    ...draft,
    metadata: {
      ...draft.metadata,
      generateName: `${job.metadata.name.slice(0, 58 - suffix.length)}${suffix}`,
      finalizers,
      labels: { ...labels, [indexAnnotation]: String(index) },
      annotations: { ...annotations, [indexAnnotation]: String(index), ...failureAnnotations(job, replaced) },
    },
    spec: {
      ...draft.spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: draft.spec.containers.map(withEnv),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withEnv) }),
    },
  }
}

function failureAnnotations(job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> {
  if (job.spec.backoffLimitPerIndex === undefined) return {}
  if (replaced === undefined) return { [failuresAnnotation]: '0' }
  const counts = matchFailurePolicy(job.spec.podFailurePolicy, replaced).count
  const failures = indexFailures(replaced, false) + (counts ? 1 : 0)
  const ignored = count(replaced, ignoredAnnotation) + (counts ? 0 : 1)
  return { [failuresAnnotation]: String(failures), ...(ignored > 0 ? { [ignoredAnnotation]: String(ignored) } : {}) }
}
