import type { Container, ContainerStatus, Pod, PodCondition, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { setCondition } from '@kube-bonsai/apimachinery'
import { isSidecar, qosClass } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Probed, planPod } from '../pod/containers.ts'
import { allContainersCouldRestart } from '../restart/restart-all.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { apiTime } from '../time.ts'
import { containersReadyCondition, initializedCondition, podReadyCondition } from './conditions.ts'
import { lostStatus } from './lost-container.ts'
import { fittingMessage } from './termination-message.ts'

/** Everything beside the spec that a pod's status follows from. Times are milliseconds since the epoch. */
export interface PodView {
  /** The newest container of each name. */
  readonly records: ReadonlyMap<string, ContainerRecord>
  /** The one before the newest, for lastState. */
  readonly previous: ReadonlyMap<string, ContainerRecord>
  /** Why a container that does not run waits. */
  readonly waiting: ReadonlyMap<string, { readonly reason: string; readonly message?: string }>
  readonly probed: Probed & { ready(container: Container): boolean }
  readonly podIP: string | undefined
  readonly hostIP: string
  readonly startedAt: number
  readonly now: number
  /** True once the sandbox is there. */
  readonly sandboxReady: boolean
  /** The kubelet's gates; v1.35's defaults when absent. */
  readonly gates?: FeatureGates
  /** A pod that starts over in place: which containers were removed for it, and how often each has been. */
  readonly restartingAll?: { readonly isRestarting: boolean; readonly removed: ReadonlyMap<string, number> }
  /** Conditions of a resize that waits or is being applied. */
  readonly resize?: readonly PodCondition[]
}

/**
 * The status of a pod from what its containers do. Conditions that others own stay; times move only when a status does.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_pods.go generateAPIPodStatus
 */
export function podStatus(pod: Pod, view: PodView): PodStatus {
  const init = (pod.spec?.initContainers ?? []).map((container) => containerStatus(container, view, true, pod))
  const main = byName((pod.spec?.containers ?? []).map((container) => containerStatus(container, view, false, pod)))
  const ephemeral = byName(
    (pod.spec?.ephemeralContainers ?? []).map((container) => ephemeralStatus(container, view, pod)),
  )
  const phase = podPhase(pod, view)
  const generation = pod.metadata.generation
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  const ips = view.podIP === undefined ? {} : { podIP: view.podIP, podIPs: [{ ip: view.podIP }] }
  return {
    ...observed,
    phase,
    conditions: conditions(pod, view, [...main, ...init], phase),
    hostIP: view.hostIP,
    hostIPs: [{ ip: view.hostIP }],
    ...ips,
    startTime: apiTime(view.startedAt),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
    qosClass: qosClass(pod),
  }
}

/** The phase that follows from the containers. @see pkg/kubelet/kubelet_pods.go getPhase */
export function podPhase(
  pod: Pod,
  { records, probed, gates, restartingAll }: PodView,
): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  const plan = planPod(pod, records, probed, gates)
  // Nothing has ended for good while anything still runs.
  const isRunning = [...records.values()].some(({ state }) => state === 'running')
  if (plan.finished && !isRunning) return plan.finished
  if (!plan.initialized) return 'Pending'
  const containers = pod.spec?.containers ?? []
  const everStarted = containers.every((container) => {
    const record = records.get(container.name)
    return (record !== undefined && record.state !== 'created') || restartingAll?.removed.has(container.name) === true
  })
  return everStarted ? 'Running' : 'Pending'
}

/** Lists of statuses are in the order of the names; only init containers keep that of the spec. */
const byName = (statuses: readonly ContainerStatus[]): readonly ContainerStatus[] =>
  statuses.toSorted((left, right) => (left.name < right.name ? -1 : 1))

function containerStatus(container: Container, view: PodView, init: boolean, pod: Pod): ContainerStatus {
  const record = view.records.get(container.name)
  const removed = record === undefined ? view.restartingAll?.removed.get(container.name) : undefined
  if (removed !== undefined) return { ...removedStatus(container, removed), ...mounts(container) }
  const lost = record === undefined ? lostStatus(container, pod, view.waiting.get(container.name)) : undefined
  if (lost !== undefined) return { ...lost, ...mounts(container) }
  const last = record?.state === 'created' ? undefined : view.previous.get(container.name)
  const waiting = view.waiting.get(container.name)
  const running = record?.state === 'running'
  const waits = waiting !== undefined && !running
  const finished = record?.state === 'exited'
  const lastState = waits && finished ? terminated(record, pod) : last && terminated(last, pod)
  const completed = init && !isSidecar(container)
  const inForce = record && ((running ? record.resources : undefined) ?? container.resources)
  return {
    name: container.name,
    state: stateOf(record, waits ? waiting : undefined, view, pod),
    lastState: lastState ? { terminated: lastState } : {},
    ready: completed ? finished && record.exitCode === 0 : running && view.probed.ready(container),
    restartCount: record?.attempt ?? 0,
    image: record?.image ?? container.image ?? '',
    imageID: record?.imageId ?? '',
    ...(record && { containerID: record.id }),
    started: completed ? false : running && view.probed.started(container),
    ...(inForce !== undefined && Object.keys(inForce).length > 0 && { resources: inForce }),
    ...(record && container.resources?.requests && { allocatedResources: container.resources.requests }),
    ...(record?.user && { user: { linux: record.user } }),
    ...mounts(container),
  }
}

