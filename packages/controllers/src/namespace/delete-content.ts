import { isMethodNotSupported, isNotFound, type Stored, type Unstructured } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import { pods } from '../api/known.ts'
import { timeOf } from '../api/meta.ts'
import { clientOf } from '../api/resources.ts'
import { type DeletableResource, groupResource } from '../discovery/resources.ts'
import { isPodTerminal } from '../pods/state.ts'
import { errorText } from '../shell/error-text.ts'
import type { NamespaceProblems } from './conditions.ts'

const finalizerEstimate = 15

/** What is left of a namespace. */
export interface ContentResult extends NamespaceProblems {
  /** Seconds until another try may succeed; 0 when nothing is known to take time. */
  readonly estimate: number
}

/** What to delete. */
export interface ContentScope {
  readonly client: Client
  readonly namespace: string
  /** When the namespace's deletion was asked for, and now: milliseconds since the epoch. */
  readonly deletedAt: number
  readonly now: number
  readonly resources: readonly DeletableResource[]
}

/** Deletes everything in a namespace, pods first: nothing else goes while pods are left. @see KEP-5080 */
export async function deleteContent(scope: ContentScope): Promise<ContentResult> {
  const isPods = (one: DeletableResource): boolean => one.group === '' && one.resource === 'pods'
  const first = await deleteResources(scope, scope.resources.filter(isPods))
  if (first.estimate > 0 || first.failures.length > 0) return { ...first, remaining: new Map(), finalizers: new Map() }
  return deleteResources(
    scope,
    scope.resources.filter((one) => one.namespaced && !isPods(one)),
  )
}

async function deleteResources(scope: ContentScope, resources: readonly DeletableResource[]): Promise<ContentResult> {
  const failures: string[] = []
  const remaining = new Map<string, number>()
  const finalizers = new Map<string, number>()
  let estimate = 0
  for (const resource of resources) {
    try {
      const left = await deleteResource(scope, resource)
      if (left.length === 0) continue
      remaining.set(groupResource(resource), left.length)
      for (const name of left.flatMap(({ metadata }) => metadata.finalizers ?? [])) {
        finalizers.set(name, (finalizers.get(name) ?? 0) + 1)
      }
      const wait = resource.resource === 'pods' && resource.group === '' ? await podEstimate(scope) : 0
      const held = left.some(({ metadata }) => (metadata.finalizers?.length ?? 0) > 0)
      if (wait === 0 && !held) failures.push(leftover(scope, resource))
      estimate = Math.max(estimate, wait, held ? finalizerEstimate : 0)
    } catch (error) {
      failures.push(errorText(error))
    }
  }
  return { failures, remaining, finalizers, estimate }
}

function leftover({ namespace }: ContentScope, { group, version, resource }: DeletableResource): string {
  return `unexpected items still remain in namespace: ${namespace} for gvr: ${group}/${version}, Resource=${resource}`
}

async function deleteResource(
  { client, namespace }: ContentScope,
  resource: DeletableResource,
): Promise<readonly Stored<Unstructured>[]> {
  const all = clientOf(client, resource, namespace)
  try {
    const { items } = await all.list()
    if (items.length === 0) return []
    if (resource.verbs.includes('deletecollection')) await all.deleteCollection({ propagationPolicy: 'Background' })
    else {
      for (const { metadata } of items) {
        await all.delete(metadata.name, { propagationPolicy: 'Background' }).catch(ignoreNotFound)
      }
    }
    return (await all.list()).items
  } catch (error) {
    // A resource that this server does not have holds nothing.
    if (isNotFound(error) || isMethodNotSupported(error)) return []
    throw error
  }
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error
}

/** The longest grace that a running pod has left, in seconds. */
async function podEstimate({ client, namespace, deletedAt, now }: ContentScope): Promise<number> {
  const { items } = await clientOf(client, pods, namespace).list()
  const graces = items.filter((pod) => !isPodTerminal(pod)).map((pod) => pod.spec.terminationGracePeriodSeconds ?? 0)
  const longest = Math.max(0, ...graces)
  return now - deletedAt > longest * 1000 ? 0 : longest
}

/** When a namespace's deletion was asked for. */
export function deletedAtOf(namespace: { readonly metadata: { readonly deletionTimestamp?: string } }): number {
  return timeOf(namespace.metadata.deletionTimestamp)
}
