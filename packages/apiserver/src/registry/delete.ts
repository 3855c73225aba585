import {
  formatTime,
  instantOfMillis,
  type KubeObject,
  newConflict,
  newInvalid,
  newNotFound,
  type Status,
  validateDeleteOptions,
} from '@kube-bonsai/apimachinery'
import type { KeyValue } from '@kube-bonsai/storage'
import { groupResource, type RequestContext, type Target } from '../context.ts'
import { deepFreeze, fromStored, keyOf, withMeta } from './objects.ts'

/** The body of a delete, as the API has it. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

// Kinds that answer with the object even when it is gone at once.
const returnsObject = new Set([
  'namespaces',
  'persistentvolumes',
  'persistentvolumeclaims',
  'pods',
  'podtemplates',
  'resourcequotas',
  'services',
  'serviceaccounts',
  'deviceclasses',
  'devicetaintrules',
  'resourceclaims',
  'resourceclaimtemplates',
  'resourceslices',
  'csidrivers',
  'csinodes',
  'storageclasses',
  'volumeattachments',
  'volumeattributesclasses',
])
const foreground = 'foregroundDeletion'
const orphan = 'orphan'

/**
 * Deletes an object at once, or marks it when something holds it: a grace period, finalizers, dependents.
 * Resolves with the object as long as it is there (or for kinds that always answer so), else with a Status.
 * @see staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete
 */
export async function deleteObject(
  context: RequestContext,
  target: Target,
  namespace: string,
  name: string,
  options: DeleteOptions,
): Promise<KubeObject | Status> {
  const problems = validateDeleteOptions(options)
  if (problems.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', problems)
  const { server } = context
  const key = keyOf(target, namespace, name)
  const dryRun = (options.dryRun ?? []).length > 0
  for (;;) {
    const current = await server.storage.get(key)
    if (current === undefined) throw newNotFound(groupResource(target), name)
    checkPreconditions(target, name, current.value, options)
    await server.admission.validate(context, {
      operation: 'DELETE',
      target,
      subresource: '',
      namespace,
      name,
      dryRun,
      old: current.value,
      object: current.value,
    })
    const marked = mark(context, target, current.value, options)
    if (marked === current.value) return fromStored(target, current.value)
    if (dryRun) return answer(target, marked ?? current.value, marked === undefined)
    const result = await commit(context, key, current, marked)
    if (result) return answer(target, result, marked === undefined)
  }
}

function checkPreconditions(
  target: Target,
  name: string,
  { metadata }: KubeObject,
  { preconditions }: DeleteOptions,
): void {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid !== undefined && uid !== metadata.uid) {
    throw newConflict(
      groupResource(target),
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw newConflict(
      groupResource(target),
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    )
  }
}

/** The object as it waits for its end; undefined when it can go at once; itself when nothing changes. */
function mark(
  context: RequestContext,
  target: Target,
  object: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  const { metadata } = object
  const finalizers = withPropagation(target, metadata.finalizers ?? [], options)
  const plan = target.strategy.planDelete?.(object, options.gracePeriodSeconds)
  const grace = Math.max(0, plan?.gracePeriodSeconds ?? 0)
  const started = metadata.deletionTimestamp !== undefined
  if (grace === 0 && finalizers.length === 0 && !isHeldNamespace(object)) return undefined
  const before = metadata.deletionGracePeriodSeconds ?? 0
  if (started && (before === 0 || grace >= before)) {
    const same = finalizers.length === (metadata.finalizers ?? []).length
    return same ? object : withMeta(object, { finalizers })
  }
  const { clock } = context.server
  const generation = metadata.generation
  return terminating(
    withMeta(object, {
      deletionTimestamp: formatTime(instantOfMillis(clock.now() + grace * 1000)),
      deletionGracePeriodSeconds: grace,
      finalizers: finalizers.length > 0 ? finalizers : undefined,
      generation: generation === undefined || started ? generation : generation + 1,
    }),
  )
}

function isHeldNamespace(object: KubeObject): boolean {
  const { spec } = object as { readonly spec?: { readonly finalizers?: readonly string[] } }
  return object.kind === 'Namespace' && (spec?.finalizers ?? []).length > 0
}

function terminating(object: KubeObject): KubeObject {
  if (object.kind !== 'Namespace') return object
  const { status } = object as { readonly status?: object }
  const changed: KubeObject & { readonly status: object } = { ...object, status: { ...status, phase: 'Terminating' } }
  return changed
}

/** The finalizers that make garbage collection do what was asked. */
function withPropagation(target: Target, finalizers: readonly string[], options: DeleteOptions): readonly string[] {
  const fallback = target.strategy.defaultGarbageCollection
  if (fallback === 'unsupported') return finalizers
  const { propagationPolicy, orphanDependents } = options
  const kept = finalizers.some((name) => name === orphan || name === foreground)
  const policy =
    propagationPolicy ?? (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background')
  if (policy === undefined) return kept || fallback !== 'orphan' ? finalizers : [...finalizers, orphan]
  const others = finalizers.filter((name) => name !== orphan && name !== foreground)
  if (policy === 'Orphan') return [...others, orphan]
  return policy === 'Foreground' ? [...others, foreground] : others
}

async function commit(
  context: RequestContext,
  key: string,
  current: KeyValue<KubeObject>,
  marked: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  const at = (object: KubeObject, revision: number) =>
    deepFreeze(withMeta(object, { resourceVersion: String(revision) }))
  const compare = [{ key, modRevision: current.modRevision }]
  const { storage } = context.server
  if (marked === undefined) {
    const result = await storage.txn(compare, [{ type: 'delete', key, value: at }])
    return result.succeeded ? at(current.value, result.revision) : undefined
  }
  const result = await storage.txn(compare, [{ type: 'put', key, value: (revision) => at(marked, revision) }])
  return result.succeeded ? result.items[0]?.value : undefined
}

function answer(target: Target, object: KubeObject, gone: boolean): KubeObject | Status {
  if (!gone || returnsObject.has(target.info.resource)) return fromStored(target, object)
  const { name = '', uid = '' } = object.metadata
  const { group, resource } = target.info
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group !== '' && { group }), kind: resource, uid },
  }
}
