import { type Fields, fieldsOf, isEmpty, isFields } from '../../meta/json.ts'

/** Where a path leads in a schema, or why it leads nowhere. */
export type FoundField = { readonly path: readonly string[]; readonly schema: Fields } | { readonly problem: string }

/**
 * Follows a path of field names, `.spec.color` or `.spec['a.b']`, in a schema.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go ValidFieldPath
 */
export function findField(path: string, schema: Fields, allowBrackets: boolean): FoundField {
  const tokens = tokensOf(path)
  const names: string[] = []
  let current = schema
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    let name: string
    if (token === '[') {
      if (!allowBrackets) return { problem: 'array notation is not allowed' }
      const quoted = tokens[++at]
      if (quoted === undefined) return { problem: 'unexpected end of JSON path' }
      if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'"))
        return { problem: `expected single quoted string but got ${quoted}` }
      name = quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    } else if (token === '.') {
      const next = tokens[++at]
      if (next === undefined) return { problem: 'unexpected end of JSON path' }
      name = next
    } else return { problem: `expected [ or . but got: ${token}` }
    const found = below(current, name)
    if (found === undefined) return { problem: 'does not refer to a valid field' }
    names.push(name)
    current = found
    if (token !== '[') continue
    const end = tokens[++at]
    if (end === undefined) return { problem: 'unexpected end of JSON path' }
    if (end !== ']') return { problem: `expected ] but got ${end}` }
  }
  return { path: names, schema: current }
}

function below(schema: Fields, name: string): Fields | undefined {
  if (!isEmpty(schema['properties'])) {
    const properties = fieldsOf(schema['properties'])
    return Object.hasOwn(properties, name) ? fieldsOf(properties[name]) : undefined
  }
  return isFields(schema['additionalProperties']) ? schema['additionalProperties'] : undefined
}

/** Names, and the delimiters between them; a text in single quotes is one token. */
function tokensOf(path: string): readonly string[] {
  return path.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? []
}
