import type { Container, ContainerStatus, Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'

type Phase = string
type Statuses = readonly ContainerStatus[] | undefined

const defaults: FeatureGates = createFeatureGates()

/** Names of containers as conditions list them. */
const listed = (what: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`containers with ${what} status: [${names.join(' ')}]`]

function condition(pod: Pod, type: string, status: 'True' | 'False', reason?: string, message?: string): PodCondition {
  const generation = pod.metadata.generation ?? 0
  return {
    type,
    ...(generation !== 0 && { observedGeneration: generation }),
    status,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && message !== '' && { message }),
  }
}

const byName = (statuses: readonly ContainerStatus[]): ReadonlyMap<string, ContainerStatus> =>
  // Of two statuses with one name the first counts.
  new Map(statuses.map((status) => [status.name, status] as const).reverse())

const initialized = (container: Container, status: ContainerStatus): boolean =>
  isSidecar(container) ? status.started === true : status.ready === true

/**
 * The Initialized condition that follows from the statuses of all containers; undefined statuses mean that none is known.
 * Times are left to the writer.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/status/generate.go
 */
export function initializedCondition(
  pod: Pod,
  statuses: Statuses,
  phase: Phase,
  gates: FeatureGates = defaults,
): PodCondition {
  const type = 'Initialized'
  const init = pod.spec?.initContainers ?? []
  if (statuses === undefined && init.length > 0) return condition(pod, type, 'False', 'UnknownContainerStatuses')
  const known = byName(statuses ?? [])
  const unknown = init.filter(({ name }) => !known.has(name))
  const incomplete = init.filter((container) => {
    const status = known.get(container.name)
    return status !== undefined && !initialized(container, status)
  })
  if (phase === 'Succeeded' && unknown.length === 0) return condition(pod, type, 'True', 'PodCompleted')
  const started = new Set(
    (statuses ?? []).filter(({ state }) => state?.running ?? state?.terminated).map(({ name }) => name),
  )
  // A container that has started proves that the init containers have done their part, whatever is left of them.
  if (pod.spec?.containers?.some(({ name }) => started.has(name))) return condition(pod, type, 'True')
  if (unknown.length + incomplete.length === 0) return condition(pod, type, 'True')
  const before = pod.status?.conditions?.some((entry) => entry.type === type && entry.status === 'True')
  if (before && gates.enabled('RestartAllContainersOnContainerExits')) return condition(pod, type, 'True')
  const names = (containers: readonly Container[]) => containers.map(({ name }) => name)
  const message = [...listed('unknown', names(unknown)), ...listed('incomplete', names(incomplete))].join(', ')
  return condition(pod, type, 'False', 'ContainersNotInitialized', message)
}

/** The ContainersReady condition from the statuses that count for readiness. @see initializedCondition */
export function containersReadyCondition(pod: Pod, statuses: Statuses, phase: Phase): PodCondition {
  const type = 'ContainersReady'
  if (statuses === undefined) return condition(pod, type, 'False', 'UnknownContainerStatuses')
  const known = byName(statuses)
  const counted = [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])]
  const names = counted.map(({ name }) => name)
  const unknown = names.filter((name) => !known.has(name))
  const unready = names.filter((name) => known.has(name) && known.get(name)?.ready !== true)
  if (phase === 'Succeeded' && unknown.length === 0) return condition(pod, type, 'False', 'PodCompleted')
  if (phase === 'Failed') return condition(pod, type, 'False', 'PodFailed')
  const message = [...listed('unknown', unknown), ...listed('unready', unready)].join(', ')
  return message === '' ? condition(pod, type, 'True') : condition(pod, type, 'False', 'ContainersNotReady', message)
}

/** The Ready condition: every container is ready, and so is every readiness gate in `conditions`. */
export function podReadyCondition(
  pod: Pod,
  conditions: readonly PodCondition[],
  statuses: Statuses,
  phase: Phase,
): PodCondition {
  const containers = containersReadyCondition(pod, statuses, phase)
  if (containers.status !== 'True') return { ...containers, type: 'Ready' }
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = conditions.find((entry) => entry.type === conditionType)
    if (found === undefined) {
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    }
    if (found.status === 'True') return []
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`]
  })
  if (messages.length === 0) return condition(pod, 'Ready', 'True')
  return condition(pod, 'Ready', 'False', 'ReadinessGatesNotReady', messages.join(', '))
}
