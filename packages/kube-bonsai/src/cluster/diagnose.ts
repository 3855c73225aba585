import type { Event, Pod } from '@kube-bonsai/api-types/core/v1'
import { findCondition } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'

/** Something that does not run, and why. */
export interface Problem {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly reason: string
  readonly message: string
}

/** A workload and how much of it is there. */
export interface WorkloadState {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly ready: number
  readonly wanted: number
  /** Jobs are done rather than ready. */
  readonly done: boolean
}

/** The state of every workload, by kind, namespace and name. */
export async function workloads(client: Client): Promise<readonly WorkloadState[]> {
  const [deployments, statefulSets, daemonSets, jobs] = await Promise.all([
    client.deployments().list(),
    client.statefulSets().list(),
    client.daemonSets().list(),
    client.jobs().list(),
  ])
  const row = (
    object: { readonly kind: string; readonly metadata: { readonly namespace?: string; readonly name?: string } },
    ready: number,
    wanted: number,
  ): WorkloadState => ({
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    ready,
    wanted,
    done: ready >= wanted,
  })
  return [
    ...deployments.items.map((item) => row(item, item.status?.availableReplicas ?? 0, item.spec?.replicas ?? 1)),
    ...statefulSets.items.map((item) => row(item, item.status?.readyReplicas ?? 0, item.spec?.replicas ?? 1)),
    ...daemonSets.items.map((item) =>
      row(item, item.status?.numberReady ?? 0, item.status?.desiredNumberScheduled ?? 0),
    ),
    ...jobs.items.map((item) => row(item, item.status?.succeeded ?? 0, item.spec?.completions ?? 1)),
  ]
}

/** Why each thing that does not run does not: pods by their conditions, containers and events, workloads by their events. */
export async function diagnose(client: Client): Promise<readonly Problem[]> {
  const [pods, events, states] = await Promise.all([client.pods().list(), client.events().list(), workloads(client)])
  const warnings = new Map<string, Event>()
  for (const event of events.items) {
    if (event.type !== 'Warning') continue
    const { kind, namespace, name } = event.involvedObject
    warnings.set(`${kind}/${namespace}/${name}`, event)
  }
  const warningOf = (kind: string, namespace: string, name: string) => warnings.get(`${kind}/${namespace}/${name}`)
  const problems = pods.items.flatMap((pod) => {
    const cause = podProblem(pod, warningOf('Pod', pod.metadata.namespace ?? '', pod.metadata.name))
    return cause ? [{ kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, ...cause }] : []
  })
  for (const { kind, namespace, name, done } of states) {
    const warning = done ? undefined : warningOf(kind, namespace, name)
    if (warning) problems.push({ kind, namespace, name, reason: warning.reason ?? '', message: warning.message ?? '' })
  }
  return problems
}

interface Cause {
  readonly reason: string
  readonly message: string
}

/** Why a pod does not run or is not ready; undefined for one that is well or has done its work. */
function podProblem(pod: Pod, warning: Event | undefined): Cause | undefined {
  const status = pod.status
  if (status?.phase === 'Succeeded') return undefined
  const conditions = status?.conditions
  if (status?.phase === 'Running' && findCondition(conditions, 'Ready')?.status === 'True') return undefined
  if (status?.phase === 'Failed') {
    const ended = status.containerStatuses?.find((entry) => (entry.state?.terminated?.exitCode ?? 0) !== 0)
    const code = ended?.state?.terminated?.exitCode
    return {
      reason: status.reason ?? 'Failed',
      message: status.message ?? (ended ? `container ${ended.name} exited with code ${code}` : ''),
    }
  }
  const scheduled = findCondition(conditions, 'PodScheduled')
  if (scheduled?.status === 'False')
    return { reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? '' }
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const waiting = all.find((entry) => entry.state?.waiting?.message !== undefined)?.state?.waiting
  if (waiting) return { reason: waiting.reason ?? 'Waiting', message: waiting.message ?? '' }
  if (warning) return { reason: warning.reason ?? '', message: warning.message ?? '' }
  const ready = findCondition(conditions, 'Ready')
  return {
    reason: ready?.reason ?? status?.phase ?? 'Pending',
    message: ready?.message ?? 'nothing has happened to it yet',
  }
}
