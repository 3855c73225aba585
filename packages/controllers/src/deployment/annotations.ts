import type { Deployment, ReplicaSet, ReplicaSetDraft } from '../api/apps.ts'
import { desiredReplicas, maxSurge } from './limits.ts'
import { revisionAnnotation } from './revision.ts'

const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
const maxAnnotation = 'deployment.kubernetes.io/max-replicas'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
const historyLimit = 2000

const notCopied: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

type Annotations = Readonly<Record<string, string>>

function count(set: Pick<ReplicaSetDraft, 'metadata'>, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation]
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const value = Number(text)
  return value <= 2147483647 ? value : undefined
}

/** How many replicas the Deployment had when this set was last scaled; undefined when that is not known. */
export function desiredAtLastScale(set: Pick<ReplicaSetDraft, 'metadata'>): number | undefined {
  return count(set, desiredAnnotation)
}

/** How many replicas all sets could have when this set was last scaled; undefined when that is not known. */
export function maxAtLastScale(set: Pick<ReplicaSetDraft, 'metadata'>): number | undefined {
  return count(set, maxAnnotation)
}

/** The annotations of a set that was scaled for the Deployment as it is. */
export function withReplicasAnnotations(
  annotations: Annotations | undefined,
  deployment: Pick<Deployment, 'spec'>,
): Annotations {
  const desired = desiredReplicas(deployment)
  return {
    ...annotations,
    [desiredAnnotation]: String(desired),
    [maxAnnotation]: String(desired + maxSurge(deployment)),
  }
}

/** Says whether two sets of annotations are the same. */
export function sameAnnotations(a: Annotations | undefined, b: Annotations | undefined): boolean {
  const left = Object.entries(a ?? {})
  return left.length === Object.keys(b ?? {}).length && left.every(([key, value]) => b?.[key] === value)
}

/** The annotations that the new set should have: the Deployment's, its revision, and the revisions that it had. */
export function newSetAnnotations(
  deployment: Deployment,
  current: Annotations | undefined,
  revision: number,
): Annotations {
  const next: Record<string, string> = { ...current }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!notCopied.has(key)) next[key] = value
  }
  const old = current?.[revisionAnnotation]
  if (old !== undefined && old !== '' && !/^[+-]?\d+$/.test(old)) return next
  const number = Number(old ?? '0')
  if (number >= revision) return next
  next[revisionAnnotation] = String(revision)
  if (old !== undefined) next[historyAnnotation] = longerHistory(current?.[historyAnnotation] ?? '', old)
  return next
}

/** Appends a revision, and forgets the oldest ones for which there is no room. */
function longerHistory(history: string, revision: string): string {
  if (history === '') return revision
  const revisions = history.split(',')
  let length = history.length + revision.length + 1
  let start = 0
  while (length > historyLimit && start < revisions.length) {
    length -= (revisions[start] ?? '').length + 1
    start++
  }
  return length <= historyLimit ? [...revisions.slice(start), revision].join(',') : history
}

/** Says whether a set is as large as the Deployment wants, knows it, and all its pods are available. */
export function isSaturated(deployment: Pick<Deployment, 'spec'>, set: ReplicaSet | undefined): boolean {
  if (set === undefined) return false
  const desired = desiredReplicas(deployment)
  const text = set.metadata.annotations?.[desiredAnnotation] ?? ''
  if (!/^[+-]?\d+$/.test(text) || Number(text) !== desired) return false
  return (set.spec.replicas ?? 1) === desired && (set.status?.availableReplicas ?? 0) === desired
}
