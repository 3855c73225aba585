import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf } from '../../meta/json.ts'

const unsupported = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions']

/**
 * Why a schema cannot be structural at all, in upstream's words; empty when nothing prevents it.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/convert.go NewStructural
 */
export function structuralProblem(given: unknown): string {
  if (!isFields(given)) return ''
  const schema = fieldsOf(given)
  for (const name of unsupported) {
    const missing = name === 'additionalItems' ? isAbsent(schema[name]) : isEmpty(schema[name])
    if (!missing) return `OpenAPIV3Schema '${name.replace('$schema', 'schema')}' is not supported`
  }
  const nested = [schema['not'], ...['allOf', 'anyOf', 'oneOf'].flatMap((name) => listOf(schema[name]))]
  const inside = firstProblem(nested)
  if (inside !== '') return inside
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
  if (Array.isArray(schema['items'])) return "OpenAPIV3Schema 'items' must be a schema, but is an array"
  return firstProblem(partsOf(schema))
}

function partsOf(schema: Fields): readonly unknown[] {
  return [schema['items'], ...Object.values(fieldsOf(schema['properties'])), schema['additionalProperties']]
}

function firstProblem(schemas: readonly unknown[]): string {
  for (const schema of schemas) {
    const problem = structuralProblem(schema)
    if (problem !== '') return problem
  }
  return ''
}
