import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Clock, Timer } from '@kube-bonsai/clock'
import type { Storage } from '@kube-bonsai/storage'

const interval = 5 * 60_000

/**
 * Every five minutes forgets what the store kept from before the last time, so that old revisions live for five to ten minutes.
 * Returns the way to stop.
 * @see staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go
 */
export function startCompaction(storage: Storage<KubeObject>, clock: Clock): () => void {
  let timer: Timer
  const arm = (last: number) => {
    timer = clock.schedule(
      clock.now() + interval,
      async () => {
        arm(storage.revision)
        if (last > storage.compactedRevision) await storage.compact(last)
      },
      { background: true },
    )
  }
  arm(storage.revision)
  return () => timer.cancel()
}
