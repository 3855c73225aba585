import type { GroupVersionKind, JsonObject } from '@kube-bonsai/apimachinery'
import type { Validator } from 'typebox/schema'
import { UnknownKindError } from '../decode/decode-error.ts'
import { isRecord, jsonKind, setOwn } from '../decode/json-kind.ts'
import { loadTypes } from '../tables/type-registry.ts'
import { explain } from './explain.ts'
import { jsonSchemaOf } from './json-schema.ts'

/** A field that is not as its type says: data, not an exception. */
export interface CheckError {
  /** Upstream's spelling: `spec.containers[0].image`; empty for the object itself. */
  readonly path: string
  /** What should be there: `string`, `integer`, `no such field`, `a value`. */
  readonly expected: string
  /** What is there, as the JSON type: `number`, `object`; `nothing` where a required field is missing. */
  readonly actual: string
}

const schemas = new Map<string, Promise<JsonObject>>()
const validators = new Map<string, Promise<Validator>>()
const keyOf = (gvk: GroupVersionKind): string => `${gvk.group}/${gvk.version}/${gvk.kind}`

/**
 * The JSON Schema (which is what a TypeBox schema is) of a built-in kind, built when first asked for.
 *
 * @throws UnknownGroupVersionError, UnknownKindError
 */
export function schemaFor(kind: GroupVersionKind): Promise<JsonObject> {
  return remembered(schemas, keyOf(kind), async () => {
    const types = await loadTypes(kind.group, kind.version)
    const type = types.typeOf(kind)
    if (type === undefined) throw new UnknownKindError(kind)
    return jsonSchemaOf(types, type)
  })
}

/**
 * Checks the fields of an object against the type that its `apiVersion` and `kind` name; TypeBox loads with the first call.
 *
 * Checks types and required fields, not the rules that validation adds. A `null` counts as absent.
 *
 * @returns every error, in no particular order; empty where the object is right
 * @throws UnknownGroupVersionError or UnknownKindError where the kind is not built in
 */
export async function check(object: unknown): Promise<readonly CheckError[]> {
  if (!isRecord(object)) return [{ path: '', expected: 'object', actual: jsonKind(object) }]
  const { apiVersion, kind } = object
  const heads = Object.entries({ apiVersion, kind }).filter(([, value]) => typeof value !== 'string' || value === '')
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || heads.length > 0)
    return heads.map(([path, value]) => ({
      path,
      expected: 'string',
      actual: value === undefined ? 'nothing' : value === '' ? 'an empty string' : jsonKind(value),
    }))
  const slash = apiVersion.indexOf('/')
  const [group, version] = slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
  const validator = await validatorFor({ group, version, kind })
  const present = withoutNulls(object, 0)
  if (validator.Check(present)) return []
  const [, errors] = validator.Errors(present)
  return errors.flatMap((error) => explain(present, error))
}

function validatorFor(kind: GroupVersionKind): Promise<Validator> {
  return remembered(validators, keyOf(kind), async () => {
    const [schema, { Compile }] = await Promise.all([schemaFor(kind), import('typebox/schema')])
    return Compile(schema)
  })
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}

/** Deeper than any type nests: what lies below is any JSON. */
const nullDepth = 200

function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > nullDepth) return value
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1))
  if (!isRecord(value)) return value
  const kept: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(value))
    if (entry !== null && entry !== undefined) setOwn(kept, key, withoutNulls(entry, depth + 1))
  return kept
}