/** Nobody asks whether an ephemeral container is ready. */
function ephemeralStatus(container: Container, view: PodView, pod: Pod): ContainerStatus {
  const { started: _started, ...status } = containerStatus(container, view, false, pod)
  return { ...status, ready: false }
}

/** A container that was removed so that all of its pod start over. */
function removedStatus(container: Container, restartCount: number): ContainerStatus {
  const why = {
    reason: 'RestartingAllContainers',
    message: 'The container is removed because RestartAllContainers in place',
  }
  return {
    name: container.name,
    state: { waiting: why },
    lastState: { terminated: { ...why, exitCode: 137 } },
    ready: false,
    restartCount,
    image: container.image ?? '',
    imageID: '',
    started: false,
  }
}

function stateOf(
  record: ContainerRecord | undefined,
  waiting: { readonly reason: string; readonly message?: string } | undefined,
  view: PodView,
  pod: Pod,
): NonNullable<ContainerStatus['state']> {
  if (waiting) return { waiting }
  if (record?.state === 'running') return { running: { startedAt: apiTime(record.startedAt ?? view.now) } }
  if (record?.state === 'exited') return { terminated: terminated(record, pod) }
  return { waiting: { reason: 'PodInitializing' } }
}

function terminated(record: ContainerRecord, { spec }: Pod) {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec ?? {}
  const sharing = containers.length + initContainers.length + ephemeralContainers.length
  const at = (time: number | undefined) => apiTime(time ?? record.createdAt)
  return {
    exitCode: record.exitCode ?? 0,
    reason: record.reason ?? 'Error',
    ...(record.message !== undefined && { message: fittingMessage(record.message, sharing) }),
    startedAt: at(record.startedAt),
    finishedAt: at(record.finishedAt),
    containerID: record.id,
  }
}

function mounts(container: Container): Pick<ContainerStatus, 'volumeMounts'> {
  const all = container.volumeMounts ?? []
  if (all.length === 0) return {}
  return {
    volumeMounts: all.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly === true && { readOnly, recursiveReadOnly: 'Disabled' }),
    })),
  }
}

/** Whether all containers are being started over, for pods that have a rule for it. */
function restartingCondition(pod: Pod, { gates, restartingAll }: PodView, phase: string): readonly PodCondition[] {
  if (gates?.enabled('RestartAllContainersOnContainerExits') !== true || !allContainersCouldRestart(pod.spec)) return []
  const type = 'AllContainersRestarting'
  if (phase === 'Succeeded') return [{ type, status: 'False', reason: 'PodCompleted' }]
  if (phase === 'Failed') return [{ type, status: 'False', reason: 'PodFailed' }]
  if (restartingAll?.isRestarting !== true) return [{ type, status: 'False' }]
  const message = 'container exited with restart policy rule'
  return [{ type, status: 'True', reason: 'RestartAllContainersStarted', message }]
}

/** Conditions of the kubelet's own that come and go. */
const resizeTypes: ReadonlySet<string> = new Set(['PodResizePending', 'PodResizeInProgress'])

function conditions(
  pod: Pod,
  view: PodView,
  statuses: readonly ContainerStatus[],
  phase: string,
): readonly PodCondition[] {
  const now = apiTime(view.now)
  const generation = pod.metadata.generation
  const observed = generation === undefined || generation === 0 ? {} : { observedGeneration: generation }
  const before: readonly PodCondition[] = pod.status?.conditions ?? []
  const sandbox = view.sandboxReady && phase !== 'Succeeded' && phase !== 'Failed'
  const wanted: readonly PodCondition[] = [
    { type: 'PodReadyToStartContainers', status: sandbox ? 'True' : 'False', ...observed },
    initializedCondition(pod, statuses, phase, view.gates),
    podReadyCondition(pod, before, statuses, phase),
    containersReadyCondition(pod, statuses, phase),
    { type: 'PodScheduled', status: 'True', ...observed },
    ...restartingCondition(pod, view, phase),
  ]
  const list = wanted.reduce((known, condition) => setCondition(known, condition, now), before)
  const order = wanted.map((condition) => condition.type)
  const own = order.flatMap((type) => list.filter((entry) => entry.type === type))
  const others = list.filter((entry) => !order.includes(entry.type) && !resizeTypes.has(entry.type))
  return [...own, ...others, ...(view.resize ?? [])]
}
