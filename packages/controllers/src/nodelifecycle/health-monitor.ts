import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import type { Timer } from '@kube-bonsai/clock'
import type { ControllerContext, RunningController } from '../controller.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { ZoneStates } from './disruption.ts'
import { NodeHealths } from './health.ts'
import { markNotReady } from './pods-not-ready.ts'
import { executeTaintOf, setExecuteTaint, wantedExecuteTaint } from './swap-taint.ts'
import { TaintQueue } from './taint-queue.ts'
import { readyOf, withUnknownStatus } from './unknown-status.ts'
import { evictionRate, zoneKey } from './zones.ts'

const period = 5_000
const byNode = 'node-lifecycle-node'
const nodeOf = (pod: Pod): readonly string[] => (pod.spec?.nodeName ? [pod.spec.nodeName] : [])

/**
 * Watches over the heartbeats of nodes: whoever is silent for too long is not ready any more, its pods neither, and gets the
 * taint that drives them away. It looks at the times at which upstream would, but only when there is something to see.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth
 */
export class HealthMonitor implements RunningController {
  readonly #name: string
  readonly #context: ControllerContext
  readonly #recorder: EventRecorder
  readonly #nodes: Informer<Node>
  readonly #pods: Informer<Pod>
  readonly #healths = new NodeHealths()
  readonly #zones = new ZoneStates()
  readonly #queues: Map<string, TaintQueue> = new Map()
  readonly #registered: Set<string> = new Set()
  readonly #changed: Set<string> = new Set()
  /** Nodes whose pods could not all be marked. */
  readonly #unmarked: Set<string> = new Set()
  readonly #removals: (() => void)[]
  readonly #start: number
  #timer: (Timer & { readonly urgent: boolean }) | undefined
  #running = false
  #stopped = false

