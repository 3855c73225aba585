import { readFileSync } from 'node:fs'
import { type OpenApiSchema, refName } from './openapi.ts'

/** What `gofacts/main.go` printed of one field of a Go type. */
export interface GoFact {
  /** The type without its pointer: `int32`, `v1.Protocol`, `[]v1.Container`. */
  readonly type: string
  /** The embedded structs on the way to the field, joined with dots. */
  readonly embedded?: string
  /** A zero value is left out when Go encodes it. */
  readonly omit?: boolean
  readonly pointer?: boolean
}

export type GoFacts = Readonly<Record<string, Readonly<Record<string, GoFact>>>>

/** Reads the committed facts about the Go types of v0.35.4. */
export function readGoFacts(): GoFacts {
  return JSON.parse(readFileSync(new URL('../go-facts.json', import.meta.url), 'utf8'))
}

/** The Go type that an OpenAPI schema suggests. `decode` of api-types suggests the same, so the tables keep only exceptions. */
export function derivedGoType(schema: OpenApiSchema): string {
  const ref = refName(schema)
  if (ref !== undefined) return ref.split('.').slice(-2).join('.')
  switch (schema.type) {
    case 'integer':
      return schema.format ?? 'int'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'array':
      return `[]${derivedGoType(schema.items ?? {})}`
    case 'object':
      return `map[string]${derivedGoType(schema.additionalProperties ?? {})}`
  }
  return schema.format === 'byte' ? '[]uint8' : 'string'
}
