import { isKind } from '@kube-bonsai/api-types'
import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { compareUtf8, type KubeObject } from '@kube-bonsai/apimachinery'
import { SchedulerConfigError } from '../config/config-error.ts'
import { explainPod } from '../explain/explain-pod.ts'
import type { Suggestion } from '../explain/suggestion.ts'
import { podKey } from '../framework/pod-info.ts'
import { lexicalTieBreak, upstreamTieBreak } from '../ranking.ts'
import { Scheduler } from '../scheduler.ts'
import { readConfiguration } from './configuration.ts'
import type { Decisions, PodDecision } from './decisions.ts'
import { headOf } from './pod-decision.ts'
import { Run, type RunClock } from './run.ts'
import type { PreparedSnapshot } from './snapshot.ts'
import { SnapshotError } from './snapshot-error.ts'
import { sortedRecord } from './status-report.ts'
import { World } from './world.ts'

/**
 * Decides about every pending pod of a snapshot, attempt by attempt, and says why: what kube-scheduler v1.35.4 would do with the cluster.
 * The same snapshot gives the same decisions.
 *
 * @throws SnapshotError for a configuration that the scheduler refuses
 */
export function decide(snapshot: PreparedSnapshot): Decisions {
  return decideAndExplain(snapshot).decisions
}

/** Decisions with what helps to read them. */
export interface ExplainedDecisions {
  readonly decisions: Decisions
  /** The weight of each score plugin, by profile. */
  readonly weights: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** What would unstick each pod that has no node at the end, on the cluster as it is then; computed when asked for. */
  suggestionsFor(pod: string): readonly Suggestion[]
}

/** As {@link decide}, with weights and with suggestions for the pods that found no node. */
export function decideAndExplain(snapshot: PreparedSnapshot): ExplainedDecisions {
  const { options } = snapshot
  const { configuration, percentage } = readConfiguration(snapshot)
  const clock: RunClock = { now: Date.UTC(2026, 0, 1) }
  const scheduler = newScheduler(() => {
    return new Scheduler({
      now: () => clock.now,
      gates: snapshot.gates,
      configuration,
      percentageOfNodesToScore: percentage,
      tieBreak: options.tieBreak === 'lexical' ? lexicalTieBreak : upstreamTieBreak,
      exhaustivePreemption: true,
    })
  })
  const world = new World(scheduler, options.preemption === 'graceful')
  const pending = load(snapshot, scheduler, world, clock)
  const run = new Run(scheduler, world, clock, snapshot)
  run.all()
  const untried = pending.filter((pod) => !run.tried(pod.metadata.uid ?? ''))
  const decisions = [...run.attempts, ...untried.map((pod) => untriedDecision(scheduler, pod))]
  const last = new Map(decisions.map((decision) => [decision.pod, decision.node]))
  const deleted = snapshot.pods.filter((pod) => !isTerminated(pod)).map(podKey)
  const gone = deleted.filter((key) => world.pod(key) === undefined)
  const placed = [...last].flatMap(([key, node]) => (node === null || gone.includes(key) ? [] : [[key, node] as const]))
  const unplaced = [...last].flatMap(([key, node]) => (node === null ? [key] : [])).sort(compareUtf8)
  const result: Decisions = {
    scheduler: 'k8s.io/kubernetes v1.35.4',
    options,
    ...(Object.keys(snapshot.featureGates).length > 0 && {
      featureGates: sortedRecord(Object.entries(snapshot.featureGates)),
    }),
    percentageOfNodesToScore: percentage,
    profiles: [...scheduler.frameworks.keys()].sort(compareUtf8),
    nodes: snapshot.nodes.map((node) => node.metadata.name ?? ''),
    ...(snapshot.added.length > 0 && { added: snapshot.added }),
    decisions,
    placements: sortedRecord(placed),
    unplaced,
    ...(gone.length > 0 && { deleted: gone }),
  }
  return {
    decisions: result,
    weights: new Map([...scheduler.frameworks].map(([name, framework]) => [name, framework.weights])),
    suggestionsFor(key) {
      const pod = world.pod(key)
      return pod === undefined || pod.spec?.nodeName ? [] : explainPod(scheduler, pod).suggestions
    },
  }
}

function newScheduler(make: () => Scheduler): Scheduler {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SchedulerConfigError)) throw error
    throw new SnapshotError(`config: cannot build the scheduler: ${error.message}`, { field: 'config' })
  }
}

