import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { Scheduler, type Step } from '@kube-bonsai/scheduler-core'
import { perfNamespace, perfNode, perfPod } from './cluster.ts'
import type { PodGroup, Workload } from './workloads.ts'

/** What became of the measured pods, and what it took. */
export interface Driven {
  readonly scheduled: number
  readonly failed: number
  readonly seconds: number
  readonly cpuSeconds: number
  /** True when time was up before the last pod. */
  readonly truncated: boolean
}

/** A scheduler with an API server that does at once what it is told. */
export class Bench {
  readonly scheduler: Scheduler
  #now = 0

  constructor(percentageOfNodesToScore = 0) {
    this.scheduler = new Scheduler({
      now: () => this.#now,
      gates: createFeatureGates({ set: { SchedulerAsyncPreemption: false } }),
      percentageOfNodesToScore,
    })
  }

  /** Decides until the queue has nothing more, or `limit` seconds are over. */
  drain(limit: number = Number.POSITIVE_INFINITY): Driven {
    let [scheduled, failed, count] = [0, 0, 0]
    let truncated = false
    const [started, cpu] = [performance.now(), process.cpuUsage()]
    for (let step = this.scheduler.next(); step !== undefined; step = this.scheduler.next()) {
      count += 1
      this.#now += 1
      if (step.type === 'bind') scheduled += 1
      else failed += 1
      this.#carryOut(step)
      if (count % 16 === 0 && performance.now() - started > limit * 1000) {
        truncated = true
        break
      }
    }
    const { user, system } = process.cpuUsage(cpu)
    return {
      scheduled,
      failed,
      seconds: (performance.now() - started) / 1000,
      cpuSeconds: (user + system) / 1e6,
      truncated,
    }
  }

  #carryOut(step: Step): void {
    const { scheduler } = this
    if (step.type === 'bind') {
      const { pod, node } = step
      const bound: Pod = {
        ...pod,
        metadata: { ...pod.metadata, resourceVersion: '2' },
        spec: { containers: [], ...pod.spec, nodeName: node },
      }
      scheduler.bound(step)
      scheduler.podChanged(pod, bound)
    } else if (step.type === 'failed') {
      for (const victim of step.evict ?? []) scheduler.podRemoved(victim.pod)
      if (step.evict !== undefined) {
        scheduler.evicted(step)
        scheduler.queue.activate([`${step.pod.metadata.namespace}/${step.pod.metadata.name}`])
      }
    }
  }
}

/** Sets a workload up and measures the decisions about its pods. */
export function drive(given: Workload, limit: number): Driven {
  const bench = new Bench()
  const { scheduler } = bench
  for (const name of new Set([...given.init, given.measured].map((group) => group.namespace)))
    scheduler.objectChanged('Namespace', undefined, perfNamespace(name))
  for (let index = 0; index < given.nodes; index++) scheduler.nodeChanged(undefined, perfNode(index, given.zones))
  given.init.forEach((group, index) => {
    if (given.initIsStuck) addPods(scheduler, group, `init-${index}`)
    else placePods(scheduler, group, `init-${index}`, given.nodes, index)
  })
  if (given.initIsStuck) bench.drain()
  addPods(scheduler, given.measured, 'pod')
  return bench.drain(limit)
}

function addPods(scheduler: Scheduler, { count, namespace, shape }: PodGroup, prefix: string): void {
  for (let index = 0; index < count; index++)
    scheduler.podChanged(undefined, perfPod(`${prefix}-${index}`, namespace, shape))
}

/** Pods that run already, one node after the other. */
function placePods(
  scheduler: Scheduler,
  { count, namespace, shape }: PodGroup,
  prefix: string,
  nodes: number,
  offset: number,
): void {
  for (let index = 0; index < count; index++) {
    const nodeName = `scheduler-perf-${(index + offset) % nodes}`
    const pod = perfPod(`${prefix}-${index}`, namespace, { ...shape, spec: { ...shape.spec, nodeName } })
    scheduler.podChanged(undefined, pod)
  }
}
