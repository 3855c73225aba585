import { scheme } from '@kube-bonsai/api-types'
import type { KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import type { ResourceRef } from '../api/resources.ts'

/** A resource that can be listed, watched and deleted, and how. */
export interface DeletableResource extends ResourceRef<Unstructured> {
  readonly verbs: readonly string[]
}

/**
 * Every built-in resource that is served by default in a generally available version and can be listed, watched and deleted;
 * each in the one version that discovery prefers, as upstream asks for it.
 */
export function builtInResources(): readonly DeletableResource[] {
  const needed = ['list', 'watch', 'delete']
  const usable = scheme.resources.filter(
    ({ version, verbs, servedByDefault }) =>
      servedByDefault && /^v\d+$/.test(version) && needed.every((verb) => verbs.includes(verb)),
  )
  const preferred = new Map<string, number>()
  const rank = ({ group, version }: DeletableResource): number =>
    scheme.groups.find((one) => one.group === group)?.versions.indexOf(version) ?? 0
  for (const one of usable) {
    const name = groupResource(one)
    preferred.set(name, Math.min(preferred.get(name) ?? Number.POSITIVE_INFINITY, rank(one)))
  }
  return usable.filter((one) => preferred.get(groupResource(one)) === rank(one))
}

/** What a CustomResourceDefinition says of its resource, by the fields that are read here. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec?: {
    readonly group?: string
    readonly scope?: string
    readonly names?: { readonly plural?: string; readonly kind?: string }
    readonly versions?: readonly { readonly name?: string; readonly served?: boolean; readonly storage?: boolean }[]
  }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** The resource that an established definition serves; undefined for one that serves nothing yet. */
export function customResource({ spec, status }: CustomResourceDefinition): DeletableResource | undefined {
  const established = status?.conditions?.some(({ type, status: on }) => type === 'Established' && on === 'True')
  const served = spec?.versions?.filter((one) => one.served === true) ?? []
  const version = (served.find((one) => one.storage === true) ?? served[0])?.name
  const { group, names, scope } = spec ?? {}
  if (established !== true || version === undefined || group === undefined) return undefined
  const { plural, kind } = names ?? {}
  if (plural === undefined || kind === undefined) return undefined
  const verbs = ['list', 'watch', 'delete', 'deletecollection']
  return { group, version, resource: plural, kind, namespaced: scope === 'Namespaced', verbs }
}

/** `resource.group`, which names a resource whatever its version. */
export function groupResource({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return `${resource}.${group}`
}
