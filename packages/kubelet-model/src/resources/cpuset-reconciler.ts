import type { Clock, Timer } from '@kube-bonsai/clock'
import { parseDuration } from '@kube-bonsai/clock'
import type { NodeSetup } from '../node/node-setup.ts'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'

/** What a reconciler of CPUs looks at. */
export interface CpusetReconcilerOptions {
  readonly setup: NodeSetup
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  /** The pods of the node. */
  readonly uids: () => Iterable<string>
}

/**
 * Moves running containers to the CPUs that are theirs now, at the next of the kubelet's rounds after the shared ones have
 * changed. No round goes by when nothing has.
 */
export class CpusetReconciler {
  readonly #options: CpusetReconcilerOptions
  readonly #startedAt: number
  #timer: Timer | undefined

  constructor(options: CpusetReconcilerOptions) {
    const { clock, setup } = options
    this.#options = options
    this.#startedAt = clock.now()
    setup.managers.onSharedCpus(() => this.#plan())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #plan(): void {
    if (this.#timer !== undefined) return
    const { clock, setup } = this.#options
    const period = Number(parseDuration(String(setup.configuration['cpuManagerReconcilePeriod'])) / 1_000_000n)
    const round = Math.floor((clock.now() - this.#startedAt) / period) + 1
    this.#timer = clock.schedule(this.#startedAt + round * period, () => this.#reconcile(), { background: true })
  }

  #reconcile(): void {
    this.#timer = undefined
    const { setup, runtime, uids } = this.#options
    for (const uid of uids()) {
      for (const { id, name, state, cpuset } of runtime.list(uid)) {
        const wanted = setup.managers.cpuset(uid, name)
        if (state === 'running' && wanted !== undefined && wanted !== cpuset) runtime.updateCpuset?.(id, wanted)
      }
    }
  }
}
