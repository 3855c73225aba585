import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'
import type { ReplicaSet, ReplicaSetDraft, ReplicationControllerDraft } from '../api/apps.ts'
import { replicaSets, replicationControllers } from '../api/known.ts'
import type { ResourceRef } from '../api/resources.ts'

/** A kind that keeps a number of pods: what the one controller needs to know about it. */
export interface ReplicaKind<T extends KubeObject> {
  readonly controller: string
  /** The component that its Events name. */
  readonly component: string
  readonly ref: ResourceRef<T>
  /** The gate that makes it count terminating pods, if there is one. */
  readonly terminatingGate?: string
  /** The object as a ReplicaSet. */
  view(object: Stored<T>): ReplicaSet
}

export const replicaSetKind: ReplicaKind<ReplicaSetDraft> = {
  controller: 'replicaset-controller',
  component: 'replicaset-controller',
  ref: replicaSets,
  terminatingGate: 'DeploymentReplicaSetTerminatingReplicas',
  view: (object) => object,
}

export const replicationControllerKind: ReplicaKind<ReplicationControllerDraft> = {
  controller: 'replicationcontroller-controller',
  component: 'replication-controller',
  ref: replicationControllers,
  view: ({ spec, ...object }) => ({
    ...object,
    spec: {
      ...(spec.replicas === undefined ? {} : { replicas: spec.replicas }),
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: { matchLabels: spec.selector ?? {} },
      template: spec.template ?? { spec: { containers: [] } },
    },
  }),
}
