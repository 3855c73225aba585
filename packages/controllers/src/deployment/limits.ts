import type { DeploymentDraft } from '../api/apps.ts'
import { type IntOrString, IntOrStringError, scaledValue } from '../values/int-or-string.ts'

/** How many pods above and below the wanted number a rolling update may go. */
export interface Fenceposts {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/**
 * Resolves the limits of a rolling update: surge rounds up, unavailable rounds down, and they are never both 0.
 *
 * @throws IntOrStringError for a string that is no percentage
 * @see pkg/controller/deployment/util/deployment_util.go
 */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  desired: number,
): Fenceposts {
  const surge = scaledValue(maxSurge ?? 0, desired, true)
  const unavailable = scaledValue(maxUnavailable ?? 0, desired, false)
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/** The replicas that a Deployment asks for; 1 when it does not say. */
export function desiredReplicas(deployment: Pick<DeploymentDraft, 'spec'>): number {
  return deployment.spec.replicas ?? 1
}

/** Says whether a Deployment is rolled out pod by pod. */
export function isRollingUpdate({ spec }: Pick<DeploymentDraft, 'spec'>): boolean {
  return spec.strategy?.type === 'RollingUpdate'
}

function fenceposts({ spec }: Pick<DeploymentDraft, 'spec'>): Fenceposts {
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {}
  try {
    return resolveFenceposts(maxSurge, maxUnavailable, spec.replicas ?? 1)
  } catch (error) {
    if (error instanceof IntOrStringError) return { maxSurge: 0, maxUnavailable: 0 }
    throw error
  }
}

/** How many pods may be missing; 0 unless rolling. */
export function maxUnavailable(deployment: Pick<DeploymentDraft, 'spec'>): number {
  const desired = desiredReplicas(deployment)
  if (!isRollingUpdate(deployment) || desired === 0) return 0
  return Math.min(fenceposts(deployment).maxUnavailable, desired)
}

/** How many pods must stay available; 0 unless rolling. */
export function minAvailable(deployment: Pick<DeploymentDraft, 'spec'>): number {
  return isRollingUpdate(deployment) ? desiredReplicas(deployment) - maxUnavailable(deployment) : 0
}

/** How many pods there may be above the wanted number; 0 unless rolling. */
export function maxSurge(deployment: Pick<DeploymentDraft, 'spec'>): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).maxSurge : 0
}
