import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'

/** One change of one object, as the store committed it. */
export interface LogEntry {
  /** Milliseconds since the epoch, on the cluster's clock. */
  readonly time: number
  readonly revision: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** The object itself, not a copy. */
  readonly object: KubeObject
}

/** Everything that has happened in a cluster since it was made, in order. */
export class EventLog {
  readonly #entries: LogEntry[] = []
  readonly #watch: StorageWatch

  constructor(storage: Storage<KubeObject>, clock: Clock) {
    this.#watch = storage.watch({
      prefix: '/registry/',
      onEvents: (events) => {
        for (const { type, kv, previous, revision } of events) {
          const { kind, metadata } = kv.value
          this.#entries.push({
            time: clock.now(),
            revision,
            type: type === 'delete' ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED',
            kind,
            namespace: metadata.namespace ?? '',
            name: metadata.name ?? '',
            object: kv.value,
          })
        }
      },
    })
  }

  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  stop(): void {
    this.#watch.cancel()
  }
}
