import type { KubeObject } from '@kube-bonsai/apimachinery'

/** A condition without its time. */
export interface WantedCondition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

interface WithConditions {
  readonly status?: {
    readonly conditions?: readonly (Partial<WantedCondition> & { readonly lastTransitionTime?: string })[]
  }
}

/** A condition as it is to be written; undefined when the object says so already. Its time is that of the last change of its status. */
export function conditionToWrite(
  object: KubeObject,
  wanted: WantedCondition,
  now: string,
): (WantedCondition & { readonly lastTransitionTime: string }) | undefined {
  const found = (object as WithConditions).status?.conditions?.find(({ type }) => type === wanted.type)
  const { status, reason, message, lastTransitionTime = now } = found ?? {}
  if (status === wanted.status && reason === wanted.reason && message === wanted.message) return undefined
  return { ...wanted, lastTransitionTime: status === wanted.status ? lastTransitionTime : now }
}

/** Whether a flow schema hangs in the air. @see staging/src/k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go */
export function danglingCondition(level: string, exists: boolean): WantedCondition {
  const reference = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${reference} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${reference} but there is no such object` }
}

/** Where an APIService says that its API is. */
export interface ServiceReference {
  readonly namespace?: string
  readonly name?: string
  readonly port?: number
}

/** What is known of the service that an APIService names. */
export interface KnownService {
  readonly type?: string
  readonly ports: readonly { readonly port?: number; readonly name?: string }[]
}

/**
 * Whether the API of an APIService can be reached. That of the server itself can; another one cannot, because nothing is
 * aggregated, but the nearest reason is told.
 *
 * @param service what is known of the service; undefined when there is none
 * @see staging/src/k8s.io/kube-aggregator/pkg/controllers/status
 */
export function availableCondition(
  reference: ServiceReference | undefined,
  service: KnownService | undefined,
): WantedCondition {
  const type = 'Available'
  if (reference === undefined)
    return { type, status: 'True', reason: 'Local', message: 'Local APIServices are always available' }
  const { name = '', namespace = '', port = 443 } = reference
  const subject = `service/${name} in ${JSON.stringify(namespace)}`
  const failed = (reason: string, message: string): WantedCondition => ({ type, status: 'False', reason, message })
  if (service === undefined) return failed('ServiceNotFound', `${subject} is not present`)
  const isInside = service.type === undefined || service.type === 'ClusterIP'
  if (isInside && !service.ports.some((one) => one.port === port))
    return failed('ServicePortError', `${subject} is not listening on port ${port}`)
  return failed('FailedDiscoveryCheck', 'unsupported: APIs of other servers are not aggregated')
}
