import type { Condition, KubeObject, LabelSelector, Stored } from '@kube-bonsai/apimachinery'
import type { IntOrString } from '../values/int-or-string.ts'
import type { PodTemplateSpec } from './pod.ts'

/** A condition that knows when it was last renewed. */
export interface DeploymentCondition extends Condition {
  readonly lastUpdateTime?: string
}

/** Limits of a rolling update. */
export interface RollingUpdate {
  readonly maxSurge?: IntOrString
  readonly maxUnavailable?: IntOrString
  readonly partition?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deploymentspec-v1-apps */
export interface DeploymentSpec {
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly strategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate }
  readonly minReadySeconds?: number
  readonly revisionHistoryLimit?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deploymentstatus-v1-apps */
export interface DeploymentStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly terminatingReplicas?: number
  readonly collisionCount?: number
  readonly conditions?: readonly DeploymentCondition[]
}

/** A Deployment before it is stored. */
export interface DeploymentDraft extends KubeObject {
  readonly spec: DeploymentSpec
  readonly status?: DeploymentStatus
}

/** A Deployment as the server returns it. */
export type Deployment = Stored<DeploymentDraft>

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#replicasetspec-v1-apps */
export interface ReplicaSetSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#replicasetstatus-v1-apps */
export interface ReplicaSetStatus {
  readonly replicas?: number
  readonly fullyLabeledReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly terminatingReplicas?: number
  readonly observedGeneration?: number
  readonly conditions?: readonly Condition[]
}

/** A ReplicaSet before it is stored. */
export interface ReplicaSetDraft extends KubeObject {
  readonly spec: ReplicaSetSpec
  readonly status?: ReplicaSetStatus
}

/** A ReplicaSet as the server returns it. */
export type ReplicaSet = Stored<ReplicaSetDraft>

/** A ReplicationController: a ReplicaSet with the selector of its time. */
export interface ReplicationControllerDraft extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector?: Readonly<Record<string, string>>
    readonly template?: PodTemplateSpec
  }
  readonly status?: ReplicaSetStatus
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#controllerrevision-v1-apps */
export interface ControllerRevisionDraft extends KubeObject {
  readonly data?: unknown
  readonly revision: number
}

/** A ControllerRevision as the server returns it. */
export type ControllerRevision = Stored<ControllerRevisionDraft>

/** A claim that a StatefulSet makes for each pod. */
export interface PersistentVolumeClaimDraft extends KubeObject {
  readonly spec?: {
    readonly accessModes?: readonly string[]
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
    readonly storageClassName?: string
    readonly volumeName?: string
    readonly volumeMode?: string
    readonly selector?: LabelSelector
  }
  readonly status?: { readonly phase?: string; readonly [field: string]: unknown }
}

/** A PersistentVolumeClaim as the server returns it. */
export type PersistentVolumeClaim = Stored<PersistentVolumeClaimDraft>

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#statefulsetspec-v1-apps */
export interface StatefulSetSpec {
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly serviceName?: string
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaimDraft[]
  readonly podManagementPolicy?: string
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate }
  readonly revisionHistoryLimit?: number
  readonly minReadySeconds?: number
  readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string }
  readonly ordinals?: { readonly start?: number }
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#statefulsetstatus-v1-apps */
export interface StatefulSetStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly readyReplicas?: number
  readonly currentReplicas?: number
  readonly updatedReplicas?: number
  readonly availableReplicas?: number
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
}

/** A StatefulSet before it is stored. */
export interface StatefulSetDraft extends KubeObject {
  readonly spec: StatefulSetSpec
  readonly status?: StatefulSetStatus
}

/** A StatefulSet as the server returns it. */
export type StatefulSet = Stored<StatefulSetDraft>

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonsetspec-v1-apps */
export interface DaemonSetSpec {
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate }
  readonly minReadySeconds?: number
  readonly revisionHistoryLimit?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonsetstatus-v1-apps */
export interface DaemonSetStatus {
  readonly currentNumberScheduled?: number
  readonly numberMisscheduled?: number
  readonly desiredNumberScheduled?: number
  readonly numberReady?: number
  readonly observedGeneration?: number
  readonly updatedNumberScheduled?: number
  readonly numberAvailable?: number
  readonly numberUnavailable?: number
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
}

/** A DaemonSet before it is stored. */
export interface DaemonSetDraft extends KubeObject {
  readonly spec: DaemonSetSpec
  readonly status?: DaemonSetStatus
}

/** A DaemonSet as the server returns it. */
export type DaemonSet = Stored<DaemonSetDraft>
