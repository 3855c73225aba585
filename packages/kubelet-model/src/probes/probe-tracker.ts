import type { Container, Probe } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Timer } from '@kube-bonsai/clock'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'
import { Prober } from './prober.ts'

/** Which probe of a container it is. */
export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness'

/** What a tracker tells its pod, and asks of it. */
export interface ProbeListener {
  /** Where the pod's containers listen. */
  address(): { readonly podUid: string; readonly podIP: string }
  /** Started or ready has changed. */
  changed(): void
  /** A startup or liveness probe has failed too often: the container must be killed. */
  unhealthy(container: Container, kind: 'Startup' | 'Liveness'): void
  /** A probe has something to tell. */
  event(type: 'Warning', reason: 'Unhealthy' | 'ProbeWarning', message: string): void
}

/** How a container stood before the kubelet was restarted. */
export interface ProbedBefore {
  readonly started: boolean
  readonly ready: boolean
  /** In milliseconds since the epoch. */
  readonly startedAt: number
}

interface Tracked {
  readonly id: string
  /** From when delays count. */
  readonly since: number
  started: boolean
  ready: boolean
  /** Each ends the loop of a probe. */
  readonly loops: (() => void)[]
}

/**
 * The probes of one pod's containers. A program that takes no part in probing answers with success, and then nothing is
 * polled: the container turns started and ready at the time at which the probes would have said so.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/prober/worker.go
 */
export class ProbeTracker {
  readonly #clock: Clock
  readonly #prober: Prober
  readonly #listener: ProbeListener
  readonly #tracked: Map<string, Tracked> = new Map()

  constructor(clock: Clock, runtime: ContainerRuntime, listener: ProbeListener) {
    this.#clock = clock
    this.#prober = new Prober(clock, runtime)
    this.#listener = listener
  }

  started(container: Container): boolean {
    return this.#tracked.get(container.name)?.started ?? false
  }

  ready(container: Container): boolean {
    const tracked = this.#tracked.get(container.name)
    return tracked?.started === true && tracked.ready
  }

  /** A container has been started; or, with `before`, it runs since before the kubelet was restarted. */
  begin(container: Container, id: string, before?: ProbedBefore): void {
    this.end(container.name)
    const { startupProbe, readinessProbe } = container
    const started = before?.started ?? startupProbe === undefined
    const ready = before?.ready ?? readinessProbe === undefined
    const tracked: Tracked = { id, since: before?.startedAt ?? this.#clock.now(), started, ready, loops: [] }
    this.#tracked.set(container.name, tracked)
    if (startupProbe && !started) this.#run(tracked, container, startupProbe, 'Startup')
    else this.#begun(tracked, container)
  }

  /** A container has ended or is about to. */
  end(name: string): void {
    for (const cancel of this.#tracked.get(name)?.loops ?? []) cancel()
    this.#tracked.delete(name)
  }

  /** None of them is of interest any more. */
  endAll(): void {
    for (const name of [...this.#tracked.keys()]) this.end(name)
  }

  #begun(tracked: Tracked, container: Container): void {
    if (container.readinessProbe) this.#run(tracked, container, container.readinessProbe, 'Readiness')
    if (container.livenessProbe) this.#run(tracked, container, container.livenessProbe, 'Liveness')
  }

  #pass(tracked: Tracked, container: Container, kind: ProbeKind): void {
    if (kind === 'Startup' && !tracked.started) {
      tracked.started = true
      this.#listener.changed()
      this.#begun(tracked, container)
    } else if (kind === 'Readiness' && !tracked.ready) {
      tracked.ready = true
      this.#listener.changed()
    }
  }

  /** Failed too often. False when nobody shall ask again. */
  #fail(tracked: Tracked, container: Container, kind: ProbeKind): boolean {
    if (kind !== 'Readiness') {
      this.#listener.unhealthy(container, kind)
      return false
    }
    if (tracked.ready) {
      tracked.ready = false
      this.#listener.changed()
    }
    return true
  }

  #run(tracked: Tracked, container: Container, probe: Probe, kind: ProbeKind): void {
    const clock = this.#clock
    const period = (probe.periodSeconds ?? 10) * 1000
    const successes = kind === 'Readiness' ? (probe.successThreshold ?? 1) : 1
    const failures = probe.failureThreshold ?? 3
    let timer: Timer | undefined
    let cancelled = false
    tracked.loops.push(() => {
      cancelled = true
      timer?.cancel()
    })
    let [good, bad, asked] = [0, 0, 0]
    const ask = async () => {
      const began = clock.now()
      const answer = this.#prober.ask(probe, { ...this.#listener.address(), container, containerId: tracked.id })
      if (answer === undefined) {
        // Nobody asks again: the answer will not change. Liveness needs no answer at all.
        if (kind === 'Liveness') return
        const rest = (successes - 1) * period
        if (rest === 0) this.#pass(tracked, container, kind)
        else timer = clock.schedule(began + rest, () => this.#pass(tracked, container, kind))
        return
      }
      const { result, output } = await answer
      if (cancelled) return
      asked++
      this.#tell(kind, result, output)
      if (result === 'success' || result === 'warning') [good, bad] = [good + 1, 0]
      else if (result === 'failure') [good, bad] = [0, bad + 1]
      if (good >= successes) this.#pass(tracked, container, kind)
      if (good >= successes && kind === 'Startup') return
      if (bad >= failures && !this.#fail(tracked, container, kind)) return
      // Nobody waits for a probe that has said what it will say.
      const background = good >= successes || asked > failures
      timer = clock.schedule(Math.max(began + period, clock.now()), ask, { background })
    }
    timer = clock.schedule(Math.max(clock.now(), tracked.since + (probe.initialDelaySeconds ?? 0) * 1000), ask)
  }

  #tell(kind: ProbeKind, result: string, output: string): void {
    if (result === 'failure') this.#listener.event('Warning', 'Unhealthy', `${kind} probe failed: ${output}`)
    if (result === 'warning') this.#listener.event('Warning', 'ProbeWarning', `${kind} probe warning: ${output}`)
    if (result === 'unknown') {
      const message = `${kind} probe errored and resulted in unknown state: ${output}`
      this.#listener.event('Warning', 'Unhealthy', message)
    }
  }
}
