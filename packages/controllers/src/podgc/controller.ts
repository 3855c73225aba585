import { isNotFound } from '@kube-bonsai/apimachinery'
import { nodes } from '../api/core.ts'
import { pods } from '../api/known.ts'
import { namespaceOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import { newPodCondition } from '../conditions/pod-condition.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { isPodTerminal } from '../pods/state.ts'
import { selectPodGarbage } from './select.ts'

const name = 'pod-garbage-collector-controller'
const period = 20_000
const quarantine = 40_000
const disruption = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByPodGC',
  message: 'PodGC: node no longer exists',
} as const

/**
 * Force-deletes pods that nobody else will: of nodes that are gone, and ended ones beyond a threshold.
 *
 * @param threshold how many ended pods may stay; 12500 as upstream unless given, 0 or less keeps all
 */
export function podGarbageCollector(threshold = 12_500): Controller {
  return { name, start: (context) => startPodGc(context, threshold) }
}

function startPodGc(context: ControllerContext, threshold: number): RunningController {
  const { clock, client } = context
  const podInformer = informerOf(context.informers, pods)
  const nodeInformer = informerOf(context.informers, nodes)
  /** Nodes that were found missing, and when. */
  const missing = new Map<string, number>()
  let stopped = false

  async function run(): Promise<void> {
    const garbage = selectPodGarbage(podInformer.store.list(), nodeInformer.store.list(), threshold)
    for (const pod of [...garbage.terminated, ...garbage.outOfService, ...garbage.unscheduled])
      await attempt(pod, false)
    const lost = new Set(garbage.orphaned.map((pod) => pod.spec.nodeName ?? ''))
    for (const node of missing.keys()) if (!lost.has(node)) missing.delete(node)
    for (const node of lost) if (!missing.has(node)) missing.set(node, clock.now())
    for (const pod of garbage.orphaned) {
      const node = pod.spec.nodeName ?? ''
      if (clock.now() - (missing.get(node) ?? clock.now()) >= quarantine && !(await exists(node)))
        await attempt(pod, true)
    }
  }

  async function exists(node: string): Promise<boolean> {
    try {
      await clientOf(client, nodes).get(node)
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  async function attempt(pod: Pod, orphaned: boolean): Promise<void> {
    const resource = clientOf(client, pods, namespaceOf(pod))
    try {
      if (!isPodTerminal(pod))
        await resource.patch(pod.metadata.name, 'strategic', failure(pod, orphaned), { subresource: 'status' })
      const preconditions = { uid: pod.metadata.uid }
      await resource.delete(pod.metadata.name, { gracePeriodSeconds: 0, preconditions })
    } catch (error) {
      if (!isNotFound(error)) context.onError?.(name, `${namespaceOf(pod)}/${pod.metadata.name}`, error)
    }
  }

  /** What marks a pod as failed, as of the generation that was seen. */
  function failure(pod: Pod, orphaned: boolean): object {
    const { uid, generation = 0 } = pod.metadata
    const condition = orphaned ? newPodCondition(pod, disruption, clock.now()) : undefined
    const status = {
      phase: 'Failed',
      ...(generation > 0 && { observedGeneration: generation }),
      ...(condition && { conditions: [condition] }),
    }
    return { metadata: { uid }, status }
  }

  const tick = async (): Promise<void> => {
    if (stopped) return
    try {
      if (podInformer.hasSynced && nodeInformer.hasSynced) await run()
    } catch (error) {
      context.onError?.(name, '', error)
    }
    if (!stopped) timer = clock.schedule(clock.now() + period, tick, { background: true })
  }
  let timer = clock.schedule(clock.now() + period, tick, { background: true })
  return {
    stop: () => {
      stopped = true
      timer.cancel()
    },
  }
}
