import type { Service, ServicePort, ServiceSpec } from '@kube-bonsai/api-types/core/v1'
import { type FieldError, newInvalid } from '@kube-bonsai/apimachinery'

/** The part of a service that allocation fills in, as it is being filled in. */
export interface Draft {
  readonly name: string
  readonly namespace: string
  readonly type: string
  readonly selectorless: boolean
  readonly externalTrafficPolicy: string
  readonly allocatesLoadBalancerPorts: boolean
  clusterIP: string
  clusterIPs: readonly string[]
  ipFamilies: readonly string[]
  ipFamilyPolicy: string | undefined
  ports: readonly ServicePort[]
  healthCheckNodePort: number
}

/** What allocation looks at of a service. */
export function draftOf(service: Service): Draft {
  const spec: Partial<ServiceSpec> = service.spec ?? {}
  return {
    name: service.metadata.name ?? '',
    namespace: service.metadata.namespace ?? '',
    type: spec.type ?? '',
    selectorless: Object.keys(spec.selector ?? {}).length === 0,
    externalTrafficPolicy: spec.externalTrafficPolicy ?? '',
    allocatesLoadBalancerPorts: spec.allocateLoadBalancerNodePorts ?? true,
    clusterIP: spec.clusterIP ?? '',
    clusterIPs: spec.clusterIPs ?? [],
    ipFamilies: spec.ipFamilies ?? [],
    ipFamilyPolicy: spec.ipFamilyPolicy,
    ports: spec.ports ?? [],
    healthCheckNodePort: spec.healthCheckNodePort ?? 0,
  }
}

/** The service with what was filled in. */
export function withDraft(service: Service, draft: Draft): Service {
  const spec: Record<string, unknown> = { ...service.spec }
  const set = (name: string, value: unknown, empty: boolean) => {
    if (empty) delete spec[name]
    else spec[name] = value
  }
  set('clusterIP', draft.clusterIP, draft.clusterIP === '')
  set('clusterIPs', draft.clusterIPs, draft.clusterIPs.length === 0)
  set('ipFamilies', draft.ipFamilies, draft.ipFamilies.length === 0)
  set('ipFamilyPolicy', draft.ipFamilyPolicy, draft.ipFamilyPolicy === undefined)
  set('ports', draft.ports, draft.ports.length === 0)
  set('healthCheckNodePort', draft.healthCheckNodePort, draft.healthCheckNodePort === 0)
  // Never wanted for a name outside of the cluster, and not shown for one.
  const known = ['Cluster', 'Local'].includes(String(spec['internalTrafficPolicy']))
  if (draft.type === 'ExternalName' && known) delete spec['internalTrafficPolicy']
  return { ...service, spec } as Service
}

/** Whether the two lists hold the same in the same order. */
export function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((entry, index) => entry === right[index])
}

/** Whether a service of this shape has ports on every node. */
export function needsNodePorts({ type, allocatesLoadBalancerPorts }: Draft): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocatesLoadBalancerPorts)
}

/** Whether load balancers ask nodes for the health of a service of this shape. */
export function needsHealthCheck({ type, externalTrafficPolicy }: Draft): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

/** The ports that a service holds on every node. */
export function heldPorts(draft: Draft): readonly number[] {
  const own = draft.ports.flatMap(({ nodePort }) => nodePort || [])
  return needsHealthCheck(draft) && draft.healthCheckNodePort > 0 ? [...own, draft.healthCheckNodePort] : own
}

/** The 422 for a service. */
export function refusal({ name }: Draft, errors: readonly FieldError[]): Error {
  return newInvalid({ group: '', kind: 'Service' }, name, errors)
}
