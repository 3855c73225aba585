import { type CelEnvironment, createEnvironment, type StructDeclaration, structOf } from '../checker/environment.ts'
import {
  boolType,
  type CelType,
  dynType,
  intType,
  listType,
  mapType,
  stringType,
  structType,
  timestampType,
} from '../types/cel-type.ts'

const strings = listType(stringType)
const stringMap = mapType(stringType, stringType)
const fields = (names: string, type: CelType): Record<string, CelType> =>
  Object.fromEntries(names.split(' ').map((name) => [name, type]))

/** Types of `request` and `namespaceObject`. @see apiserver/pkg/admission/plugin/cel/compile.go */
const structs: readonly StructDeclaration[] = [
  structOf('kubernetes.GroupVersionKind', fields('group version kind', stringType)),
  structOf('kubernetes.GroupVersionResource', fields('group version resource', stringType)),
  structOf('kubernetes.UserInfo', {
    ...fields('username uid', stringType),
    groups: strings,
    extra: mapType(stringType, strings),
  }),
  structOf('kubernetes.AdmissionRequest', {
    ...fields('kind requestKind', structType('kubernetes.GroupVersionKind')),
    ...fields('resource requestResource', structType('kubernetes.GroupVersionResource')),
    ...fields('subResource requestSubResource name namespace operation', stringType),
    userInfo: structType('kubernetes.UserInfo'),
    dryRun: boolType,
    options: dynType,
  }),
  structOf('kubernetes.NamespaceSpec', { finalizers: strings }),
  structOf('kubernetes.NamespaceCondition', {
    ...fields('status type message reason', stringType),
    lastTransitionTime: timestampType,
  }),
  structOf('kubernetes.NamespaceStatus', {
    conditions: listType(structType('kubernetes.NamespaceCondition')),
    phase: stringType,
  }),
  structOf('kubernetes.NamespaceMetadata', {
    ...fields('name generateName namespace UID resourceVersion', stringType),
    ...fields('labels annotations', stringMap),
    ...fields('creationTimestamp deletionTimestamp', timestampType),
    ...fields('deletionGracePeriodSeconds generation', intType),
    finalizers: strings,
  }),
  structOf('kubernetes.Namespace', {
    metadata: structType('kubernetes.NamespaceMetadata'),
    spec: structType('kubernetes.NamespaceSpec'),
    status: structType('kubernetes.NamespaceStatus'),
  }),
]

const jsonPatch = structOf('JSONPatch', { ...fields('op path from', stringType), value: dynType })

/** Types that mutations construct: any name below `Object`, with any field. */
function constructible(name: string): StructDeclaration | undefined {
  if (name === 'JSONPatch') return jsonPatch
  return name === 'Object' || name.startsWith('Object.') ? { name, field: () => dynType } : undefined
}

/** Which variables an admission expression may use. */
export interface AdmissionVariables {
  /** `params` is declared. */
  readonly hasParams: boolean
  /** `authorizer` and `authorizer.requestResource` are declared. */
  readonly hasAuthorizer: boolean
  /** `Object`, `JSONPatch` and `jsonpatch.escapeKey` are known. */
  readonly hasPatchTypes?: boolean
}

/** The environment of admission expressions; `composed` are the types of a policy's variables so far. */
export function admissionEnvironment(
  { hasParams, hasAuthorizer, hasPatchTypes = false }: AdmissionVariables,
  composed?: ReadonlyMap<string, CelType>,
): CelEnvironment {
  const variables: StructDeclaration = { name: 'kubernetes.variables', field: (name) => composed?.get(name) }
  return createEnvironment({
    variables: {
      object: dynType,
      oldObject: dynType,
      namespaceObject: structType('kubernetes.Namespace'),
      request: structType('kubernetes.AdmissionRequest'),
      ...(hasParams && { params: dynType }),
      ...(hasAuthorizer && {
        authorizer: structType('kubernetes.authorization.Authorizer'),
        'authorizer.requestResource': structType('kubernetes.authorization.ResourceCheck'),
      }),
      ...(composed && { variables: structType(variables.name) }),
    },
    structs: composed ? [...structs, variables] : structs,
    ...(hasPatchTypes && { resolve: constructible, without: [] }),
  })
}
