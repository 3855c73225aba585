import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { podKey } from '../framework/pod-info.ts'
import type { Outcome } from '../framework/status.ts'
import type { BindStep, FailedStep, Scheduler } from '../scheduler.ts'
import type { PodDecision } from './decisions.ts'
import { decisionOf, failedDecision } from './pod-decision.ts'
import type { DecideOptions, PreparedSnapshot } from './snapshot.ts'
import type { World } from './world.ts'

/** A clock that only the run moves, in milliseconds. */
export interface RunClock {
  now: number
}

/** A pod that waits at Permit, with the place of its attempt. */
interface Parked {
  readonly step: BindStep
  readonly index: number
  settled: { readonly outcome: Outcome } | undefined
}

/** Drives a scheduler until nothing is left to try. */
export class Run {
  readonly attempts: PodDecision[] = []
  readonly #scheduler: Scheduler
  readonly #world: World
  readonly #clock: RunClock
  readonly #options: DecideOptions
  readonly #tellsExpectation: boolean
  readonly #counts: Map<string, number> = new Map()
  /** Pods whose own attempt changed the cluster in their favour. */
  readonly #mayRun: Set<string> = new Set()
  /** Pods that wait for their victims, by name. */
  #deferred: Map<string, string> = new Map()
  #parked: Parked[] = []

  constructor(scheduler: Scheduler, world: World, clock: RunClock, { options, gates }: PreparedSnapshot) {
    this.#scheduler = scheduler
    this.#world = world
    this.#clock = clock
    this.#options = options
    this.#tellsExpectation = gates.enabled('NominatedNodeNameForExpectation')
  }

  /** True for pods that had an attempt. */
  tried(uid: string): boolean {
    return this.#counts.has(uid)
  }

  all(): void {
    const once = this.#options.mode === 'once'
    let timedOut = false
    for (;;) {
      if (once ? this.#admitOnce() : this.#admitSettling()) {
        this.#step()
        continue
      }
      if (this.#world.finishTermination() > 0 || this.#deferred.size > 0) {
        this.#scheduler.queue.activate(this.#deferred.values())
        this.#deferred = new Map()
        continue
      }
      if (this.#parked.length === 0 || timedOut) return
      timedOut = true
      this.#loseTime()
      if (once) return
    }
  }

  /** Whether the next pod may be tried. Pods that events brought back after their attempt are dropped. */
  #admitOnce(): boolean {
    const { queue } = this.#scheduler
    for (let head = queue.head(); head !== undefined; head = queue.head()) {
      const { pod, uid } = head.info
      const count = this.#counts.get(uid) ?? 0
      const again = this.#mayRun.has(uid) || pod.spec?.workloadRef !== undefined
      if (count === 0 || (count < this.#options.maxAttempts && again)) return true
      queue.delete(head.key)
    }
    return false
  }

  #admitSettling(): boolean {
    const { queue } = this.#scheduler
    const spent = (uid: string) => (this.#counts.get(uid) ?? 0) >= this.#options.maxAttempts
    for (let head = queue.head(); head !== undefined; head = queue.head()) {
      if (!spent(head.info.uid)) return true
      queue.delete(head.key)
    }
    const waiting = queue.backingOff()
    for (const { key, info } of waiting) if (spent(info.uid)) queue.delete(key)
    const left = queue.backingOff()
    if (left.length === 0) return false
    // Every back-off is over.
    this.#clock.now += 60_000
    queue.activate(left.map(({ key }) => key))
    return queue.head() !== undefined ? true : this.#admitSettling()
  }

  #step(): void {
    const { queue } = this.#scheduler
    this.#clock.now += 1
    const head = queue.head()
    const step = this.#scheduler.next()
    if (head === undefined || step === undefined) throw new Error('the queue gave no pod')
    const { uid } = head.info
    const count = (this.#counts.get(uid) ?? 0) + 1
    this.#counts.set(uid, count)
    const index = this.attempts.push(decisionOf(step, count)) - 1
    let retry = false
    if (step.type === 'failed') {
      retry = step.preemption?.chosen !== undefined
      this.#preempt(step)
      this.#report(step)
      // A pod that made its own room keeps its place in the queue.
      if (retry && this.#options.mode === 'once') queue.retime(head.key, head.timestamp)
    } else if (step.type === 'bind') this.#bind(step, index)
    this.#releaseParked()
    this.#world.deliver()
    this.#world.finishVictims(step.type === 'failed' ? victimsOf(step) : [])
    this.#again(step.pod, uid, retry, step.type === 'failed' ? step.nominatedNode : undefined)
  }

  #again(pod: Pod, uid: string, retry: boolean, nominatedNode: string | undefined): void {
    const once = this.#options.mode === 'once'
    if (!retry) {
      this.#mayRun.delete(uid)
      return
    }
    if (once) this.#mayRun.add(uid)
    if (this.#options.preemption === 'graceful' && nominatedNode)
      this.#deferred.set(pod.metadata.name ?? '', podKey(pod))
    else if (once) this.#scheduler.queue.activate([podKey(pod)])
  }

  #bind(step: BindStep, index: number): void {
    const parked: Parked = { step, index, settled: undefined }
    this.#scheduler.whenPermitted(step, (outcome) => {
      parked.settled = { outcome }
    })
    if (parked.settled === undefined) {
      this.#parked.push(parked)
      if (this.#tellsExpectation) this.#world.nominate(step.pod, step.node)
    } else this.#finish(parked, parked.settled.outcome)
  }

  /** Pods of a gang that were let go, or turned away, by the last attempt. */
  #releaseParked(): void {
    const parked = this.#parked
    this.#parked = parked.filter(({ settled }) => settled === undefined)
    for (const entry of parked) if (entry.settled !== undefined) this.#finish(entry, entry.settled.outcome)
  }

