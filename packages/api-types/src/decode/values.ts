import type { JsonValue } from '@kube-bonsai/apimachinery'
import type { FieldSchema, FieldType, TypeName, TypeSchema } from '../schema.ts'
import { DecodeAbort } from './decode-error.ts'
import { noteEmptied } from './emptied.ts'
import { elementGoType, suggestedGoType } from './go-type.ts'
import { isRecord, jsonKind, nestsWithin, setOwn } from './json-kind.ts'
import { decodeNumber, decodeString } from './scalars.ts'
import { type DecodeState, maxDepth, maxTypedDepth, noteTypeError, noteUnknown } from './state.ts'

/** A value that decoding leaves as it is. */
type Decoded = JsonValue | undefined
type Fields = Readonly<Record<string, unknown>>

/** Decodes the fields of an object of a type; shares the input where nothing changes. */
export function decodeObject(state: DecodeState, type: TypeSchema, value: Fields): JsonValue {
  const { goPath, path, goStruct } = state
  const goDepth = goPath.length
  let emptied: string[] | undefined
  enter(state)
  const result = mapEntries(value, (key, entry) => {
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined
    if (field === undefined) {
      if (!nestsWithin(entry, maxDepth - state.depth)) throw new DecodeAbort('exceeded max depth')
      noteUnknown(state, key)
      return undefined
    }
    if (entry === null || entry === undefined) return undefined
    path.push(path.length === 0 ? key : `.${key}`)
    if (field.embedded !== undefined) goPath.push(field.embedded)
    goPath.push(key)
    state.goStruct = lastPart(type.name)
    const decoded = decodeValue(state, field.value, entry, field.goType)
    path.pop()
    goPath.length = goDepth
    state.goStruct = goStruct
    if (field.omitEmpty !== true || !isZero(field, decoded)) return decoded
    if (typeof decoded === 'object') {
      emptied ??= []
      emptied.push(key)
    }
    return undefined
  })
  state.depth--
  if (emptied !== undefined && isRecord(result)) {
    noteEmptied(result, emptied)
    state.emptied = true
  }
  return result
}

function decodeValue(state: DecodeState, type: FieldType, value: unknown, goType: string | undefined): Decoded {
  switch (type.type) {
    case 'string':
      return decodeString(state, type, value, goType ?? suggestedGoType(type))
    case 'integer':
    case 'number':
      return decodeNumber(state, type, value, goType ?? suggestedGoType(type))
    case 'boolean':
      if (typeof value === 'boolean') return value
      break
    case 'any':
      return decodeAny(state, type.of, value)
    case 'ref':
      if (isRecord(value)) return decodeObject(state, typeNamed(state, type.ref), value)
      break
    case 'array':
      if (Array.isArray(value)) return decodeArray(state, type.items, value, elementGoType(goType))
      break
    case 'map':
      if (isRecord(value)) return decodeMap(state, type.values, value, elementGoType(goType))
      break
  }
  noteTypeError(state, type.type, jsonKind(value), goType ?? suggestedGoType(type))
  return undefined
}

function decodeArray(
  state: DecodeState,
  items: FieldType,
  value: readonly unknown[],
  goType: string | undefined,
): readonly JsonValue[] {
  enter(state)
  const decoded = value.map((item, index) => {
    state.path.push(`[${index}]`)
    const result = item === null || item === undefined ? zero(items) : decodeValue(state, items, item, goType)
    state.path.pop()
    return result ?? zero(items)
  })
  state.depth--
  return decoded.every((item, index) => item === value[index]) ? (value as readonly JsonValue[]) : decoded
}

function decodeMap(state: DecodeState, values: FieldType, value: Fields, goType: string | undefined): JsonValue {
  enter(state)
  const result = mapEntries(value, (key, entry) => {
    if (entry === undefined) return undefined
    state.path.push(state.path.length === 0 ? key : `.${key}`)
    const decoded = entry === null ? zero(values) : decodeValue(state, values, entry, goType)
    state.path.pop()
    return decoded ?? zero(values)
  })
  state.depth--
  return result
}

const crd = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps'

/** Any JSON stays as it is, but a schema in a place where something else may stand is still a schema. */
function decodeAny(state: DecodeState, of: TypeName | undefined, value: unknown): Decoded {
  if (of?.startsWith(`${crd}Or`)) {
    const quiet = state.quiet
    state.quiet = true
    const schema: FieldType = { type: 'ref', ref: crd }
    const decoded = isRecord(value)
      ? decodeValue(state, schema, value, undefined)
      : Array.isArray(value) && of === `${crd}OrArray`
        ? decodeArray(state, schema, value, undefined)
        : (value as JsonValue)
    state.quiet = quiet
    return decoded
  }
  if (!nestsWithin(value, maxDepth - state.depth)) throw new DecodeAbort('exceeded max depth')
  return value as JsonValue
}

/** Builds an object of the decoded entries, without those that come out undefined; the same object if all stay. */
function mapEntries(value: Fields, decodeEntry: (key: string, entry: unknown) => Decoded): JsonValue {
  const keys = Object.keys(value)
  let changed: Record<string, unknown> | undefined
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? ''
    const entry = value[key]
    const decoded = decodeEntry(key, entry)
    if (changed === undefined) {
      if (decoded === entry) continue
      changed = {}
      for (const before of keys.slice(0, index)) setOwn(changed, before, value[before])
    }
    if (decoded !== undefined) setOwn(changed, key, decoded)
  }
  return (changed ?? value) as JsonValue
}

/** What Go puts where `null` stands in a list or a map. */
function zero(type: FieldType): JsonValue {
  switch (type.type) {
    case 'string':
      return zeroString(type.format)
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    case 'array':
      return []
    case 'any':
      return null
    case 'ref':
    case 'map':
      return {}
  }
}

function zeroString(format: Extract<FieldType, { readonly type: 'string' }>['format']): JsonValue {
  switch (format) {
    case 'date-time':
    case 'micro-time':
      return null
    case 'quantity':
      return '0'
    case 'int-or-string':
      return 0
  }
  return ''
}

function isZero(field: FieldSchema, value: Decoded): boolean {
  if (value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return field.value.type === 'map' && isRecord(value) && Object.keys(value).length === 0
}

function enter(state: DecodeState): void {
  if (++state.depth > maxTypedDepth) throw new DecodeAbort('exceeded max depth')
}

function typeNamed(state: DecodeState, name: TypeName): TypeSchema {
  const type = state.types.type(name)
  if (type === undefined) throw new Error(`the tables of ${name} are not loaded`)
  return type
}

const lastPart = (name: TypeName): string => name.slice(name.lastIndexOf('.') + 1)