/** Tells the scheduler of everything, in the order in which it would have come, and returns the pods that wait. */
function load(snapshot: PreparedSnapshot, scheduler: Scheduler, world: World, clock: RunClock): readonly Pod[] {
  for (const object of snapshot.objects) tell(scheduler, object)
  for (const node of snapshot.nodes) scheduler.nodeChanged(undefined, node)
  const living = snapshot.pods.filter((pod) => !isTerminated(pod))
  for (const pod of living) if (pod.spec?.nodeName) world.add(pod)
  const created = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp ?? '') || Number.NEGATIVE_INFINITY
  const pending = living
    .filter((pod) => !pod.spec?.nodeName)
    .map((pod) => ({ pod, created: created(pod) }))
    .sort((left, right) => (left.created < right.created ? -1 : left.created > right.created ? 1 : 0))
    .map(({ pod }) => pod)
  for (const pod of pending) {
    clock.now += 1
    world.add(pod)
  }
  clock.now += 1000
  return pending
}

function tell(scheduler: Scheduler, object: KubeObject): void {
  if (isKind(object, 'v1', 'Namespace')) scheduler.objectChanged('Namespace', undefined, object)
  else if (isKind(object, 'v1', 'Service')) scheduler.objectChanged('Service', undefined, object)
  else if (isKind(object, 'v1', 'ReplicationController'))
    scheduler.objectChanged('ReplicationController', undefined, object)
  else if (isKind(object, 'apps/v1', 'ReplicaSet')) scheduler.objectChanged('ReplicaSet', undefined, object)
  else if (isKind(object, 'apps/v1', 'StatefulSet')) scheduler.objectChanged('StatefulSet', undefined, object)
  else if (isKind(object, 'v1', 'PersistentVolume')) scheduler.objectChanged('PersistentVolume', undefined, object)
  else if (isKind(object, 'v1', 'PersistentVolumeClaim'))
    scheduler.objectChanged('PersistentVolumeClaim', undefined, object)
  else if (isKind(object, 'storage.k8s.io/v1', 'StorageClass'))
    scheduler.objectChanged('StorageClass', undefined, object)
  else if (isKind(object, 'storage.k8s.io/v1', 'CSINode')) scheduler.objectChanged('CSINode', undefined, object)
  else if (isKind(object, 'storage.k8s.io/v1', 'CSIDriver')) scheduler.objectChanged('CSIDriver', undefined, object)
  else if (isKind(object, 'storage.k8s.io/v1', 'CSIStorageCapacity'))
    scheduler.objectChanged('CSIStorageCapacity', undefined, object)
  else if (isKind(object, 'storage.k8s.io/v1', 'VolumeAttachment'))
    scheduler.objectChanged('VolumeAttachment', undefined, object)
  else if (isKind(object, 'policy/v1', 'PodDisruptionBudget'))
    scheduler.objectChanged('PodDisruptionBudget', undefined, object)
  else if (isKind(object, 'scheduling.k8s.io/v1', 'PriorityClass'))
    scheduler.objectChanged('PriorityClass', undefined, object)
  else if (isKind(object, 'scheduling.k8s.io/v1alpha1', 'Workload'))
    scheduler.objectChanged('Workload', undefined, object)
}

/** Why a pod never came out of the queue. */
function untriedDecision(scheduler: Scheduler, pod: Pod): PodDecision {
  const framework = scheduler.frameworkFor(pod)
  const rest = { node: null, feasible: [] }
  if (framework === undefined) {
    // The oracle names no profile where there is none.
    const { profile: _, ...head } = headOf(pod, undefined) as ReturnType<typeof headOf> & { readonly profile?: string }
    const message = `no profile handles scheduler name ${JSON.stringify(pod.spec?.schedulerName ?? '')}`
    return { ...head, result: 'ignored', ...rest, message }
  }
  const refusals = framework.plugins.preEnqueue.flatMap((plugin) => {
    const status = plugin.preEnqueue?.(pod)
    return status === undefined || status.code === 'Success' ? [] : [{ name: plugin.name, status }]
  })
  refusals.sort((left, right) => compareUtf8(left.name, right.name))
  const [first] = refusals
  return {
    ...headOf(pod, undefined),
    result: 'gated',
    ...rest,
    ...(first && { message: first.status.reasons[0] ?? '', unschedulablePlugins: refusals.map(({ name }) => name) }),
  }
}

function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}
