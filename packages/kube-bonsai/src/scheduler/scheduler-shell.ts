import { isNotFound } from '@kube-bonsai/apimachinery'
import type { Timer } from '@kube-bonsai/clock'
import type { ControllerContext, RunningController } from '@kube-bonsai/controllers'
import {
  type BindStep,
  type FailedStep,
  type Outcome,
  Scheduler,
  type SchedulerOptions,
  type Status,
  type Step,
} from '@kube-bonsai/scheduler-core'
import { makeRoom } from './evict.ts'
import { patchPodStatus } from './pod-status.ts'
import { schedulerApi } from './scheduler-api.ts'
import { watchObjects } from './watch-objects.ts'

/** How many pods are decided about before others get a turn. */
const batch = 100
/** How often pods that nobody could place are looked at again without cause, in milliseconds. */
const leftoverInterval = 30_000

/** kube-scheduler on a cluster: watches what it needs to know, decides, binds, makes room, and says why when it cannot. */
export interface RunningScheduler extends RunningController {
  readonly scheduler: Scheduler
}

/** Starts the scheduler as a client like any other. Throws SchedulerConfigError for a configuration that cannot work. */
export function startScheduler(context: ControllerContext, options: Partial<SchedulerOptions> = {}): RunningScheduler {
  const shell = new SchedulerShell(context, options)
  shell.start()
  return shell
}

class SchedulerShell implements RunningScheduler {
  readonly scheduler: Scheduler
  readonly #context: ControllerContext
  #unsubscribe: () => void = () => {}
  #synced = false
  #kicked = false
  #stopped = false
  #wake: Timer | undefined
  #leftovers: Timer | undefined

  constructor(context: ControllerContext, options: Partial<SchedulerOptions>) {
    this.#context = context
    const random = context.random.fork('scheduler')
    this.scheduler = new Scheduler({
      now: () => context.clock.now(),
      gates: context.gates,
      random: (below) => random.int(below),
      api: schedulerApi(context.client, context.clock),
      ...options,
    })
  }

  start(): void {
    const { informers, gates } = this.#context
    const watch = watchObjects(this.scheduler, informers, gates, () => this.#kick())
    this.#unsubscribe = watch.stop
    // Deciding before everything is known would use only the nodes that came first.
    watch.synced.then(
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
    this.#unsubscribe()
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

  /** Sets the alarm for what is due next, and a quiet one for pods that nothing else would wake. */
  #arm(): void {
    const { clock } = this.#context
    const flush = () => {
      this.scheduler.queue.flush()
      this.scheduler.expireWaiting()
      this.#kick()
    }
    this.#wake?.cancel()
    const at = this.scheduler.nextWake()
    this.#wake = at === undefined ? undefined : clock.schedule(at, flush)
    this.#leftovers?.cancel()
    const waiting = this.scheduler.pendingCounts().unschedulable > 0
    this.#leftovers = waiting ? clock.schedule(clock.now() + leftoverInterval, flush, { background: true }) : undefined
  }

  #carryOut(step: Step): void {
    if (step.type === 'bind') void this.#bind(step)
    else if (step.type === 'failed') {
      void this.#report(step)
      void this.#makeRoom(step)
    } else if (step.message !== undefined) {
      const profile = step.pod.spec?.schedulerName || 'default-scheduler'
      this.#context.recorder(profile).event(step.pod, 'Warning', 'FailedScheduling', step.message)
    }
  }

  /** The binding cycle: beside the decisions about other pods, which count this one as placed. */
  async #bind(step: BindStep): Promise<void> {
    const { pod, node, framework } = step
    const refused = await this.#bindingCycle(step).catch((error: unknown): Status => {
      return { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] }
    })
    if (this.#stopped) return
    if (refused !== undefined) {
      void this.#report(this.scheduler.bindFailed(step, refused))
      this.#kick()
      this.#arm()
      return
    }
    this.scheduler.bound(step)
    const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node}`
    this.#context.recorder(framework.profileName).event(pod, 'Normal', 'Scheduled', message)
  }

  async #bindingCycle(step: BindStep): Promise<Outcome> {
    const { node, framework, state, queued } = step
    if (this.#context.gates.enabled('NominatedNodeNameForExpectation')) {
      const flight = framework.preBindPreFlight(state, queued.info, node)
      if (flight !== undefined && flight.code !== 'Skip') return flight
      if (flight === undefined || step.permit?.code === 'Wait') await this.#announce(step)
    }
    const permitted = await new Promise<Outcome>((resolve) => this.scheduler.whenPermitted(step, resolve))
    if (permitted !== undefined) return permitted
    const prepared = await framework.preBind(state, queued.info, node)
    if (prepared !== undefined) return prepared
    return framework.bind(state, queued.info, node)
  }

  /** Tells others where the pod is about to go. Not worth failing for. */
  async #announce({ pod, node }: BindStep): Promise<void> {
    try {
      await patchPodStatus(this.#context, pod, { nominatedNode: node })
    } catch (error) {
      this.#complain(pod.metadata, error)
    }
  }

  async #makeRoom(step: FailedStep): Promise<void> {
    await makeRoom(this.#context, this.scheduler, step)
    this.#kick()
  }

  async #report({ pod, profile, reason, message, nominatedNode }: FailedStep): Promise<void> {
    this.#context.recorder(profile).event(pod, 'Warning', 'FailedScheduling', cut(message))
    try {
      await patchPodStatus(this.#context, pod, {
        condition: { type: 'PodScheduled', status: 'False', reason, message },
        ...(nominatedNode !== undefined && { nominatedNode }),
      })
    } catch (error) {
      // A pod that is gone needs no condition; anything else shows up as the next attempt's.
      if (!isNotFound(error)) this.#complain(pod.metadata, error)
    }
  }

  #complain({ namespace, name }: { readonly namespace?: string; readonly name?: string }, error: unknown): void {
    this.#context.onError?.('scheduler', `${namespace}/${name}`, error)
  }
}

const encoder = new TextEncoder()

/** Events hold at most 1024 bytes of text. */
function cut(message: string): string {
  const limit = 1024
  const bytes = encoder.encode(message)
  if (bytes.length <= limit) return message
  return `${new TextDecoder().decode(bytes.slice(0, limit - 4)).replace(/\uFFFD+$/, '')} ...`
}
