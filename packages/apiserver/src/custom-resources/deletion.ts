import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import { isNotFound } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../context.ts'
import { deleteObject } from '../registry/delete.ts'
import type { CustomResources } from './custom-resources.ts'

/** Deletes every object of a custom resource; those with finalizers are only marked. Tells how many are left. */
export async function deleteCustomObjects(
  context: RequestContext,
  customResources: CustomResources,
  crd: CustomResourceDefinition,
): Promise<number> {
  const target = customResources.keeper(crd.metadata.name ?? '')
  if (target === undefined) return 0
  const { prefix } = target.stored
  const own = { ...context, server: target.serverFor(context.server) }
  const { items } = await own.server.storage.range({ prefix })
  for (const { value } of items) {
    const { name = '', namespace = '' } = value.metadata
    try {
      await deleteObject(own, target, namespace, name, {})
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  return (await own.server.storage.range({ prefix, limit: 1 })).count
}
