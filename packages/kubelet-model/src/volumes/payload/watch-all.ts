import type { NodeObjects } from '../../pod/resolve-env.ts'

/** An object that a volume is made of. */
export interface ObjectReference {
  readonly kind: 'configMap' | 'secret'
  readonly namespace: string
  readonly name: string
}

/** Tells of changes of some objects until the returned function is called. */
export function watchAll(
  objects: NodeObjects,
  references: readonly ObjectReference[],
  changed: () => void,
): () => void {
  const stops = references.map((reference) => objects.watch?.(reference, changed))
  return () => {
    for (const stop of stops) stop?.()
  }
}
