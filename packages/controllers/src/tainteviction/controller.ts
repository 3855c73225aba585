import type { Node, Taint } from '@kube-bonsai/api-types/core/v1'
import { deepEqual, isNotFound } from '@kube-bonsai/apimachinery'
import type { Timer } from '@kube-bonsai/clock'
import { pods } from '../api/known.ts'
import { namespaceOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import { newPodCondition } from '../conditions/pod-condition.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { evictingTaints, evictionDelay } from './delay.ts'

const name = 'taint-eviction-controller'
const attempts = 5
const disruption = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
} as const

/**
 * Deletes pods that do not tolerate the NoExecute taints of their node: at once, or when the time that they tolerate
 * them is over. A taint that goes in time calls it off.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/tainteviction/taint_eviction.go
 */
export const taintEvictionController: Controller = { name, start: (context) => new TaintEviction(context) }

/** A pod that has to go. Times are milliseconds since the epoch. */
interface Planned {
  /** When the first of the taints was seen: a change of tolerations counts from here. */
  readonly since: number
  readonly timer: Timer
}

const keyOf = (pod: Pod): string => `${namespaceOf(pod)}/${pod.metadata.name}`

class TaintEviction implements RunningController {
  readonly #context: ControllerContext
  readonly #recorder: ReturnType<ControllerContext['recorder']>
  readonly #tainted: Map<string, readonly Taint[]> = new Map()
  readonly #podsOf: Map<string, Map<string, Pod>> = new Map()
  readonly #planned: Map<string, Planned> = new Map()
  readonly #unsubscribe: readonly (() => void)[]

  constructor(context: ControllerContext) {
    this.#context = context
    this.#recorder = context.recorder(name)
    const nodes = context.informers.informer('v1/nodes')
    this.#unsubscribe = [
      informerOf(context.informers, pods).handle({
        onAdd: (pod) => this.#podChanged(pod),
        onUpdate: (pod) => this.#podChanged(pod),
        onDelete: (pod) => this.#podGone(pod),
      }),
      nodes.handle({
        onAdd: (node) => this.#nodeChanged(node),
        onUpdate: (node) => this.#nodeChanged(node),
        onDelete: (node) => void this.#tainted.delete(node.metadata.name ?? ''),
      }),
    ]
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    for (const { timer } of this.#planned.values()) timer.cancel()
    this.#planned.clear()
  }

  #podChanged(pod: Pod): void {
    const node = pod.spec.nodeName ?? ''
    if (node === '') return
    const siblings = this.#podsOf.get(node) ?? new Map<string, Pod>()
    const known = siblings.get(keyOf(pod))
    siblings.set(keyOf(pod), pod)
    this.#podsOf.set(node, siblings)
    const taints = this.#tainted.get(node)
    if (known !== undefined && deepEqual(known.spec.tolerations, pod.spec.tolerations)) return
    if (taints !== undefined) this.#judge(pod, taints)
  }

  #podGone(pod: Pod): void {
    const siblings = this.#podsOf.get(pod.spec.nodeName ?? '')
    siblings?.delete(keyOf(pod))
    if (siblings?.size === 0) this.#podsOf.delete(pod.spec.nodeName ?? '')
    this.#callOff(pod)
  }

  #nodeChanged(node: Node): void {
    const key = node.metadata.name ?? ''
    const taints = evictingTaints(node.spec?.taints)
    const before = this.#tainted.get(key) ?? []
    if (deepEqual(taints, before)) return
    if (taints.length > 0) this.#tainted.set(key, taints)
    else this.#tainted.delete(key)
    for (const pod of this.#podsOf.get(key)?.values() ?? []) {
      if (taints.length === 0) this.#callOff(pod)
      else this.#judge(pod, taints)
    }
  }

  #judge(pod: Pod, taints: readonly Taint[]): void {
    const { clock, gates } = this.#context
    const comparisonOperators = gates.enabled('TaintTolerationComparisonOperators')
    const delay = evictionDelay(taints, pod.spec.tolerations, { comparisonOperators })
    const now = clock.now()
    const planned = this.#planned.get(keyOf(pod))
    if (delay === undefined || delay === 0) {
      this.#callOff(pod)
      if (delay === 0) this.#plan(pod, now, now)
      return
    }
    // A time that runs already is not begun anew.
    if (planned !== undefined && planned.since < now) return
    if (planned !== undefined) this.#callOff(pod)
    this.#plan(pod, planned?.since ?? now, now + delay)
  }

  #plan(pod: Pod, since: number, at: number): void {
    const timer = this.#context.clock.schedule(at, () => {
      this.#planned.delete(keyOf(pod))
      this.#evict(pod).catch((error: unknown) => this.#context.onError?.(name, keyOf(pod), error))
    })
    this.#planned.set(keyOf(pod), { since, timer })
  }

  #callOff(pod: Pod): void {
    const planned = this.#planned.get(keyOf(pod))
    if (planned === undefined) return
    planned.timer.cancel()
    this.#planned.delete(keyOf(pod))
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${keyOf(pod)}`)
  }

  async #evict(pod: Pod): Promise<void> {
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(pod)}`)
    const resource = clientOf(this.#context.client, pods, namespaceOf(pod))
    for (let attempt = 1; ; attempt++) {
      try {
        const current = await resource.get(pod.metadata.name)
        const condition = newPodCondition(current, disruption, this.#context.clock.now())
        if (condition !== undefined) {
          const patch = { metadata: { uid: current.metadata.uid }, status: { conditions: [condition] } }
          await resource.patch(pod.metadata.name, 'strategic', patch, { subresource: 'status' })
        }
        await resource.delete(pod.metadata.name)
        return
      } catch (error) {
        if (isNotFound(error)) return
        if (attempt === attempts) throw error
      }
    }
  }
}
