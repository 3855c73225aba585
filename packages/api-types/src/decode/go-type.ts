import type { FieldType } from '../schema.ts'

const scalarNames = {
  'date-time': 'v1.Time',
  'micro-time': 'v1.MicroTime',
  'int-or-string': 'intstr.IntOrString',
  quantity: 'resource.Quantity',
  byte: '[]uint8',
} as const

/** The Go type that a field's schema suggests, as decoding errors print it; `FieldSchema.goType` overrules it. */
export function suggestedGoType(type: FieldType): string {
  switch (type.type) {
    case 'string':
      return type.format === undefined ? 'string' : scalarNames[type.format]
    case 'integer':
      return type.format
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'any':
      return shortName(type.of ?? 'runtime.RawExtension')
    case 'ref':
      return shortName(type.ref)
    case 'array':
      return `[]${suggestedGoType(type.items)}`
    case 'map':
      return `map[string]${suggestedGoType(type.values)}`
  }
}

/** The Go type of an array's items or a map's values, given its own where the table tells it. */
export function elementGoType(goType: string | undefined): string | undefined {
  if (goType === undefined) return undefined
  const cut = goType.replace(/^(?:\[\]|map\[[^\]]*\])\*?/, '')
  // A named list or map (`v1.ResourceList`) does not tell what it holds; the schema does.
  return cut === goType ? undefined : cut
}

const shortName = (name: string): string => name.split('.').slice(-2).join('.')
