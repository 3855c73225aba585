import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'

/** Tells of each object under a prefix and of every change to it; `undefined` for one that is gone. Names are keys without the prefix. */
export async function follow(
  storage: Storage<KubeObject>,
  prefix: string,
  note: (name: string, object: KubeObject | undefined, revision: number) => void,
): Promise<StorageWatch> {
  const { items, revision } = await storage.range({ prefix })
  for (const { key, value, modRevision } of items) note(key.slice(prefix.length), value, modRevision)
  return storage.watch({
    prefix,
    fromRevision: revision + 1,
    onEvents: (events) => {
      for (const { type, kv, revision } of events)
        note(kv.key.slice(prefix.length), type === 'put' ? kv.value : undefined, revision)
    },
  })
}
