import {
  type CustomResourceVersion,
  compileSchema,
  customResourceStrategy,
  customResourceTable,
  type RuleEvaluator,
  type SchemaNode,
  type Strategy,
  scalePathsOf,
} from '@kube-bonsai/api-strategies'
import type { ResourceInfo, SubresourceInfo } from '@kube-bonsai/api-types'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '@kube-bonsai/api-types/apiextensions/v1'
import { formatApiVersion } from '@kube-bonsai/apimachinery'
import { schemalessType, structuralType, type ValueType } from '@kube-bonsai/patch'
import { holds, storageVersionOf } from './definition.ts'
import { storageVersionHash } from './storage-version-hash.ts'
import { compareVersions } from './version-order.ts'

/** One version of a custom resource as it is served. */
export interface ServedVersion extends CustomResourceVersion {
  readonly apiVersion: string
  readonly info: ResourceInfo
  readonly strategy: Strategy
  /** The type by which fields are managed. */
  readonly type: ValueType
  /** What every request for it is told. */
  readonly warnings: readonly string[]
  readonly preserveUnknownFields: boolean
}

/** A custom resource made ready from its definition: once for each spec and set of accepted names. */
export interface Serving {
  readonly crd: CustomResourceDefinition
  readonly versions: ReadonlyMap<string, ServedVersion>
  readonly storageVersion: string
  readonly storageApiVersion: string
  readonly prefix: string
}

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const verbsInTheEnd = ['delete', 'deletecollection', 'get', 'list', 'watch']
const subresourceVerbs = ['get', 'patch', 'update']

/** Makes a custom resource ready to be served. */
export function makeServing(crd: CustomResourceDefinition, evaluate: RuleEvaluator | undefined): Serving {
  const { group } = crd.spec
  const storageVersion = storageVersionOf(crd)
  return {
    crd,
    versions: new Map(
      crd.spec.versions
        .filter(({ served, storage }) => served || storage)
        .map((version) => [version.name, makeVersion(crd, version, evaluate)]),
    ),
    storageVersion,
    storageApiVersion: formatApiVersion({ group, version: storageVersion }),
    prefix: `/registry/${group}/${crd.spec.names.plural}/`,
  }
}

function makeVersion(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  evaluate: RuleEvaluator | undefined,
): ServedVersion {
  const { group, scope, preserveUnknownFields = false } = crd.spec
  const kind = crd.status?.acceptedNames?.kind ?? crd.spec.names.kind
  const source = version.schema?.openAPIV3Schema
  const schema = source === undefined ? undefined : compileSchema(source)
  const own: CustomResourceVersion = {
    group,
    version: version.name,
    kind,
    namespaced: scope === 'Namespaced',
    schema,
    hasStatus: version.subresources?.status !== undefined,
    scale: scalePathsOf(version.subresources?.scale),
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath),
    table: customResourceTable(version.additionalPrinterColumns),
  }
  return {
    ...own,
    apiVersion: formatApiVersion(own),
    info: infoOf(crd, version, verbs),
    strategy: customResourceStrategy(own, evaluate),
    type: typeOf(schema, preserveUnknownFields),
    warnings: version.deprecated === true ? [version.deprecationWarning ?? deprecation(crd, version.name)] : [],
    preserveUnknownFields,
  }
}

function typeOf(schema: SchemaNode | undefined, preserveUnknownFields: boolean): ValueType {
  try {
    return structuralType(schema?.source, preserveUnknownFields)
  } catch {
    return schemalessType()
  }
}

/** What discovery says of a version; with fewer verbs once its definition is being deleted. */
export function discoveredInfo(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion): ResourceInfo {
  return infoOf(crd, version, holds(crd, 'Terminating') ? verbsInTheEnd : verbs)
}

function infoOf(
  crd: CustomResourceDefinition,
  { name: version, subresources }: CustomResourceDefinitionVersion,
  allowed: readonly string[],
): ResourceInfo {
  const { group, scope } = crd.spec
  const { plural, singular = '', kind, shortNames = [], categories = [] } = crd.status?.acceptedNames ?? crd.spec.names
  const own: SubresourceInfo[] = []
  if (subresources?.status) own.push({ name: 'status', kind: { group, version, kind }, verbs: subresourceVerbs })
  if (subresources?.scale)
    own.push({ name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: subresourceVerbs })
  return {
    group,
    version,
    kind,
    resource: plural,
    singular,
    namespaced: scope === 'Namespaced',
    verbs: allowed,
    shortNames,
    categories,
    subresources: own,
    type: `${group.split('.').reverse().join('.')}.${version}.${kind}`,
    servedByDefault: true,
    storageVersionHash: storageVersionHash(group, storageVersionOf(crd), crd.spec.names.kind),
  }
}

function deprecation(crd: CustomResourceDefinition, version: string): string {
  const { group, names, versions } = crd.spec
  const text = `${group}/${version} ${names.kind} is deprecated`
  const newer = versions
    .filter((one) => one.served && one.deprecated !== true && compareVersions(one.name, version) < 0)
    .map(({ name }) => name)
    .sort(compareVersions)
  return newer[0] === undefined ? text : `${text}; use ${group}/${newer[0]} ${names.kind}`
}
