import type { IntOrString } from '@kube-bonsai/apimachinery'
import * as decisions from '@kube-bonsai/controllers/decisions'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'

interface DeploymentInput {
  readonly deployment: decisions.Deployment
  readonly replicaSets?: readonly decisions.ReplicaSet[]
  readonly new?: string
  readonly toAdd?: number
  readonly added?: number
}

function deploymentMaths({
  deployment,
  replicaSets: sets = [],
  toAdd = 0,
  added = 0,
  ...input
}: DeploymentInput): object {
  const newSet = input.new ? sets.find(({ metadata }) => metadata.name === input.new) : undefined
  const others = sets.filter((set) => set !== newSet)
  const ofNew = newSet && {
    newReplicas: decisions.newRSNewReplicas(deployment, sets, newSet.spec.replicas ?? 1),
    saturated: decisions.isSaturated(deployment, newSet),
  }
  return {
    maxUnavailable: decisions.maxUnavailable(deployment),
    minAvailable: decisions.minAvailable(deployment),
    maxSurge: decisions.maxSurge(deployment),
    replicas: decisions.totalSize(sets),
    actual: decisions.actualReplicas(sets),
    ready: decisions.readyReplicas(sets),
    available: decisions.availableReplicas(sets),
    terminating: decisions.terminatingReplicas(sets),
    maxRevision: decisions.maxRevision(sets),
    lastRevision: decisions.lastRevision(sets),
    complete: decisions.isComplete(deployment, deployment.status ?? {}),
    proportion: Object.fromEntries(
      sets.map((set) => [set.metadata.name, decisions.replicaSetProportion(set, deployment, toAdd, added)]),
    ),
    ...ofNew,
    activeOrLatest: decisions.findActiveOrLatest(newSet, others)?.metadata.name,
    foundNew: decisions.findNewReplicaSet(deployment, sets)?.metadata.name,
  }
}

function jobPolicies({
  job,
  pods = [],
}: {
  readonly job: decisions.Job
  readonly pods?: readonly decisions.Pod[]
}): object {
  const { podFailurePolicy, successPolicy, completions, completionMode, backoffLimitPerIndex } = job.spec
  const verdicts = podFailurePolicy && {
    failurePolicy: pods.map((pod) => {
      const { message = null, count, action = null } = decisions.matchFailurePolicy(podFailurePolicy, pod)
      return { message, count, action }
    }),
  }
  if (completionMode !== 'Indexed' || completions === undefined) return { ...verdicts }
  const { previous, now } = decisions.succeededIndexes(job, pods)
  const failed = backoffLimitPerIndex === undefined ? undefined : decisions.failedIndexes(job, pods)
  const message = successPolicy && decisions.matchSuccessPolicy(successPolicy, completions, now)
  return {
    ...verdicts,
    previous: decisions.formatIndexes(previous),
    succeeded: decisions.formatIndexes(now),
    ...(failed === undefined ? {} : { failed: decisions.formatIndexes(failed) }),
    ...(successPolicy === undefined ? {} : { successPolicy: { message: message ?? '', met: message !== undefined } }),
  }
}

interface Limits {
  readonly maxSurge?: IntOrString
  readonly maxUnavailable?: IntOrString
  readonly desired: number
}

/** Deployments and jobs. */
export const workloadFunctions: Readonly<Record<string, OracleFunction>> = {
  'deployment.maths': define<DeploymentInput>(deploymentMaths),
  'deployment.fenceposts': define<Limits>(({ maxSurge, maxUnavailable, desired }) => ({
    ...decisions.resolveFenceposts(maxSurge, maxUnavailable, desired),
    daemonSurge: decisions.surgeCount(maxSurge, desired),
    ...(maxUnavailable === undefined ? {} : { daemonUnavailable: decisions.unavailableCount(maxUnavailable, desired) }),
  })),
  'job.indexes': define<{ readonly indexes: string; readonly completions: number }>(({ indexes, completions }) => {
    const intervals = decisions.parseIndexes(indexes, completions)
    return { intervals, text: decisions.formatIndexes(intervals) }
  }),
  'job.policies': define<{ readonly job: decisions.Job; readonly pods?: readonly decisions.Pod[] }>(jobPolicies),
}
