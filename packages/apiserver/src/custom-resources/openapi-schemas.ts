import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import type { JsonObject, JsonValue } from '@kube-bonsai/apimachinery'
import { versionOf } from './definition.ts'

/** In which form schemas are published. */
export type OpenApiVersion = 2 | 3

/** Where each form keeps its schemas. */
export const refPrefix: Readonly<Record<OpenApiVersion, string>> = { 2: '#/definitions/', 3: '#/components/schemas/' }

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** The OpenAPI name of a version's type; with the list kind, of its list. */
export function typeNameOf(group: string, version: string, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`
}

/** The schemas of one version of a custom resource and of its list, by their names. */
export function publishedSchemas(
  openApi: OpenApiVersion,
  crd: CustomResourceDefinition,
  version: string,
): Readonly<Record<string, JsonObject>> {
  const { group } = crd.spec
  const { kind = '', listKind = `${kind}List` } = crd.status?.acceptedNames ?? {}
  const name = typeNameOf(group, version, kind)
  const given = versionOf(crd, version)?.schema?.openAPIV3Schema as JsonObject | undefined
  const schema = given === undefined ? anything : openApi === 2 ? forV2(given) : withIdentity(given)
  const ref = (type: string): JsonObject => ({ $ref: `${refPrefix[openApi]}${type}` })
  const properties = Object.hasOwn(schema, 'properties') || given === undefined ? schema['properties'] : undefined
  const whole: JsonObject =
    given === undefined || crd.spec.preserveUnknownFields === true || properties === undefined
      ? schema
      : { ...schema, properties: { ...(properties as JsonObject), ...identity(openApi) } }
  return {
    [name]: { ...whole, ...kindOf(group, version, kind) },
    [typeNameOf(group, version, listKind)]: {
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: ref(name) },
        kind: { type: 'string' },
        metadata: ref(`${meta}.ListMeta`),
      },
      ...kindOf(group, version, listKind),
    },
  }
}

const anything: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

function kindOf(group: string, version: string, kind: string): JsonObject {
  return { 'x-kubernetes-group-version-kind': [{ group, kind, version }] }
}

function identity(openApi: OpenApiVersion): JsonObject {
  const ref: JsonObject = { $ref: `${refPrefix[openApi]}${meta}.ObjectMeta` }
  return {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: openApi === 2 ? ref : { allOf: [ref] },
  }
}

/** Embedded resources have an identity too. */
function withIdentity(schema: JsonObject): JsonObject {
  const below = mapSchemas(schema, withIdentity)
  if (schema['x-kubernetes-embedded-resource'] !== true) return below
  return { ...below, properties: { ...(below['properties'] as JsonObject | undefined), ...identity(3) } }
}

const notInV2 = ['nullable', 'oneOf', 'anyOf', 'allOf', 'not', 'default']

/** What v2 cannot say is left out, so that clients that know only v2 refuse nothing. */
function forV2(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([name]) => !notInV2.includes(name))
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true
  const vague = schema['nullable'] === true || schema['x-kubernetes-int-or-string'] === true
  const dropped = vague ? ['type', 'items', 'properties'] : open ? ['items', 'properties'] : []
  return mapSchemas(Object.fromEntries(kept.filter(([name]) => !dropped.includes(name))), forV2)
}

function mapSchemas(schema: JsonObject, change: (schema: JsonObject) => JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...schema }
  for (const name of ['items', 'additionalProperties', 'not']) {
    const part = schema[name]
    if (isObject(part)) result[name] = change(part)
  }
  const { properties } = schema
  if (isObject(properties))
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, isObject(part) ? change(part) : part]),
    )
  return result
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
