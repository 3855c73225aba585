import { isNotFound } from '@kube-bonsai/apimachinery'
import { type Namespace, type NamespaceDraft, namespaces } from '../api/core.ts'
import { keyOf } from '../api/meta.ts'
import { clientOf, clusterScoped, informerOf, type ResourceRef } from '../api/resources.ts'
import type { Controller, ControllerContext } from '../controller.ts'
import { type CustomResourceDefinition, customResource, type DeletableResource } from '../discovery/resources.ts'
import { Loop } from '../shell/loop.ts'
import { semanticallyEqual } from '../values/equality.ts'
import { namespaceConditions } from './conditions.ts'
import { deleteContent, deletedAtOf } from './delete-content.ts'

const name = 'namespace-controller'
const grace = 5000
const finalizer = 'kubernetes'

export const definitions: ResourceRef<CustomResourceDefinition> = clusterScoped(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
)

/** Content is left although nothing explains why. */
export class NamespaceContentError extends Error {
  readonly failures: readonly string[]

  constructor(failures: readonly string[]) {
    super(failures.length === 1 ? (failures[0] ?? '') : `[${failures.join(', ')}]`)
    this.name = 'NamespaceContentError'
    this.failures = failures
  }
}

async function customResources({ client }: ControllerContext): Promise<readonly DeletableResource[]> {
  try {
    const { items } = await clientOf(client, definitions).list()
    return items.map((definition) => customResource(definition)).filter((one) => one !== undefined)
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

/**
 * Empties namespaces that are being deleted, pods first, and lets them go.
 *
 * @param resources what the server serves; resources without namespaces are skipped
 * @see pkg/controller/namespace/deletion/namespaced_resources_deleter.go
 */
export function namespaceController(resources: () => readonly DeletableResource[]): Controller {
  return { name, start: (context) => startNamespaces(context, resources) }
}

function startNamespaces(context: ControllerContext, resources: () => readonly DeletableResource[]): Loop {
  const all = informerOf(context.informers, namespaces)
  const client = clientOf(context.client, namespaces)
  const loop: Loop = new Loop({ name, context, sync })
  const add = (namespace: Namespace): void => {
    if (namespace.metadata.deletionTimestamp !== undefined) loop.queue.addAfter(keyOf(namespace), grace)
  }

  async function sync(key: string): Promise<void> {
    const cached = all.store.get(key)
    if (cached?.metadata.deletionTimestamp === undefined) return
    try {
      await empty(await client.get(key), key)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  async function empty(namespace: Namespace, key: string): Promise<void> {
    if (namespace.metadata.deletionTimestamp === undefined) return
    if (!(namespace.spec?.finalizers ?? []).includes(finalizer)) return
    const current =
      namespace.status?.phase === 'Terminating' ? namespace : await writeStatus(namespace, { phase: 'Terminating' })
    const served = [...resources(), ...(await customResources(context))]
    const now = context.clock.now()
    const deletedAt = deletedAtOf(namespace)
    const left = await deleteContent({ client: context.client, namespace: key, deletedAt, now, resources: served })
    const conditions = namespaceConditions(current.status?.conditions, left, context.clock.now())
    const noted = await writeStatus(current, { conditions })
    if (left.failures.length > 0) throw new NamespaceContentError(left.failures)
    if (left.estimate > 0) {
      loop.queue.addAfter(key, (Math.floor(left.estimate / 2) + 1) * 1000)
      return
    }
    const finalizers = (noted.spec?.finalizers ?? []).filter((one) => one !== finalizer)
    await client.updateSubresource(key, 'finalize', { ...noted, spec: { ...noted.spec, finalizers } } as NamespaceDraft)
  }

  async function writeStatus(namespace: Namespace, change: NonNullable<Namespace['status']>): Promise<Namespace> {
    const status = { ...namespace.status, ...change }
    if (semanticallyEqual(status, namespace.status)) return namespace
    return client.updateStatus({ ...namespace, status })
  }

  return loop.listen(all, { onAdd: add, onUpdate: add }).run()
}
