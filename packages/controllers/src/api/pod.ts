import type { Condition, KubeObject, ObjectMeta, Stored } from '@kube-bonsai/apimachinery'

/** The fields of a container that controllers look at. */
export interface Container {
  readonly name: string
  readonly ports?: readonly ContainerPort[]
  readonly env?: readonly { readonly name: string; readonly [field: string]: unknown }[]
  readonly restartPolicy?: string
  readonly [field: string]: unknown
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerport-v1-core */
export interface ContainerPort {
  readonly name?: string
  readonly containerPort: number
  readonly protocol?: string
  readonly hostPort?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#toleration-v1-core */
export interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#taint-v1-core */
export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
  readonly timeAdded?: string
}

/** A requirement of node affinity. */
export interface NodeSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** One alternative of node affinity. */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[]
  readonly matchFields?: readonly NodeSelectorRequirement[]
}

/** The part of affinity that controllers read and write. */
export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms: readonly NodeSelectorTerm[]
    }
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/** A volume, by the sources that controllers know. */
export interface Volume {
  readonly name: string
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean }
  readonly [source: string]: unknown
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podspec-v1-core */
export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly nodeName?: string
  readonly hostname?: string
  readonly subdomain?: string
  readonly hostNetwork?: boolean
  readonly restartPolicy?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly affinity?: Affinity
  readonly tolerations?: readonly Toleration[]
  readonly volumes?: readonly Volume[]
  readonly terminationGracePeriodSeconds?: number
  readonly [field: string]: unknown
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podtemplatespec-v1-core */
export interface PodTemplateSpec {
  readonly metadata?: ObjectMeta
  readonly spec: PodSpec
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerstatus-v1-core */
export interface ContainerStatus {
  readonly name: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: {
    readonly terminated?: { readonly exitCode: number; readonly finishedAt?: string; readonly reason?: string }
    readonly running?: unknown
    readonly waiting?: unknown
  }
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podstatus-v1-core */
export interface PodStatus {
  readonly phase?: string
  readonly reason?: string
  readonly message?: string
  readonly conditions?: readonly Condition[]
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip: string }[]
  readonly startTime?: string
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly initContainerStatuses?: readonly ContainerStatus[]
}

/** A pod before it is stored. */
export interface PodDraft extends KubeObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

/** A pod as the server returns it. */
export type Pod = Stored<PodDraft>
