import type { ResourceInfo } from '@kube-bonsai/api-types'
import { openApiV3 } from '@kube-bonsai/api-types/openapi'
import type { JsonObject, JsonValue } from '@kube-bonsai/apimachinery'
import type { CustomResources } from './custom-resources.ts'
import { type OpenApiVersion, publishedSchemas, refPrefix, typeNameOf } from './openapi-schemas.ts'

const json = ['application/json', 'application/yaml']
const patches = ['json-patch+json', 'merge-patch+json', 'apply-patch+yaml'].map((name) => `application/${name}`)

/** The OpenAPI v3 document of one group and version of custom resources; undefined where none is served. */
export async function customOpenApiV3(
  customResources: CustomResources,
  group: string,
  version: string,
): Promise<JsonObject | undefined> {
  const infos = infosOf(customResources, group, version)
  if (infos.length === 0) return undefined
  // Scale and all that it refers to: metadata, times, and the parts of requests.
  const { components } = await openApiV3('autoscaling', 'v1')
  const { schemas } = components as { readonly schemas: JsonObject }
  const shared = Object.entries(schemas).filter(([name]) => name.includes('.meta.v1.') || name.endsWith('.v1.Scale'))
  const scales = Object.entries(schemas).filter(([name]) => /\.v1\.Scale(Spec|Status)$/.test(name))
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths: Object.assign({}, ...infos.map((info) => pathsOf(3, info))),
    components: { schemas: { ...Object.fromEntries([...shared, ...scales]), ...schemasOf(3, customResources, infos) } },
  }
}

/** A v2 document with the paths and schemas of all custom resources. */
export function withCustomOpenApiV2(document: JsonObject, customResources: CustomResources): JsonObject {
  const infos = customResources.served
  if (infos.length === 0) return document
  return {
    ...document,
    paths: Object.assign({}, document['paths'], ...infos.map((info) => pathsOf(2, info))),
    definitions: { ...(document['definitions'] as JsonObject), ...schemasOf(2, customResources, infos) },
  }
}

function infosOf({ served }: CustomResources, group: string, version: string): readonly ResourceInfo[] {
  return served.filter((info) => info.group === group && info.version === version)
}

function schemasOf(
  openApi: OpenApiVersion,
  customResources: CustomResources,
  infos: readonly ResourceInfo[],
): JsonObject {
  const parts = infos.map(({ resource, group, version }) => {
    const crd = customResources.definition(`${resource}.${group}`)
    return crd === undefined ? {} : publishedSchemas(openApi, crd, version)
  })
  return Object.assign({}, ...parts)
}

interface Action {
  readonly method: string
  readonly action: string
  readonly type: string
  readonly kind: JsonObject
  readonly body?: boolean
}

function pathsOf(openApi: OpenApiVersion, info: ResourceInfo): JsonObject {
  const { group, version, kind, resource, namespaced } = info
  const root = `/apis/${group}/${version}`
  const base = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}`
  const own: JsonObject = { group, version, kind }
  const type = typeNameOf(group, version, kind)
  const list = typeNameOf(group, version, `${kind}List`)
  const item = (name: string, of: JsonObject, owner: string): readonly Action[] => [
    { method: 'get', action: 'get', type: name, kind: of },
    { method: 'put', action: 'put', type: name, kind: of, body: true },
    ...(owner === '' ? [{ method: 'delete', action: 'delete', type: `${meta}.Status`, kind: of }] : []),
    { method: 'patch', action: 'patch', type: name, kind: of, body: true },
  ]
  const collection: readonly Action[] = [
    { method: 'get', action: 'list', type: list, kind: own },
    { method: 'post', action: 'post', type, kind: own, body: true },
    { method: 'delete', action: 'deletecollection', type: `${meta}.Status`, kind: own },
  ]
  const entries: [string, readonly Action[]][] = [
    [base, collection],
    [`${base}/{name}`, item(type, own, '')],
  ]
  if (namespaced) entries.push([`${root}/${resource}`, collection.slice(0, 1)])
  for (const sub of info.subresources) {
    const isScale = sub.name === 'scale'
    entries.push([`${base}/{name}/${sub.name}`, item(isScale ? scale : type, isScale ? scaleKind : own, sub.name)])
  }
  return Object.fromEntries(entries.map(([path, actions]) => [path, pathItem(openApi, path, actions)]))
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const scale = 'io.k8s.api.autoscaling.v1.Scale'
const scaleKind: JsonObject = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

function pathItem(openApi: OpenApiVersion, path: string, actions: readonly Action[]): JsonObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const parameters = names.map((name): JsonObject => {
    const head: JsonObject = { name, in: 'path', required: true }
    return openApi === 2
      ? { ...head, type: 'string', uniqueItems: true }
      : { ...head, schema: { type: 'string', uniqueItems: true } }
  })
  const operations = actions.map((action): [string, JsonValue] => [action.method, operation(openApi, path, action)])
  return { ...Object.fromEntries(operations), parameters }
}

function operation(openApi: OpenApiVersion, path: string, { method, action, type, kind, body }: Action): JsonObject {
  const schema: JsonObject = { $ref: `${refPrefix[openApi]}${type}` }
  const accepts = action === 'patch' ? patches : json
  const content = (types: readonly string[]): JsonObject => Object.fromEntries(types.map((one) => [one, { schema }]))
  const shared: JsonObject = {
    operationId: `${action}${path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  }
  const options = writeOptions.flatMap(([name, actions]) => (actions.includes(method) ? [name] : []))
  if (openApi === 2) {
    const given: JsonObject[] = body === true ? [{ in: 'body', name: 'body', required: true, schema }] : []
    const parameters = [...given, ...options.map((name): JsonObject => ({ name, in: 'query', type: typeOf(name) }))]
    const consumes = method === 'get' || method === 'delete' ? ['*/*'] : [...accepts]
    const responses = { '200': { description: 'OK', schema } }
    return { ...shared, consumes, produces: json, parameters, responses, schemes: ['https'] }
  }
  const responses: JsonObject = { '200': { description: 'OK', content: content(json) } }
  const parameters = options.map((name): JsonObject => ({ name, in: 'query', schema: { type: typeOf(name) } }))
  return {
    ...shared,
    parameters,
    responses,
    ...(body === true && { requestBody: { required: true, content: content(accepts) } }),
  }
}

/** The options of writes, with the methods that take them: clients look here before they use one. */
const writeOptions: readonly (readonly [string, readonly string[]])[] = [
  ['dryRun', ['post', 'put', 'patch', 'delete']],
  ['fieldManager', ['post', 'put', 'patch']],
  ['fieldValidation', ['post', 'put', 'patch']],
  ['force', ['patch']],
]

function typeOf(option: string): string {
  return option === 'force' ? 'boolean' : 'string'
}
