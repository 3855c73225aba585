import type { FieldPath } from '@kube-bonsai/apimachinery'
import { type Fields, objectsOf } from '../../meta/json.ts'

/** A container of a pod and where it stands. */
export interface PlacedContainer {
  readonly container: Fields
  readonly path: FieldPath
}

/** The lists of containers in upstream's order of visiting them. */
export const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** All containers of a pod's spec: init containers first, ephemeral ones last. */
export function containersOf(spec: Fields, path: FieldPath): readonly PlacedContainer[] {
  return containerLists.flatMap((list) =>
    objectsOf(spec[list]).map((container, index) => ({ container, path: path.child(list).index(index) })),
  )
}

/** The same without their places. */
export function everyContainer(spec: Fields): readonly Fields[] {
  return containerLists.flatMap((list) => objectsOf(spec[list]))
}
