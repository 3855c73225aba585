import type { Manifest } from '../cluster/apply.ts'

// What others refuse to exist without; everything else sorts itself out by trying again.
const first = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'RuntimeClass',
  'ServiceAccount',
]

/**
 * The manifests of files and directories in an order in which they can be applied: namespaces and classes first, the rest as they
 * came. Nobody can tell from a directory in which order its author meant it.
 */
export function inApplyOrder(manifests: readonly Manifest[]): readonly Manifest[] {
  const rank = ({ object }: Manifest): number => {
    const index = first.indexOf(kindOf(object))
    return index < 0 ? first.length : index
  }
  return [...manifests].sort((left, right) => rank(left) - rank(right))
}

function kindOf(object: unknown): string {
  if (typeof object !== 'object' || object === null || !('kind' in object)) return ''
  return typeof object.kind === 'string' ? object.kind : ''
}
