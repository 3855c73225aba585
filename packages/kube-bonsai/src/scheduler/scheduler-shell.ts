import type { PersistentVolumeClaim, Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import { formatTime, instantOfMillis, isNotFound, type Stored, setCondition } from '@kube-bonsai/apimachinery'
import type { Timer } from '@kube-bonsai/clock'
import type { ControllerContext, RunningController } from '@kube-bonsai/controllers'
import {
  type BindStep,
  type FailedStep,
  Scheduler,
  type SchedulerOptions,
  type Status,
  type Step,
} from '@kube-bonsai/scheduler-core'

/** How many pods are decided about before others get a turn. */
const batch = 100
const selectedNode = 'volume.kubernetes.io/selected-node'
/** How often pods that nobody could place are looked at again without cause, in milliseconds. */
const leftoverInterval = 30_000

/** kube-scheduler on a cluster: watches nodes and pods, decides, binds, and says why when it cannot. */
export interface RunningScheduler extends RunningController {
  readonly scheduler: Scheduler
}

/** Starts the scheduler as a client like any other. */
export function startScheduler(context: ControllerContext, options: Partial<SchedulerOptions> = {}): RunningScheduler {
  const shell = new SchedulerShell(context, options)
  shell.start()
  return shell
}

class SchedulerShell implements RunningScheduler {
  readonly scheduler: Scheduler
  readonly #context: ControllerContext
  readonly #unsubscribe: (() => void)[] = []
  #synced = false
  #kicked = false
  #stopped = false
  #wake: Timer | undefined
  #leftovers: Timer | undefined

  constructor(context: ControllerContext, options: Partial<SchedulerOptions>) {
    this.#context = context
    this.scheduler = new Scheduler({ now: () => context.clock.now(), gates: context.gates, ...options })
  }

  start(): void {
    const { informers } = this.#context
    const nodes = informers.informer('v1/nodes')
    const pods = informers.informer('v1/pods')
    const react = (change: () => void) => {
      change()
      this.#kick()
    }
    this.#unsubscribe.push(
      nodes.handle({
        onAdd: (node) => react(() => this.scheduler.nodeChanged(undefined, node)),
        onUpdate: (node, old) => react(() => this.scheduler.nodeChanged(old, node)),
        onDelete: (node) => react(() => this.scheduler.nodeRemoved(node)),
      }),
      pods.handle({
        onAdd: (pod) => react(() => this.scheduler.podChanged(undefined, pod)),
        onUpdate: (pod, old) => react(() => this.scheduler.podChanged(old, pod)),
        onDelete: (pod) => react(() => this.scheduler.podRemoved(pod)),
      }),
    )
    // Deciding before everything is known would use only the nodes that came first.
    const volumes = [
      informers.informer('v1/persistentvolumeclaims'),
      informers.informer('storage.k8s.io/v1/storageclasses'),
    ]
    void Promise.all([nodes, pods, ...volumes].map((informer) => informer.synced())).then(
      () => {
        this.#synced = true
        this.#kick()
      },
      () => {},
    )
  }

  stop(): void {
    this.#stopped = true
    this.#wake?.cancel()
    this.#leftovers?.cancel()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  #kick(): void {
    if (this.#kicked || this.#stopped || !this.#synced) return
    this.#kicked = true
    queueMicrotask(() => this.#run())
  }

  #run(): void {
    this.#kicked = false
    if (this.#stopped) return
    for (let count = 0; count < batch; count++) {
      const step = this.scheduler.next()
      if (step === undefined) {
        this.#arm()
        return
      }
      this.#carryOut(step)
    }
    const { clock } = this.#context
    this.#kicked = true
    clock.schedule(clock.now(), () => this.#run())
  }

  /** Sets the alarm for the end of the next back-off, and a quiet one for pods that nothing else would wake. */
  #arm(): void {
    const { clock } = this.#context
    const flush = () => {
      this.scheduler.queue.flush()
      this.#kick()
    }
    this.#wake?.cancel()
    const at = this.scheduler.queue.nextWake()
    this.#wake = at === undefined ? undefined : clock.schedule(at, flush)
    this.#leftovers?.cancel()
    const waiting = this.scheduler.pendingCounts().unschedulable > 0
    this.#leftovers = waiting ? clock.schedule(clock.now() + leftoverInterval, flush, { background: true }) : undefined
  }

  #carryOut(step: Step): void {
    if (step.type === 'bind') void this.#bind(step)
    else if (step.type === 'failed') void this.#report(step)
    else if (step.message !== undefined) {
      this.#context.recorder('default-scheduler').event(step.pod, 'Warning', 'FailedScheduling', step.message)
    }
  }

  async #bind(step: BindStep): Promise<void> {
    const { pod, node, framework, state, queued } = step
    const name = pod.metadata.name ?? ''
    const namespace = pod.metadata.namespace ?? ''
    const before = await framework.preBind(state, queued.info, node)
    if (before !== undefined) {
      this.#undo(step, before)
      return
    }
    const bound = await framework.bind(state, queued.info, node)
    if (bound !== undefined && bound.code !== 'Skip') {
      this.#undo(step, bound)
      return
    }
    try {
      await this.#selectNodeForClaims(pod, node)
      if (bound?.code === 'Skip') await this.#bindByApi(pod, namespace, name, node)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#undo(step, { code: 'Error', reasons: [`running Bind plugin "DefaultBinder": ${reason}`] })
      return
    }
    this.scheduler.bound(step)
    const message = `Successfully assigned ${namespace}/${name} to ${node}`
    this.#context.recorder(framework.profileName).event(pod, 'Normal', 'Scheduled', message)
  }

  /**
   * Tells claims that wait for their first consumer where it runs, so that their volumes can be made there. Upstream waits until they are
   * bound before it binds the pod; here the kubelet waits for them.
   */
  async #selectNodeForClaims(pod: Pod, node: string): Promise<void> {
    const { client, informers } = this.#context
    const namespace = pod.metadata.namespace ?? ''
    const claims = informers.informer('v1/persistentvolumeclaims').store
    for (const volume of pod.spec?.volumes ?? []) {
      const name = volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName
      const claim = name === undefined ? undefined : claims.get(`${namespace}/${name}`)
      if (name === undefined || claim?.spec?.volumeName || claim?.metadata.annotations?.[selectedNode] !== undefined)
        continue
      if (claim === undefined || !this.#waitsForConsumer(claim)) continue
      await client
        .persistentVolumeClaims(namespace)
        .patch(name, 'merge', { metadata: { annotations: { [selectedNode]: node } } })
    }
  }

  #waitsForConsumer({ spec, metadata }: PersistentVolumeClaim): boolean {
    const name = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
    const storageClass = this.#context.informers.informer('storage.k8s.io/v1/storageclasses').store.get(name)
    return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  }

  /** The default binder. */
  async #bindByApi(pod: Pod, namespace: string, name: string, node: string): Promise<void> {
    const uid = pod.metadata.uid
    await this.#context.client
      .resource('v1/pods')
      .namespace(namespace)
      .createSubresource(name, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, ...(uid !== undefined && { uid }) },
        target: { kind: 'Node', name: node },
      } as Binding)
  }

  #undo(step: BindStep, status: Status): void {
    void this.#report(this.scheduler.bindFailed(step, status))
    this.#kick()
    this.#arm()
  }

  async #report({ pod, reason, message }: FailedStep): Promise<void> {
    const { client, clock, recorder } = this.#context
    recorder(pod.spec?.schedulerName ?? 'default-scheduler').event(pod, 'Warning', 'FailedScheduling', cut(message))
    const generation = pod.metadata.generation
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      ...(generation !== undefined && { observedGeneration: generation }),
    }
    const known = pod.status?.conditions ?? []
    const conditions = setCondition(known, condition, formatTime(instantOfMillis(clock.now())))
    if (conditions === known) return
    const changed = conditions.filter((entry) => entry.type === 'PodScheduled')
    const patch = { metadata: { uid: pod.metadata.uid }, status: { conditions: changed } }
    const pods = client.resource('v1/pods').namespace(pod.metadata.namespace ?? '')
    try {
      await pods.patch(pod.metadata.name ?? '', 'strategic', patch, { subresource: 'status' })
    } catch (error) {
      // A pod that is gone needs no condition; anything else shows up as the next attempt's.
      if (!isNotFound(error))
        this.#context.onError?.('scheduler', `${pod.metadata.namespace}/${pod.metadata.name}`, error)
    }
  }
}

/** The body of a binding. */
interface Binding {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Stored<Pod>['metadata']
  readonly target: { readonly kind: string; readonly name: string }
}

/** Events hold at most 1024 bytes of text. */
function cut(message: string): string {
  const limit = 1024
  return message.length <= limit ? message : `${message.slice(0, limit - 4)} ...`
}
