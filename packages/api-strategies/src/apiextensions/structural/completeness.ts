import { type FieldError, type FieldPath, required } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isFields, objectsOf } from '../../meta/json.ts'

/**
 * Reports what is only said of under a junctor: every field and item must be known outside of them too.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/complete.go
 */
export function completenessErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  return ofJunctors(schema, schema, path, path)
}

function ofJunctors(said: Fields, known: Fields, at: FieldPath, from: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  if (isFields(said['not'])) errors.push(...ofNested(said['not'], known, at, from.child('not')))
  for (const name of ['allOf', 'anyOf', 'oneOf'])
    for (const [index, one] of objectsOf(said[name]).entries())
      errors.push(...ofNested(one, known, at, from.child(name).index(index)))
  return errors
}

function ofNested(said: Fields, known: Fields, at: FieldPath, from: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = [...ofJunctors(said, known, at, from)]
  const below = (part: unknown, own: unknown, there: FieldPath, here: FieldPath) => {
    if (!isFields(part)) return
    if (isFields(own)) errors.push(...ofNested(part, own, there, here))
    else errors.push(required(there, `because it is defined in ${here}`))
  }
  below(said['items'], known['items'], at.child('items'), from.child('items'))
  const properties = fieldsOf(known['properties'])
  for (const [name, part] of Object.entries(fieldsOf(said['properties']))) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined
    below(part, own, at.child('properties').key(name), from.child('properties').key(name))
  }
  return errors
}
