import type { JsonObject } from '@kube-bonsai/apimachinery'
import type { FieldType, TypeName, TypeSchema } from '../schema.ts'
import type { TypeResolver } from '../scheme.ts'

/** Upstream's own expression for a quantity. */
const quantityPattern = '^[+-]?[0-9.]+([eEinumkKMGTP]*[-+]?[0-9]*)$'

/** Builds a JSON Schema of a type, with every type that it reaches under `$defs`. Unknown fields are not allowed. */
export function jsonSchemaOf(types: TypeResolver, root: TypeSchema): JsonObject {
  const definitions: Record<string, JsonObject> = {}
  const waiting: TypeSchema[] = [root]
  const seen = new Set<TypeName>([root.name])
  const reach = (name: TypeName): void => {
    if (seen.has(name)) return
    seen.add(name)
    const type = types.type(name)
    if (type === undefined) throw new Error(`the tables of ${name} are not loaded`)
    waiting.push(type)
  }
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop())
    definitions[type.name] = objectOf(type, reach)
  return { $defs: definitions, $ref: `#/$defs/${root.name}` }
}

function objectOf(type: TypeSchema, reach: (name: TypeName) => void): JsonObject {
  const fields = Object.entries(type.fields)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOfValue(field.value, reach)])),
    required: fields.filter(([, field]) => field.required === true).map(([name]) => name),
    additionalProperties: false,
  }
}

function schemaOfValue(type: FieldType, reach: (name: TypeName) => void): JsonObject {
  switch (type.type) {
    case 'string':
      return stringOf(type.format)
    case 'integer':
      return type.format === 'int32'
        ? { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }
        : { type: 'integer', minimum: -(2 ** 63), maximum: 2 ** 63 }
    case 'number':
    case 'boolean':
      return { type: type.type }
    case 'any':
      return {}
    case 'ref':
      reach(type.ref)
      return { $ref: `#/$defs/${type.ref}` }
    case 'array':
      return { type: 'array', items: schemaOfValue(type.items, reach) }
    case 'map':
      return { type: 'object', additionalProperties: schemaOfValue(type.values, reach) }
  }
}

function stringOf(format: Extract<FieldType, { readonly type: 'string' }>['format']): JsonObject {
  switch (format) {
    case 'date-time':
    case 'micro-time':
      return { type: 'string', format: 'date-time' }
    case 'byte':
      return { type: 'string', pattern: '^[A-Za-z0-9+/\\r\\n]*={0,2}[\\r\\n]*$' }
    case 'int-or-string':
      return { type: ['integer', 'string'] }
    case 'quantity':
      return { type: ['string', 'number'], pattern: quantityPattern }
  }
  return { type: 'string' }
}
