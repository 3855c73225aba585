import type { Condition, KubeObject, Stored } from '@kube-bonsai/apimachinery'
import type { IntOrString } from '../values/int-or-string.ts'
import type { Taint } from './pod.ts'
import { clusterScoped, namespaced, type ResourceRef } from './resources.ts'

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#serviceport-v1-core */
export interface ServicePort {
  readonly name?: string
  readonly protocol?: string
  readonly port: number
  readonly targetPort?: IntOrString
  readonly appProtocol?: string
}

/** A Service, by the fields that its endpoints depend on. */
export interface ServiceDraft extends KubeObject {
  readonly spec: {
    readonly type?: string
    readonly selector?: Readonly<Record<string, string>>
    readonly clusterIP?: string
    readonly ports?: readonly ServicePort[]
    readonly ipFamilies?: readonly string[]
    readonly publishNotReadyAddresses?: boolean
    readonly trafficDistribution?: string
  }
}

/** A Service as the server returns it. */
export type Service = Stored<ServiceDraft>

/** A Node, by the fields that controllers look at. */
export interface NodeDraft extends KubeObject {
  readonly spec?: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly allocatable?: Readonly<Record<string, string>>
  }
}

/** A Node as the server returns it. */
export type Node = Stored<NodeDraft>

/** A Namespace. */
export interface NamespaceDraft extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] }
}

/** A Namespace as the server returns it. */
export type Namespace = Stored<NamespaceDraft>

export const services: ResourceRef<ServiceDraft> = namespaced('', 'v1', 'services', 'Service')
export const nodes: ResourceRef<NodeDraft> = clusterScoped('', 'v1', 'nodes', 'Node')
export const namespaces: ResourceRef<NamespaceDraft> = clusterScoped('', 'v1', 'namespaces', 'Namespace')
