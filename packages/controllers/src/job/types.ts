import type { Condition, KubeObject, LabelSelector, Stored } from '@kube-bonsai/apimachinery'
import type { PodTemplateSpec } from '../api/pod.ts'
import { namespaced, type ResourceRef } from '../api/resources.ts'

/** What failed pods mean to a Job. @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podfailurepolicy-v1-batch */
export interface PodFailurePolicy {
  readonly rules: readonly {
    readonly action: string
    readonly onExitCodes?: {
      readonly containerName?: string
      readonly operator: string
      readonly values: readonly number[]
    }
    readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[]
  }[]
}

/** When an indexed Job has succeeded before all its indexes have. */
export interface SuccessPolicy {
  readonly rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[]
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#jobspec-v1-batch */
export interface JobSpec {
  readonly parallelism?: number
  readonly completions?: number
  readonly activeDeadlineSeconds?: number
  readonly backoffLimit?: number
  readonly backoffLimitPerIndex?: number
  readonly maxFailedIndexes?: number
  readonly completionMode?: string
  readonly suspend?: boolean
  readonly podFailurePolicy?: PodFailurePolicy
  readonly successPolicy?: SuccessPolicy
  readonly podReplacementPolicy?: string
  readonly managedBy?: string
  readonly ttlSecondsAfterFinished?: number
  readonly selector?: LabelSelector
  readonly template: PodTemplateSpec
}

/** A condition of a Job. */
export interface JobCondition extends Condition {
  readonly lastProbeTime?: string
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#jobstatus-v1-batch */
export interface JobStatus {
  readonly active?: number
  readonly ready?: number
  readonly terminating?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly startTime?: string
  readonly completionTime?: string
  readonly completedIndexes?: string
  readonly failedIndexes?: string
  readonly conditions?: readonly JobCondition[]
  readonly uncountedTerminatedPods?: { readonly succeeded?: readonly string[]; readonly failed?: readonly string[] }
}

/** A Job before it is stored. */
export interface JobDraft extends KubeObject {
  readonly spec: JobSpec
  readonly status?: JobStatus
}

/** A Job as the server returns it. */
export type Job = Stored<JobDraft>

export const jobs: ResourceRef<JobDraft> = namespaced('batch', 'v1', 'jobs', 'Job')

/** The finalizer that keeps a pod until it has been counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

/** Says whether a Job counts indexes. */
export function isIndexed({ spec }: Pick<Job, 'spec'>): boolean {
  return spec.completionMode === 'Indexed'
}

/** Says whether a Job has come to its end. */
export function isFinished({ status }: Pick<Job, 'status'>): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: on }) => (type === 'Complete' || type === 'Failed') && on === 'True',
  )
}
