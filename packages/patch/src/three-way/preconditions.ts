import { isMap, own } from '../util/json.ts'

/** Says whether a patch may be used. */
export type Precondition = (patch: unknown) => boolean

/** Holds when a patch leaves a key of the document alone. */
export function requireKeyUnchanged(key: string): Precondition {
  return (patch) => !isMap(patch) || own(patch, key) === undefined
}

/** Holds when a patch leaves a key of the metadata alone. */
export function requireMetadataKeyUnchanged(key: string): Precondition {
  return (patch) => {
    const metadata = isMap(patch) ? own(patch, 'metadata') : undefined
    return !isMap(metadata) || own(metadata, key) === undefined
  }
}

/** What `kubectl apply` insists on: apiVersion, kind and name stay. */
export const kubectlPreconditions: readonly Precondition[] = [
  requireKeyUnchanged('apiVersion'),
  requireKeyUnchanged('kind'),
  requireMetadataKeyUnchanged('name'),
]
