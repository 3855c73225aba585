import { convertObject } from '@kube-bonsai/api-strategies'
import { formatApiVersion, type KubeObject } from '@kube-bonsai/apimachinery'
import type { AdmissionInput } from '@kube-bonsai/cel'
import type { RequestContext } from '../../context.ts'
import { type Attributes, lookUp } from '../chain.ts'
import { authorizeExpression } from './authorize.ts'
import type { MatchedResource } from './rule-matching.ts'

/** An object in the version that a policy asked for. */
export function inVersion<T extends KubeObject | undefined>(object: T, { group, version }: MatchedResource): T {
  const apiVersion = formatApiVersion({ group, version })
  if (object === undefined || object.apiVersion === apiVersion) return object
  return convertObject(object, apiVersion) as T
}

const namespaceFields = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
] as const

/** A namespace without what expressions shall not see. */
function shownNamespace(namespace: KubeObject | undefined): unknown {
  if (namespace === undefined) return undefined
  const { metadata } = namespace
  const shown = namespaceFields.filter((field) => metadata[field] !== undefined)
  const { spec, status } = namespace as unknown as { readonly spec?: unknown; readonly status?: unknown }
  return {
    metadata: Object.fromEntries(shown.map((field) => [field, metadata[field]])),
    spec: spec ?? {},
    status: status ?? {},
  }
}

/**
 * What expressions of a policy see of a request.
 *
 * @see apiserver/pkg/admission/plugin/cel/condition.go CreateAdmissionRequest
 */
export async function requestInput(
  context: RequestContext,
  attributes: Attributes,
  matched: MatchedResource,
): Promise<AdmissionInput> {
  const { target, subresource, namespace, name, operation, dryRun, old } = attributes
  const { group, version, resource, kind } = target.info
  const { user } = context
  const isNamespace = group === '' && resource === 'namespaces'
  await context.server.authorizer.prepare?.(user)
  const found = namespace === '' || isNamespace ? undefined : await lookUp(context.server, 'core/namespaces', namespace)
  return {
    ...(operation !== 'DELETE' && { object: inVersion(attributes.object, matched) }),
    ...(old !== undefined && { oldObject: inVersion(old, matched) }),
    request: {
      uid: '',
      kind: { group: matched.group, version: matched.version, kind },
      resource: { group: matched.group, version: matched.version, resource: matched.resource },
      ...(subresource !== '' && { subResource: subresource, requestSubResource: subresource }),
      requestKind: { group, version, kind },
      requestResource: { group, version, resource },
      ...(name !== '' && { name }),
      ...(namespace !== '' && { namespace }),
      operation,
      userInfo: {
        username: user.name,
        ...(user.uid && { uid: user.uid }),
        groups: user.groups,
        ...(user.extra && { extra: user.extra }),
      },
      dryRun,
    },
    namespaceObject: shownNamespace(found),
    resource: { group, resource, subresource, namespace, name },
    authorize: authorizeExpression(context),
  }
}