  constructor(name: string, context: ControllerContext) {
    const { informers, clock } = context
    this.#name = name
    this.#context = context
    this.#recorder = context.recorder('node-controller')
    this.#start = clock.now()
    this.#nodes = informers.informer('v1/nodes') as unknown as Informer<Node>
    this.#pods = informers.informer('v1/pods') as unknown as Informer<Pod>
    this.#pods.index(byNode, nodeOf)
    const leases = informers.informer('coordination.k8s.io/v1/leases')
    const leaseSeen = (lease: Parameters<NodeHealths['leaseSeen']>[0]) => {
      if (lease.metadata.namespace === 'kube-node-lease') this.#healths.leaseSeen(lease, clock.now())
    }
    this.#removals = [
      leases.handle({ onAdd: leaseSeen, onUpdate: leaseSeen }),
      this.#nodes.handle({
        onAdd: (node) => this.#nodeChanged(node, undefined),
        onUpdate: (node, old) => this.#nodeChanged(node, old),
        onDelete: (node) => this.#nodeGone(node),
      }),
      this.#pods.handle({
        onAdd: (pod) => this.#podBound(pod),
        onUpdate: (pod, old) => old.spec?.nodeName === pod.spec?.nodeName || this.#podBound(pod),
      }),
    ]
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    for (const remove of this.#removals) remove()
    for (const queue of this.#queues.values()) queue.stop()
  }

  #nodeChanged(node: Node, old: Node | undefined): void {
    const { clock } = this.#context
    this.#healths.nodeSeen(node, clock.now())
    const transition = old !== undefined && readyOf(old)?.status !== readyOf(node)?.status
    const moved = old === undefined || zoneKey(old) !== zoneKey(node) || executeTaintOf(old) !== executeTaintOf(node)
    if (transition || moved) this.#changed.add(node.metadata.name ?? '')
    if (transition || moved || this.#timer === undefined) this.#arm(transition)
  }

  #nodeGone(node: Node): void {
    const { name = '' } = node.metadata
    this.#healths.forget(name)
    this.#changed.delete(name)
    this.#unmarked.delete(name)
    for (const queue of this.#queues.values()) queue.remove(name)
    if (this.#registered.delete(name)) this.#nodeEvent(node, 'RemovingNode', `Removing Node ${name} from Controller`)
    // The state of its zone may be another one now.
    this.#changed.add(name)
    this.#arm(false)
  }

  /** A pod that comes to a node that is not ready is not ready either. */
  #podBound(pod: Pod): void {
    const node = this.#nodes.store.get(pod.spec?.nodeName ?? '')
    const ready = node && readyOf(node)
    if (ready === undefined || ready.status === 'True') return
    const { client, clock } = this.#context
    markNotReady(client, this.#recorder, pod, clock.now()).catch((error: unknown) =>
      this.#report(pod.metadata.name ?? '', error),
    )
  }

  /** Sets the timer to the next look that could show something. */
  #arm(urgent: boolean): void {
    if (this.#stopped || this.#running) return
    const { clock } = this.#context
    const now = clock.now()
    const at = this.#changed.size + this.#unmarked.size > 0 ? now : this.#healths.overdue(now).nextAt
    if (at === undefined) return
    const rounds = Math.floor((at - this.#start) / period) + 1
    const due = Math.max(this.#start + rounds * period, now)
    if (this.#timer !== undefined && this.#timer.at <= due && (this.#timer.urgent || !urgent)) return
    this.#timer?.cancel()
    const timer = clock.schedule(due, () => this.#look(), { background: !urgent })
    this.#timer = { at: due, cancel: () => timer.cancel(), urgent }
  }

  async #look(): Promise<void> {
    this.#timer = undefined
    const release = this.#context.clock.hold()
    this.#running = true
    try {
      await this.#monitor()
    } catch (error) {
      this.#report('', error)
    } finally {
      this.#running = false
      release()
      this.#arm(false)
    }
  }

  async #monitor(): Promise<void> {
    const changed = [...this.#changed]
    this.#changed.clear()
    const marked = new Map<string, Node>()
    for (const name of this.#healths.overdue(this.#context.clock.now()).names) {
      const node = await this.#silent(name)
      if (node) marked.set(name, node)
    }
    for (const name of new Set([...marked.keys(), ...changed])) {
      const node = marked.get(name) ?? this.#nodes.store.get(name)
      if (node) await this.#judge(node)
    }
    for (const name of this.#unmarked) await this.#markPods(name)
    if (marked.size + changed.length === 0) return
    await this.#handleDisruption(this.#nodes.store.list().map((node) => marked.get(node.metadata.name) ?? node))
  }

  /** Writes down that nobody has heard of a node. Undefined when somebody else wrote in the meantime: the next look tells. */
  async #silent(name: string): Promise<Node | undefined> {
    const { client, clock } = this.#context
    const node = this.#nodes.store.get(name)
    if (node === undefined) return undefined
    const before = readyOf(node)?.status
    const unknown = withUnknownStatus(node, clock.now())
    try {
      if (before !== 'Unknown') await client.nodes().updateStatus(unknown)
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) this.#report(name, error)
      this.#changed.add(name)
      return undefined
    }
    this.#healths.markedSilent(unknown)
    if (before === 'True') {
      this.#recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
      this.#unmarked.add(name)
    }
    return unknown
  }

  async #markPods(name: string): Promise<void> {
    const { client, clock } = this.#context
    const node = this.#nodes.store.get(name)
    this.#unmarked.delete(name)
    if (node === undefined) return
    for (const pod of this.#pods.store.byIndex(byNode, name)) {
      try {
        await markNotReady(client, this.#recorder, pod, clock.now())
      } catch (error) {
        this.#unmarked.add(name)
        this.#report(name, error)
      }
    }
  }

  /** Sees to it that a node has the NoExecute taint that fits, at once or when its turn comes. */
  async #judge(node: Node): Promise<void> {
    const { client, clock } = this.#context
    const { name = '' } = node.metadata
    if (!this.#registered.has(name)) {
      this.#registered.add(name)
      this.#nodeEvent(node, 'RegisteredNode', `Registered Node ${name} in Controller`)
    }
    if (readyOf(node) === undefined) return
    const [wanted, present] = [wantedExecuteTaint(node), executeTaintOf(node)]
    const queue = this.#queueOf(zoneKey(node))
    if (wanted !== undefined && present === undefined) return queue.add(name)
    queue.remove(name)
    if (wanted === present) return
    try {
      await setExecuteTaint(client, name, clock.now())
    } catch (error) {
      this.#changed.add(name)
      this.#report(name, error)
    }
  }

  #queueOf(zone: string): TaintQueue {
    const known = this.#queues.get(zone)
    if (known) return known
    const { client, clock } = this.#context
    const queue: TaintQueue = new TaintQueue(clock, (name) =>
      setExecuteTaint(client, name, clock.now()).catch((error: unknown) => {
        this.#report(name, error)
        queue.add(name)
      }),
    )
    this.#queues.set(zone, queue)
    return queue
  }

  async #handleDisruption(nodes: readonly Node[]): Promise<void> {
    const { client, clock } = this.#context
    const { mode, zones } = this.#zones.update(nodes)
    if (mode === 'entered') {
      for (const { key } of zones) this.#queueOf(key).setRate(0)
      for (const node of nodes) {
        const { name = '' } = node.metadata
        this.#queueOf(zoneKey(node)).remove(name)
        await setExecuteTaint(client, name, clock.now(), () => undefined)
      }
      return
    }
    if (mode === 'left') {
      this.#healths.reset(clock.now())
      for (const node of nodes) if (wantedExecuteTaint(node)) this.#changed.add(node.metadata.name ?? '')
    }
    for (const { key, state, size } of zones) this.#queueOf(key).setRate(evictionRate(state, size))
  }

  #nodeEvent(node: Node, reason: string, message: string): void {
    this.#recorder.event(node, 'Normal', reason, `Node ${node.metadata.name} event: ${message}`)
  }

  #report(key: string, error: unknown): void {
    if (!this.#stopped) this.#context.onError?.(this.#name, key, error)
  }
}
