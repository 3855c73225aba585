import type { JsonValue } from '@kube-bonsai/apimachinery'
import type { FieldType, TypeName, TypeResolver, TypeSchema } from '../src/index.ts'

/** An object of a kind with every field filled, and with required ones only where a type repeats within itself. */
export function kindSample(types: TypeResolver, type: TypeSchema): JsonValue {
  const [gvk] = type.kinds ?? []
  if (gvk === undefined) throw new Error(`${type.name} is no kind`)
  const apiVersion = gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`
  return { ...(sampleOf(types, type, []) as object), apiVersion, kind: gvk.kind }
}

function sampleOf(types: TypeResolver, type: TypeSchema, above: readonly TypeName[]): JsonValue {
  const fields = Object.entries(type.fields).filter(
    ([, field]) => !above.includes(type.name) || field.required === true,
  )
  const within = [...above, type.name]
  return Object.fromEntries(fields.map(([name, field]) => [name, sampleValue(types, field.value, within)]))
}

const texts = {
  byte: 'AQID',
  'date-time': '2026-01-02T03:04:05Z',
  'micro-time': '2026-01-02T03:04:05.000006Z',
  'int-or-string': 8080,
  quantity: '500m',
}

function sampleValue(types: TypeResolver, type: FieldType, above: readonly TypeName[]): JsonValue {
  switch (type.type) {
    case 'string':
      return type.format === undefined ? 'text' : texts[type.format]
    case 'integer':
      return 7
    case 'number':
      return 1.5
    case 'boolean':
      return true
    case 'any':
      return type.of?.includes('JSONSchemaPropsOr') ? true : { any: ['thing'] }
    case 'ref': {
      const target = types.type(type.ref)
      if (target === undefined) throw new Error(type.ref)
      return sampleOf(types, target, above)
    }
    case 'array':
      return [sampleValue(types, type.items, above)]
    case 'map':
      return { key: sampleValue(types, type.values, above) }
  }
}
