import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'
import { namespaced, type ResourceRef } from '../api/resources.ts'

/** A name in a hint. */
export interface HintName {
  readonly name: string
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#endpoint-v1-discovery-k8s-io */
export interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly hostname?: string
  readonly nodeName?: string
  readonly zone?: string
  readonly hints?: { readonly forZones?: readonly HintName[]; readonly forNodes?: readonly HintName[] }
  readonly targetRef?: {
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly uid?: string
  }
}

/** A port that all endpoints of a slice serve. */
export interface EndpointPort {
  readonly name?: string
  readonly protocol?: string
  readonly port?: number
  readonly appProtocol?: string
}

/** An EndpointSlice before it is stored. */
export interface EndpointSliceDraft extends KubeObject {
  readonly addressType: string
  readonly endpoints: readonly Endpoint[]
  readonly ports?: readonly EndpointPort[]
}

/** An EndpointSlice as the server returns it. */
export type EndpointSlice = Stored<EndpointSliceDraft>

export const endpointSlices: ResourceRef<EndpointSliceDraft> = namespaced(
  'discovery.k8s.io',
  'v1',
  'endpointslices',
  'EndpointSlice',
)
