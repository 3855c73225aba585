import type { Deployment, DeploymentDraft, ReplicaSetDraft } from '../api/apps.ts'
import { deployments } from '../api/known.ts'
import { controllerRefTo, namespaceOf } from '../api/meta.ts'
import { templateHash } from '../values/hash.ts'
import { newSetAnnotations, withReplicasAnnotations } from './annotations.ts'
import { hashLabel } from './revision.ts'

const maxNameLength = 253

/** The name of a Deployment's set with that hash; a long name is cut. */
export function replicaSetName(deployment: string, hash: string): string {
  return `${deployment.slice(0, Math.max(0, maxNameLength - 1 - hash.length))}-${hash}`
}

/** The set that a Deployment's template needs, before it is known how large it may be. */
export function newReplicaSet(deployment: Deployment, revision: number): ReplicaSetDraft {
  const { spec, metadata, status } = deployment
  const hash = templateHash(spec.template satisfies DeploymentDraft['spec']['template'], status?.collisionCount)
  const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash }
  const { creationTimestamp: _, ...templateMetadata } = spec.template.metadata ?? {}
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(metadata.name, hash),
      namespace: namespaceOf(deployment),
      labels,
      annotations: withReplicasAnnotations(newSetAnnotations(deployment, undefined, revision), deployment),
      ownerReferences: [controllerRefTo(deployment, deployments)],
    },
    spec: {
      replicas: 0,
      minReadySeconds: spec.minReadySeconds ?? 0,
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
      template: { ...spec.template, metadata: { ...templateMetadata, labels } },
    },
  }
}
