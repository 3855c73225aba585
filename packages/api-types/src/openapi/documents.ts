import type { GroupVersion, GroupVersionKind, JsonObject } from '@kube-bonsai/apimachinery'
import type { TypeName } from '../schema.ts'
import { scheme } from '../scheme/built-in-scheme.ts'
import { loadTypes } from '../tables/type-registry.ts'
import { UnknownGroupVersionError } from '../tables/unknown-group-version-error.ts'
import { groupTitle, type Operation, type Parameter, type Path, pathsOf, rootOf, tagOf } from './operations.ts'
import { type OpenApiVersion, refPrefix, schemasOf } from './schemas.ts'

const resourceList = 'io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList'
const watchEvent = 'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent'

/** The group versions that a v1.35 server serves unless told otherwise. */
const defaultGroupVersions = (): readonly GroupVersion[] =>
  scheme.groups.flatMap(({ group, servedByDefault }) => servedByDefault.map((version) => ({ group, version })))

/**
 * The OpenAPI v3 document of one group and version, as `/openapi/v3/apis/apps/v1` serves it, without descriptions and
 * without the deprecated `/watch/` paths.
 *
 * @throws UnknownGroupVersionError where the group and version has no resources
 */
export async function openApiV3(group: string, version: string): Promise<JsonObject> {
  const { paths, roots } = await partOf(3, { group, version })
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.35.4' },
    paths,
    components: {
      schemas: schemasOf(3, scheme.loaded, roots, kindsInEvery(defaultGroupVersions())),
      securitySchemes: security,
    },
  }
}

/**
 * The OpenAPI v2 document of a server, as `/openapi/v2` serves it, without descriptions.
 *
 * @param groupVersions what the server serves; by default what v1.35 serves by default
 * @throws UnknownGroupVersionError where one of them has no resources
 */
export async function openApiV2(groupVersions: readonly GroupVersion[] = defaultGroupVersions()): Promise<JsonObject> {
  const parts = await Promise.all(groupVersions.map((groupVersion) => partOf(2, groupVersion)))
  const roots = parts.flatMap((part) => [...part.roots])
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.35.4' },
    paths: Object.assign({}, ...parts.map((part) => part.paths)),
    definitions: schemasOf(2, scheme.loaded, roots, kindsInEvery(groupVersions)),
    securityDefinitions: security,
    security: [{ BearerToken: [] }],
  }
}

/**
 * What `/openapi/v3` answers: each document's path with the hash of its content, so that clients may keep it for ever.
 *
 * @param hash upper-case hexadecimal SHA-512 of a text: the host's, because this package has no cryptography
 * @throws UnknownGroupVersionError
 */
export async function openApiV3Index(
  hash: (text: string) => string | Promise<string>,
  groupVersions: readonly GroupVersion[] = defaultGroupVersions(),
): Promise<JsonObject> {
  const entries = groupVersions.map(async ({ group, version }): Promise<[string, JsonObject]> => {
    const path = rootOf(group, version)
    const digest = await hash(JSON.stringify(await openApiV3(group, version)))
    return [path.slice(1), { serverRelativeURL: `/openapi/v3${path}?hash=${digest}` }]
  })
  return { paths: Object.fromEntries(await Promise.all(entries)) }
}

const security: JsonObject = { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } }

const kindsInEvery =
  (groupVersions: readonly GroupVersion[]) =>
  (kind: string): readonly GroupVersionKind[] =>
    groupVersions.map(({ group, version }) => ({ group, version, kind }))

interface Part {
  readonly paths: JsonObject
  readonly roots: ReadonlySet<TypeName>
}

