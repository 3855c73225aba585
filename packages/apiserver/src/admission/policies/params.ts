import type { ResourceInfo } from '@kube-bonsai/api-types'
import { type KubeObject, labelSelectorAsSelector, parseApiVersion } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import type { ParamRef, PolicySpec } from './policy-source.ts'

/** A policy or a binding cannot be used as it is. */
export class ConfigurationError extends Error {}

function infoOf(
  { server }: RequestContext,
  { apiVersion, kind }: NonNullable<PolicySpec['paramKind']>,
): ResourceInfo | undefined {
  const named = parseApiVersion(apiVersion)
  return server.catalog.served.find(
    (one) => one.kind === kind && one.group === named?.group && one.version === named.version,
  )
}

/** Why a policy cannot have params of a kind; undefined when it can. */
export function paramKindProblem(context: RequestContext, kind: PolicySpec['paramKind']): string | undefined {
  if (kind === undefined || infoOf(context, kind)) return undefined
  const { group = '', version = '' } = parseApiVersion(kind.apiVersion) ?? {}
  return `failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind.kind}'`
}

/**
 * The objects that a policy is evaluated with, one time for each; undefined for none at all.
 *
 * @throws ConfigurationError
 * @see apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go CollectParams
 */
export async function collectParams(
  context: RequestContext,
  kind: PolicySpec['paramKind'],
  ref: ParamRef | undefined,
  namespace: string,
): Promise<readonly (KubeObject | undefined)[]> {
  if (kind === undefined || ref === undefined) return [undefined]
  const { catalog, storage } = context.server
  const info = infoOf(context, kind)
  if (info === undefined) throw new ConfigurationError(paramKindProblem(context, kind) ?? '')
  const { prefix, namespaced } = catalog.stored(info)
  if (!namespaced && ref.namespace)
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
  const within = ref.namespace || namespace
  if (namespaced && within === '')
    throw new ConfigurationError(
      'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    )
  const folder = namespaced ? `${prefix}${within}/` : prefix
  const found = await find(folder, ref)
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction')
  return found

  async function find(place: string, { name, selector }: ParamRef): Promise<readonly KubeObject[]> {
    if (name) {
      const value = (await storage.get(place + name))?.value
      return value ? [value] : []
    }
    if (selector === undefined) throw new ConfigurationError('one of name or selector must be provided')
    const { items } = await storage.range({ prefix: place })
    const chosen = labelSelectorAsSelector(selector)
    return items.map(({ value }) => value).filter(({ metadata }) => chosen.matches(metadata.labels ?? {}))
  }
}
