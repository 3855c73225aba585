import { scheme } from '@kube-bonsai/api-types'
import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import {
  findCondition,
  type GroupVersionResource,
  isConditionFalse,
  isConditionTrue,
  type KubeObject,
  type Stored,
} from '@kube-bonsai/apimachinery'
import type { Client, ResourceClient } from '@kube-bonsai/client'
import { ManifestError } from './manifest-error.ts'

type Definition = Stored<CustomResourceDefinition>

interface ServedResource extends GroupVersionResource {
  readonly namespaced: boolean
}

/**
 * The door to an object's resource, in its namespace or the default one; kinds that a CustomResourceDefinition of the cluster defines
 * have one too, once the definition is established. Rejects with a ManifestError for a kind that nobody serves.
 */
export async function resourceFor(
  client: Client,
  object: KubeObject,
  namespace: string,
): Promise<ResourceClient<KubeObject>> {
  const info = await servedResource(client, object)
  const resource: ResourceClient<KubeObject> = client.dynamic(info)
  return info.namespaced ? resource.namespace(object.metadata.namespace || namespace) : resource
}

async function servedResource(client: Client, { apiVersion, kind }: KubeObject): Promise<ServedResource> {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const version = apiVersion.slice(slash + 1)
  const known = scheme.byKind({ group, version, kind })
  if (known !== undefined) return known
  const noMatch = (why = '') =>
    new ManifestError('kind', `no matches for kind "${kind}" in version "${apiVersion}"${why}`)
  const found = group === '' ? undefined : await definitionOf(client, group, kind)
  if (!found?.spec.versions.some(({ name, served }) => served && name === version)) throw noMatch()
  const definition = await decided(client, found)
  if (!isEstablished(definition)) {
    const { message = 'not established' } = findCondition(definition.status?.conditions, 'NamesAccepted') ?? {}
    throw noMatch(`: ${definition.metadata.name} is refused: ${message}`)
  }
  return { group, version, resource: definition.spec.names.plural, namespaced: definition.spec.scope === 'Namespaced' }
}

const definitionsOf = (client: Client) => client.resource('apiextensions.k8s.io/v1/customresourcedefinitions')

async function definitionOf(client: Client, group: string, kind: string): Promise<Definition | undefined> {
  const { items } = await definitionsOf(client).list()
  return items.find(({ spec }) => spec.group === group && spec.names.kind === kind)
}

/** Resolves when the server has accepted the definition's names and serves it, or has refused them. */
async function decided(client: Client, definition: Definition): Promise<Definition> {
  if (isDecided(definition)) return definition
  const { name = '', resourceVersion = '' } = definition.metadata
  const changes = definitionsOf(client).watch({ fieldSelector: `metadata.name=${name}`, resourceVersion })
  for await (const { type, object } of changes) {
    if (type === 'DELETED' || ((type === 'MODIFIED' || type === 'ADDED') && isDecided(object))) return object
  }
  return definition
}

function isEstablished({ status }: Definition): boolean {
  return isConditionTrue(status?.conditions, 'Established')
}

function isDecided(definition: Definition): boolean {
  return isEstablished(definition) || isConditionFalse(definition.status?.conditions, 'NamesAccepted')
}
