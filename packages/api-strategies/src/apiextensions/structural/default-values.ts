import {
  deepEqual,
  type FieldError,
  FieldPath,
  formatFieldError,
  formatFieldErrors,
  invalid,
} from '@kube-bonsai/apimachinery'
import { schemaErrors } from '../../custom-resource/schema/check.ts'
import { coerceEmbedded, embeddedErrors } from '../../custom-resource/schema/metadata.ts'
import { compileSchema } from '../../custom-resource/schema/node.ts'
import { prune } from '../../custom-resource/schema/prune.ts'
import { type Fields, fieldsOf, isAbsent, isFields } from '../../meta/json.ts'

/** Puts a value where it stands in the smallest object that holds it. */
type Around = (value: unknown) => unknown

interface Place {
  readonly path: FieldPath
  readonly around: Around
  /** The schema of the resource around. */
  readonly root: Fields
  readonly insideMetadata: boolean
  readonly mustBePruned: boolean
}

const asResource: Around = (value) => ({ kind: 'Validation', apiVersion: 'validation/v1', ...fieldsOf(value) })
const identity = new Set(['apiVersion', 'kind', 'metadata'])

/**
 * What is wrong with the defaults in a structural schema: unknown fields, bad metadata, values that the schema refuses.
 *
 * @param mustBePruned false while a stored definition has defaults with unknown fields already
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go
 */
export function defaultErrors(path: FieldPath, schema: Fields, mustBePruned: boolean): readonly FieldError[] {
  const root = { ...schema, [embeddedResource]: true }
  return visit(root, { path, around: asResource, root, insideMetadata: false, mustBePruned })
}

const embeddedResource = 'x-kubernetes-embedded-resource'

function visit(schema: Fields, given: Place): readonly FieldError[] {
  const embedded = schema[embeddedResource] === true
  const place = embedded ? { ...given, insideMetadata: false, around: asResource, root: schema } : given
  const errors: FieldError[] = isAbsent(schema['default']) ? [] : [...ofDefault(schema, place, embedded)]
  // Defaults are not allowed below additionalProperties.
  if (isFields(schema['items'])) {
    const around: Around = (value) => place.around([value])
    errors.push(...visit(schema['items'], { ...place, path: place.path.child('items'), around }))
  }
  for (const [name, property] of Object.entries(fieldsOf(schema['properties']))) {
    const around: Around = (value) => place.around({ [name]: value })
    const insideMetadata = place.insideMetadata || (embedded && identity.has(name))
    const at = place.path.child('properties').key(name)
    errors.push(...visit(fieldsOf(property), { ...place, path: at, around, insideMetadata }))
  }
  return errors
}

function ofDefault(schema: Fields, place: Place, isRoot: boolean): readonly FieldError[] {
  const value = schema['default']
  const path = place.path.child('default')
  const node = compileSchema(schema)
  if (place.insideMetadata) {
    const problem = metadataProblem(place.around(value), place.root)
    if (problem !== '') return [invalid(path, value, `must result in valid metadata: ${problem}`)]
    return schemaErrors(path, node, value)
  }
  const errors: FieldError[] = []
  if (place.mustBePruned && !deepEqual(prune(value, node, isRoot).value, value))
    errors.push(invalid(path, value, 'must not have unknown fields'))
  const coerced = coerceEmbedded(path, value, node)
  if (coerced.error !== undefined) return [...errors, coerced.error]
  const inside = embeddedErrors(path, coerced.value, node)
  return [...errors, ...(inside.length > 0 ? inside : schemaErrors(path, node, coerced.value))]
}

function metadataProblem(object: unknown, root: Fields): string {
  const node = compileSchema(root)
  const { value, error } = coerceEmbedded(FieldPath.root, object, node)
  if (error !== undefined) return formatFieldError(error)
  return formatFieldErrors(embeddedErrors(FieldPath.root, value, node))
}

/** Whether a default of a schema has fields that the schema does not know. */
export function hasUnprunedDefaults(schema: Fields): boolean {
  return defaultErrors(FieldPath.of('schema'), schema, true).some(
    ({ detail }) => detail === 'must not have unknown fields',
  )
}