async function partOf(openApi: OpenApiVersion, { group, version }: GroupVersion): Promise<Part> {
  const resources = scheme.resources.filter((info) => info.group === group && info.version === version)
  if (resources.length === 0) throw new UnknownGroupVersionError(group, version)
  const foreign = resources.flatMap(({ subresources }) => subresources.map(({ kind }) => kind))
  await Promise.all([{ group, version }, ...foreign].map((at) => loadTypes(at.group, at.version)))
  const roots = new Set<TypeName>([resourceList])
  if (resources.some(({ verbs }) => verbs.includes('watch'))) roots.add(watchEvent)
  const paths: Record<string, JsonObject> = {
    [`${rootOf(group, version)}/`]: {
      get: operationOf(openApi, group, version, {
        method: 'get',
        action: '',
        id: `get${groupTitle(group)}${version.slice(0, 1).toUpperCase()}${version.slice(1)}APIResources`,
        kind: { group, version, kind: '' },
        parameters: [],
        answer: resourceList,
        codes: [200],
      }),
    },
  }
  for (const path of resources.flatMap((info) => pathsOf(info, scheme.loaded))) {
    paths[path.path] = pathItem(openApi, group, version, path)
    for (const { body, answer } of path.operations)
      for (const name of [body, answer]) if (name !== undefined) roots.add(name)
  }
  return { paths, roots }
}

function pathItem(openApi: OpenApiVersion, group: string, version: string, path: Path): JsonObject {
  const operations = path.operations.map((operation) => [
    operation.method,
    operationOf(openApi, group, version, operation),
  ])
  return { ...Object.fromEntries(operations), parameters: path.parameters.map((entry) => parameterOf(openApi, entry)) }
}

function parameterOf(openApi: OpenApiVersion, { name, in: place, type }: Parameter): JsonObject {
  const head = { in: place, name, ...(place === 'path' ? { required: true } : {}) }
  return openApi === 2 ? { ...head, type, uniqueItems: true } : { ...head, schema: { type, uniqueItems: true } }
}

const json = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor']
const streams = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/cbor-seq',
]
const patches = [
  'json-patch+json',
  'merge-patch+json',
  'strategic-merge-patch+json',
  'apply-patch+yaml',
  'apply-patch+cbor',
]

function operationOf(openApi: OpenApiVersion, group: string, version: string, operation: Operation): JsonObject {
  const { action, kind, body, answer, method } = operation
  const consumes = method === 'patch' && action === 'patch' ? patches.map((name) => `application/${name}`) : ['*/*']
  const produces = answer === undefined ? ['*/*'] : [...json, ...(operation.watches === true ? streams : [])]
  const schema: JsonObject = answer === undefined ? { type: 'string' } : { $ref: `${refPrefix[openApi]}${answer}` }
  const bodySchema = { $ref: `${refPrefix[openApi]}${body ?? ''}` }
  const required = method === 'delete' ? {} : { required: true }
  const content = (types: readonly string[], of: JsonObject): JsonObject =>
    Object.fromEntries(types.map((type) => [type, { schema: of }]))
  const ok: JsonObject =
    openApi === 2 ? { description: 'OK', schema } : { description: 'OK', content: content(produces, schema) }
  const parameters = operation.parameters.map((entry) => parameterOf(openApi, entry))
  const inBody =
    openApi === 2 && body !== undefined ? [{ in: 'body', name: 'body', ...required, schema: bodySchema }] : []
  return {
    operationId: operation.id,
    tags: [tagOf(group, version)],
    parameters: [...inBody, ...parameters],
    ...(openApi === 2 ? { consumes, produces, schemes: ['https'] } : {}),
    ...(openApi === 3 && body !== undefined
      ? { requestBody: { content: content(consumes, bodySchema), ...required } }
      : {}),
    responses: {
      ...Object.fromEntries(operation.codes.map((code) => [String(code), ok])),
      '401': { description: 'Unauthorized' },
    },
    ...(action === ''
      ? {}
      : {
          'x-kubernetes-action': action,
          'x-kubernetes-group-version-kind': { group: kind.group, kind: kind.kind, version: kind.version },
        }),
  }
}
