import { type KubeObject, semanticEqual } from '@kube-bonsai/apimachinery'
import { fieldsOf, withField } from '../meta/json.ts'

/** The object with a generation; without one for `undefined`. */
export function withGeneration(object: KubeObject, generation: number | undefined): KubeObject {
  if (object.metadata.generation === generation) return object
  return { ...object, metadata: withField(fieldsOf(object.metadata), 'generation', generation) }
}

/**
 * The updated object with the generation of the stored one, one more when something that counts has changed. What the
 * client sent as generation does not matter.
 *
 * @param counts names of fields, `metadata.labels`, or `*` for everything but metadata
 */
export function countGeneration(object: KubeObject, old: KubeObject, counts: readonly string[]): KubeObject {
  const { generation } = old.metadata
  const changed = counts.some((path) => !semanticEqual(part(object, path), part(old, path)))
  return withGeneration(object, changed ? (generation ?? 0) + 1 : generation)
}

const metadataPrefix = 'metadata.'

function part(object: KubeObject, path: string): unknown {
  if (path === '*') {
    const { metadata: _, ...rest } = fieldsOf(object)
    return rest
  }
  if (path.startsWith(metadataPrefix)) {
    const name = path.slice(metadataPrefix.length)
    return { [name]: fieldsOf(object.metadata)[name] }
  }
  return { [path]: fieldsOf(object)[path] }
}