  #finish({ step, index }: Parked, outcome: Outcome): void {
    if (outcome === undefined) {
      this.#world.bind(step.pod, step.node)
      this.#scheduler.bound(step)
      return
    }
    const failed = this.#scheduler.bindFailed(step, outcome)
    const { permit: _, ...rest } = failed
    const before = this.attempts[index]
    const reported = { ...rest, ...(step.permit && { permit: step.permit }) }
    this.attempts[index] = {
      ...failedDecision(reported, before?.attempt ?? 1),
      ...(before?.volumes && { volumes: before.volumes }),
    }
    this.#report(failed)
  }

  /** Nobody completes the gang: time at Permit runs out. */
  #loseTime(): void {
    for (const { step } of this.#parked) {
      const waiting = step.framework.waitingPods.get(step.queued.info.uid)
      const [plugin] = waiting?.pendingPlugins() ?? []
      if (plugin !== undefined)
        waiting?.reject(plugin, `rejected due to timeout after waiting 5m0s at plugin ${plugin}`)
    }
    this.#releaseParked()
    this.#world.deliver()
  }

  #preempt({ preemption, evict = [], pod }: FailedStep): void {
    const by = pod.spec?.schedulerName || 'default-scheduler'
    const message = `${by}: preempting to accommodate a higher priority pod`
    for (const victim of evict) {
      const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message }
      this.#world.report(victim.pod, condition, undefined)
      this.#world.evict(victim.key)
    }
    for (const loser of preemption?.losesNomination ?? []) this.#world.clearNomination(loser.key)
  }

  #report({ pod, reason, message, nominatedNode }: FailedStep): void {
    const condition = { type: 'PodScheduled', status: 'False', reason, message }
    this.#world.report(pod, condition, nominatedNode)
  }
}

function victimsOf({ preemption }: FailedStep): readonly string[] {
  return preemption?.chosen?.victims.map((victim) => victim.key) ?? []
}
