import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { DeploymentDraft, ReplicaSet } from '../api/apps.ts'
import { byCreation } from '../api/meta.ts'
import type { PodTemplateSpec } from '../api/pod.ts'
import { semanticallyEqual } from '../values/equality.ts'

/** The annotation that numbers rollouts. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision'

/** The label that tells the pods of one ReplicaSet from those of another. */
export const hashLabel = 'pod-template-hash'

/** An object's revision: 0 without one, undefined when it is not a number. */
export function revisionOf(object: Pick<KubeObject, 'metadata'>): number | undefined {
  const text = object.metadata.annotations?.[revisionAnnotation]
  if (text === undefined) return 0
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined
}

/** The highest revision; those that are no numbers are skipped. */
export function maxRevision(sets: readonly Pick<KubeObject, 'metadata'>[]): number {
  return sets.reduce((most, set) => Math.max(most, revisionOf(set) ?? 0), 0)
}

/** The second highest revision: what an undo goes back to. */
export function lastRevision(sets: readonly Pick<KubeObject, 'metadata'>[]): number {
  let first = 0
  let second = 0
  for (const set of sets) {
    const revision = revisionOf(set)
    if (revision === undefined) continue
    if (revision >= first) {
      second = first
      first = revision
    } else if (revision > second) second = revision
  }
  return second
}

/** Orders by revision; by creation where that says nothing. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const left = revisionOf(a)
  const right = revisionOf(b)
  return left === undefined || right === undefined || left === right ? byCreation(a, b) : left - right
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const labels = template.metadata?.labels
  if (labels === undefined || !Object.hasOwn(labels, hashLabel)) return template
  const { [hashLabel]: _, ...rest } = labels
  return { ...template, metadata: { ...template.metadata, labels: rest } }
}

/** Says whether two templates are the same but for the hash label. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return semanticallyEqual(withoutHash(a), withoutHash(b))
}

/** The oldest set with the Deployment's template. */
export function findNewReplicaSet(
  deployment: Pick<DeploymentDraft, 'spec'>,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const same = (set: ReplicaSet): boolean => sameTemplate(set.spec.template, deployment.spec.template)
  return [...sets].sort(byCreation).find(same)
}
