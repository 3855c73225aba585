import { type FieldError, FieldPath, formatFieldError, type KubeObject } from '@kube-bonsai/apimachinery'
import { fieldsOf } from '../meta/json.ts'
import { applyDefaults, dropNulls } from './schema/defaults.ts'
import { coerceEmbedded, readMetadata } from './schema/metadata.ts'
import type { SchemaNode } from './schema/node.ts'
import { prune } from './schema/prune.ts'

/** What reading an object as a custom resource found. */
export interface DecodedCustomResource {
  /** The object without what its schema does not know; defaults are not filled in. */
  readonly object: KubeObject
  /** The dropped fields in upstream's order: of the metadata, of the schema, of embedded resources. */
  readonly unknownFields: readonly string[]
  /** Why it cannot be read at all, in upstream's words. */
  readonly problem: string | undefined
}

/**
 * An object that was read before, in the shape of a schema that may be another by now: pruned, with defaults filled in.
 * Its metadata stays as it is; the object itself when nothing changes.
 */
export function reshapeCustomResource(
  object: KubeObject,
  schema: SchemaNode | undefined,
  preserveUnknownFields: boolean,
  defaults: boolean,
): KubeObject {
  const kept = preserveUnknownFields ? object : dropNulls(prune(object, schema, true).value, schema)
  const read = coerceEmbedded(FieldPath.root, kept, schema).value
  const value = defaults ? applyDefaults(read, schema) : read
  if (value === object) return object
  return { ...fieldsOf(value), apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata }
}

/**
 * Reads an object as a version of a custom resource: its metadata as every object's, the rest as its schema says.
 * Expects the types of `v1` loaded.
 *
 * @param preserveUnknownFields true for a resource of old that keeps what its schema does not know
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go unstructuredSchemaCoercer
 */
export function decodeCustomResource(
  object: KubeObject,
  schema: SchemaNode | undefined,
  preserveUnknownFields = false,
): DecodedCustomResource {
  const { metadata, unknown, problem } = readMetadata(object.metadata)
  const unknownFields = unknown.map((name) => `metadata.${name}`)
  let value: unknown = object
  let refused = problem
  if (!preserveUnknownFields) {
    const pruned = prune(value, schema, true)
    unknownFields.push(...pruned.dropped)
    value = dropNulls(pruned.value, schema)
  }
  const coerced = coerceEmbedded(FieldPath.root, value, schema)
  unknownFields.push(...coerced.unknown)
  refused ??= problemOf(coerced.error)
  const { apiVersion, kind } = object
  return { object: { ...fieldsOf(coerced.value), apiVersion, kind, metadata }, unknownFields, problem: refused }
}

function problemOf(error: FieldError | undefined): string | undefined {
  return error === undefined ? undefined : formatFieldError(error)
}
