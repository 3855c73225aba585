import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'

type Resources = NonNullable<Container['resources']>

/**
 * What an event says of a resize: what has come of it, and the resources of all containers as they are in `pod`.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/events/resize.go
 */
export function resizeEvent(what: string, { spec }: Pod, generation: number, error?: string): string {
  const view = ({ name, resources = {} }: Container) => ({ name, resources: inOrder(resources) })
  const { initContainers = [], containers = [] } = spec ?? {}
  const summary = JSON.stringify({
    ...(initContainers.length > 0 && { initContainers: initContainers.map(view) }),
    containers: containers.map(view),
    generation,
    ...(error !== undefined && { error }),
  })
  return `Pod resize ${what}: ${summary.replace(/[<>&]/g, escaped)}`
}

/** Limits before requests, and names in order, whatever order the pod has them in. */
function inOrder({ limits, requests, claims }: Resources): Resources {
  const sorted = (amounts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(amounts).sort(([left], [right]) => (left < right ? -1 : 1)))
  return {
    ...(limits && { limits: sorted(limits) }),
    ...(requests && { requests: sorted(requests) }),
    ...(claims && { claims }),
  }
}

/** JSON as Go writes it. */
const escaped = (character: string): string => `\\u00${character.charCodeAt(0).toString(16)}`
