/** The media type of OpenAPI v2 in protobuf, which kubectl reads. */
export const openApiV2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** Whether a client asks for that first; it may still call it by its old name, which no parser of media types takes. */
export function asksForOpenApiV2Protobuf(accept: string): boolean {
  const [first = ''] = accept.split(/[,;]/)
  return first === openApiV2Protobuf || first === openApiV2Protobuf.replace('.v1.0', '@v1.0')
}

type Json = Readonly<Record<string, unknown>>

/**
 * The schemas of an OpenAPI v2 document in protobuf. Paths are left out: no client of this form reads them.
 *
 * @see https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto
 */
export function encodeOpenApiV2(document: Json): Uint8Array {
  const info = jsonOf(document['info'])
  const out = new Writer()
  out.text(1, document['swagger'])
  const head = new Writer()
  head.text(1, info['title'])
  head.text(2, info['version'])
  out.message(2, head)
  out.message(8, new Writer())
  out.message(9, named(document['definitions']))
  return out.bytes()
}

function named(schemas: unknown): Writer {
  const out = new Writer()
  for (const [name, schema] of Object.entries(jsonOf(schemas))) {
    const entry = new Writer()
    entry.text(1, name)
    entry.message(2, schemaOf(jsonOf(schema)))
    out.message(1, entry)
  }
  return out
}

function schemaOf(schema: Json): Writer {
  const out = new Writer()
  out.text(1, schema['$ref'])
  out.text(2, schema['format'])
  out.text(3, schema['title'])
  out.text(4, schema['description'])
  if (schema['default'] !== undefined) out.message(5, anything(schema['default']))
  for (const name of listOf(schema['required'])) out.text(19, name)
  for (const value of listOf(schema['enum'])) out.message(20, anything(value))
  const { additionalProperties, items, properties } = schema
  if (isJson(additionalProperties)) out.message(21, wrapped(1, schemaOf(additionalProperties)))
  else if (additionalProperties === true) out.message(21, flag(2))
  const types = [schema['type']].flat().filter((type) => typeof type === 'string')
  if (types.length > 0) {
    const type = new Writer()
    for (const one of types) type.text(1, one)
    out.message(22, type)
  }
  if (isJson(items)) out.message(23, wrapped(1, schemaOf(items)))
  for (const one of listOf(schema['allOf'])) out.message(24, schemaOf(jsonOf(one)))
  if (isJson(properties)) out.message(25, named(properties))
  for (const [name, value] of Object.entries(schema)) {
    if (!name.startsWith('x-')) continue
    const entry = new Writer()
    entry.text(1, name)
    entry.message(2, anything(value))
    out.message(31, entry)
  }
  return out
}

/** A value of any type is YAML there, which JSON is. */
function anything(value: unknown): Writer {
  const out = new Writer()
  out.text(2, JSON.stringify(value))
  return out
}

function wrapped(field: number, inner: Writer): Writer {
  const out = new Writer()
  out.message(field, inner)
  return out
}

function flag(field: number): Writer {
  const out = new Writer()
  out.yes(field)
  return out
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function jsonOf(value: unknown): Json {
  return isJson(value) ? value : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const encoder = new TextEncoder()

/** Collects the fields of a message. */
class Writer {
  readonly #parts: Uint8Array[] = []
  #size = 0

  text(field: number, value: unknown): void {
    if (typeof value === 'string' && value !== '') this.#sized(field, encoder.encode(value))
  }

  message(field: number, inner: Writer): void {
    this.#sized(field, inner.bytes())
  }

  yes(field: number): void {
    this.#number(field * 8)
    this.#number(1)
  }

  bytes(): Uint8Array {
    const result = new Uint8Array(this.#size)
    let at = 0
    for (const part of this.#parts) {
      result.set(part, at)
      at += part.length
    }
    return result
  }

  #sized(field: number, value: Uint8Array): void {
    this.#number(field * 8 + 2)
    this.#number(value.length)
    this.#add(value)
  }

  #number(value: number): void {
    const digits: number[] = []
    let rest = value
    while (rest > 127) {
      digits.push((rest & 127) | 128)
      rest >>>= 7
    }
    this.#add(Uint8Array.of(...digits, rest))
  }

  #add(part: Uint8Array): void {
    this.#parts.push(part)
    this.#size += part.length
  }
}
