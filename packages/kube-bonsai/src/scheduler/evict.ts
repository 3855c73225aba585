import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { isNotFound } from '@kube-bonsai/apimachinery'
import type { ControllerContext } from '@kube-bonsai/controllers'
import type { FailedStep, Scheduler } from '@kube-bonsai/scheduler-core'
import { patchPodStatus } from './pod-status.ts'

/**
 * Makes room for a pod: takes nominations back, tells the victims and deletes them, the last one after all others.
 * Errors go to the context; the pod that needs the room is tried again at once then.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/preemption/preemption.go
 */
export async function makeRoom(context: ControllerContext, scheduler: Scheduler, step: FailedStep): Promise<void> {
  const { preemption, evict = [], turnedAway = [] } = step
  const chosen = preemption?.chosen
  if (chosen === undefined) return
  let failed: unknown
  const tried = async (work: Promise<void>) => {
    try {
      await work
    } catch (error) {
      failed ??= error
      context.onError?.('scheduler', keyOf(step.pod), error)
    }
  }
  for (const { pod } of turnedAway) announce(context, step, pod, chosen.node)
  const losers = preemption?.losesNomination ?? []
  await Promise.all(losers.map(({ pod }) => tried(ignoreMissing(patchPodStatus(context, pod, { nominatedNode: '' })))))
  const last = evict.at(-1)?.pod
  if (last === undefined) return
  await Promise.all(evict.slice(0, -1).map(({ pod }) => tried(evictOne(context, step, pod, chosen.node))))
  scheduler.evictingLast(step, last)
  await tried(evictOne(context, step, last, chosen.node))
  scheduler.evicted(step, failed)
}

async function evictOne(context: ControllerContext, step: FailedStep, victim: Pod, node: string): Promise<void> {
  const by = step.pod.spec?.schedulerName || 'default-scheduler'
  try {
    await patchPodStatus(context, victim, {
      condition: {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${by}: preempting to accommodate a higher priority pod`,
      },
    })
    await context.client
      .resource('v1/pods')
      .namespace(victim.metadata.namespace ?? '')
      .delete(victim.metadata.name ?? '')
  } catch (error) {
    if (isNotFound(error)) return
    throw error
  }
  announce(context, step, victim, node)
}

function announce({ recorder }: ControllerContext, step: FailedStep, victim: Pod, node: string): void {
  const message = `Preempted by pod ${step.pod.metadata.uid} on node ${node}`
  recorder(step.profile).event(victim, 'Normal', 'Preempted', message)
}

async function ignoreMissing(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`
}
