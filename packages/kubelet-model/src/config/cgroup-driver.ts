import type { Clock } from '@kube-bonsai/clock'
import { KubeletConfigError } from './errors.ts'

/** What a runtime answers when it is asked how it is configured (CRI RuntimeConfig). */
export type RuntimeConfigAnswer =
  /** `driver` 0 is systemd, 1 cgroupfs; absent where the runtime says nothing of Linux. */
  | { readonly driver?: number }
  /** The runtime does not know the call: containerd 1.x. */
  | { readonly unimplemented: true }
  /** The call failed and may be tried again. */
  | { readonly error: string }

/** How a kubelet and its runtime agree on who makes cgroups. */
export interface CgroupDriver {
  readonly driver: string
  /** The label of `kubelet_cri_losing_support`; undefined where the metric is not there. */
  readonly losingSupport: string | undefined
}

const attempts = 3
const pause = 2000

/** The version from which on runtimes without RuntimeConfig are no longer served. */
const lastServed = '1.36.0'

/**
 * Asks the runtime for its cgroup driver, up to three times, two seconds apart; one that cannot answer leaves it to the
 * configuration and counts as losing support. Throws KubeletConfigError when it fails for good.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4033-group-driver-detection-over-cri
 */
export async function cgroupDriver(
  ask: () => Promise<RuntimeConfigAnswer> | RuntimeConfigAnswer,
  configured: string,
  clock: Clock,
): Promise<CgroupDriver> {
  let failure = ''
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await ask()
    if ('unimplemented' in answer) return { driver: configured, losingSupport: lastServed }
    if (!('error' in answer)) return { driver: named(answer.driver, configured), losingSupport: undefined }
    failure = answer.error
    await new Promise<void>((resolve) => clock.schedule(clock.now() + pause, resolve))
  }
  throw new KubeletConfigError(failure, { field: 'cgroupDriver' })
}

function named(driver: number | undefined, configured: string): string {
  if (driver === undefined) return configured
  if (driver === 0) return 'systemd'
  if (driver === 1) return 'cgroupfs'
  throw new KubeletConfigError(`runtime returned an unknown cgroup driver ${driver}`, { field: 'cgroupDriver' })
}
