import type { Container, Probe } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Timer } from '@kube-bonsai/clock'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'

/** What a tracker tells its pod. */
export interface ProbeListener {
  /** Started or ready has changed. */
  changed(): void
  /** A startup or liveness probe has failed too often: the container must be killed. */
  unhealthy(container: Container, kind: 'Startup' | 'Liveness'): void
  /** A probe failed once. */
  failed(container: Container, kind: 'Startup' | 'Liveness' | 'Readiness', message: string): void
}

/** How the probe of a container stands. */
interface Loop {
  readonly cancel: () => void
}

interface Tracked {
  readonly id: string
  started: boolean
  ready: boolean
  readonly loops: Loop[]
}

/**
 * The probes of one pod's containers. A program that takes no part in probing answers with success, and then nothing is
 * polled: the container turns started and ready at the time at which the probes would have said so.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/prober/worker.go
 */
export class ProbeTracker {
  readonly #clock: Clock
  readonly #runtime: ContainerRuntime
  readonly #listener: ProbeListener
  readonly #tracked: Map<string, Tracked> = new Map()

  constructor(clock: Clock, runtime: ContainerRuntime, listener: ProbeListener) {
    this.#clock = clock
    this.#runtime = runtime
    this.#listener = listener
  }

  started(container: Container): boolean {
    return this.#tracked.get(container.name)?.started ?? false
  }

  ready(container: Container): boolean {
    const tracked = this.#tracked.get(container.name)
    return tracked?.started === true && tracked.ready
  }

  /** A container has been started, or (with `ready`) was ready before the kubelet restarted. */
  begin(container: Container, id: string, ready: boolean = false): void {
    this.end(container.name)
    const { startupProbe, readinessProbe } = container
    const started = ready || startupProbe === undefined
    const tracked: Tracked = { id, started, ready: ready || readinessProbe === undefined, loops: [] }
    this.#tracked.set(container.name, tracked)
    if (startupProbe && !started) this.#run(tracked, container, startupProbe, 'Startup')
    else this.#begun(tracked, container)
  }

  /** A container has ended or is about to. */
  end(name: string): void {
    for (const loop of this.#tracked.get(name)?.loops ?? []) loop.cancel()
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

  #pass(tracked: Tracked, container: Container, kind: Kind): void {
    if (kind === 'Startup' && !tracked.started) {
      tracked.started = true
      this.#listener.changed()
      this.#begun(tracked, container)
    } else if (kind === 'Readiness' && !tracked.ready) {
      tracked.ready = true
      this.#listener.changed()
    }
  }

  #run(tracked: Tracked, container: Container, probe: Probe, kind: Kind): void {
    const clock = this.#clock
    const period = (probe.periodSeconds ?? 10) * 1000
    const successes = kind === 'Readiness' ? (probe.successThreshold ?? 1) : 1
    const failures = probe.failureThreshold ?? 3
    const first = clock.now() + (probe.initialDelaySeconds ?? 0) * 1000
    let timer: Timer | undefined
    let cancelled = false
    tracked.loops.push({
      cancel: () => {
        cancelled = true
        timer?.cancel()
      },
    })
    let [good, bad, asked] = [0, 0, 0]
    const ask = async () => {
      const answer = this.#runtime.probe(tracked.id, probe)
      if (answer === undefined) {
        // Nobody asks again: the answer will not change. Liveness needs no answer at all.
        const rest = (successes - 1) * period
        const pass = () => this.#pass(tracked, container, kind)
        if (kind === 'Liveness') return
        if (rest === 0) pass()
        else timer = clock.schedule(clock.now() + rest, pass)
        return
      }
      const result = await answer
      if (cancelled) return
      asked++
      good = result.success ? good + 1 : 0
      bad = result.success ? 0 : bad + 1
      if (!result.success) this.#listener.failed(container, kind, result.message)
      if (good >= successes) this.#pass(tracked, container, kind)
      if (good >= successes && kind === 'Startup') return
      if (bad >= failures) {
        if (kind !== 'Readiness') {
          this.#listener.unhealthy(container, kind)
          return
        }
        if (tracked.ready) {
          tracked.ready = false
          this.#listener.changed()
        }
      }
      // Nobody waits for a probe that has said what it will say.
      const background = good >= successes || asked > failures
      timer = clock.schedule(clock.now() + period, ask, { background })
    }
    timer = clock.schedule(first, ask)
  }
}

type Kind = 'Startup' | 'Liveness' | 'Readiness'
