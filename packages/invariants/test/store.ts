import type { ObjectList, Unstructured } from '@kube-bonsai/apimachinery'
import type { ObservedEvent } from '@kube-bonsai/invariants'
import fc from 'fast-check'

/** One write to the small store of these tests. */
export interface Write {
  readonly kind: 'create' | 'scale' | 'label' | 'status' | 'delete' | 'finish'
  readonly name: string
  readonly value: number
}

export const writes: fc.Arbitrary<readonly Write[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('create', 'scale', 'label', 'status', 'delete', 'finish'),
    name: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
    value: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 40 },
)

/** A store of StatefulSets that does as Kubernetes does; every change is an event. */
export function play(history: readonly Write[]): {
  readonly events: readonly ObservedEvent[]
  readonly list: ObjectList<Unstructured>
} {
  const objects = new Map<string, Unstructured>()
  const events: ObservedEvent[] = []
  let version = 1
  const put = (type: ObservedEvent['type'], object: Unstructured): void => {
    version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    events.push({ type, object: stored })
    if (type === 'DELETED') objects.delete(object.metadata.name ?? '')
    else objects.set(object.metadata.name ?? '', stored)
  }
  for (const { kind, name, value } of history) {
    const old = objects.get(name)
    if (old === undefined) {
      if (kind === 'create') put('ADDED', newSet(name, `uid-${version}`, value))
      continue
    }
    const { generation = 0, deletionTimestamp } = old.metadata
    if (kind === 'scale' && (old.spec as { replicas: number }).replicas !== value) {
      put('MODIFIED', { ...old, spec: { replicas: value }, metadata: { ...old.metadata, generation: generation + 1 } })
    } else if (kind === 'label') {
      put('MODIFIED', { ...old, metadata: { ...old.metadata, labels: { value: String(value) } } })
    } else if (kind === 'status') {
      put('MODIFIED', { ...old, status: { observedGeneration: Math.min(generation, value) } })
    } else if (kind === 'delete' && deletionTimestamp === undefined) {
      const metadata = { ...old.metadata, generation: generation + 1, deletionTimestamp: '2026-01-01T00:00:30Z' }
      put('MODIFIED', { ...old, metadata })
    } else if (kind === 'finish' && deletionTimestamp !== undefined) put('DELETED', old)
  }
  const list = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSetList',
    metadata: { resourceVersion: String(version) },
    items: [...objects.values()],
  }
  return { events, list }
}

function newSet(name: string, uid: string, replicas: number): Unstructured {
  const metadata = { name, namespace: 'default', uid, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' }
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { replicas }, status: {} }
}
