import {
  type KubeObject,
  newConflict,
  newInvalid,
  newNotFound,
  type Status,
  validateDeleteOptions,
} from '@kube-bonsai/apimachinery'
import type { KeyValue } from '@kube-bonsai/storage'
import { groupKind, groupResource, type RequestContext, type Target } from '../context.ts'
import { sameObject } from './create.ts'
import { type DeletionMark, markForDeletion } from './deletion-mark.ts'
import { deepFreeze, fromStored, keyOf, withMeta } from './objects.ts'

/** The body of a delete, as the API has it. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
  /** Deletes what cannot be read; behind the gate AllowUnsafeMalformedObjectDeletion. */
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean
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

/** What became of a delete. */
export interface DeleteOutcome {
  /** The object, or a Status for the kinds that answer so when it is gone. */
  readonly body: KubeObject | Status
  readonly gone: boolean
}

/**
 * Deletes an object at once, or marks it when something holds it: a grace period, finalizers, dependents.
 * Throws a StatusError: 404, 409 for a precondition that does not hold, 422 for bad options.
 * @see staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Delete
 */
export async function deleteObject(
  context: RequestContext,
  target: Target,
  namespace: string,
  name: string,
  options: DeleteOptions & { readonly ofCollection?: boolean },
): Promise<DeleteOutcome> {
  const problems = validateDeleteOptions(options)
  if (problems.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', problems)
  const { server } = context
  const key = keyOf(target, namespace, name)
  const dryRun = (options.dryRun ?? []).length > 0
  for (;;) {
    const current = await server.storage.get(key)
    if (current === undefined) throw newNotFound(groupResource(target), name)
    const old = current.value
    checkPreconditions(target, name, old, options)
    const asked = { operation: 'DELETE' as const, target, subresource: '', namespace, dryRun, old, object: old }
    await server.admission.validate(context, { ...asked, name: options.ofCollection ? '' : name })
    const mark = markForDeletion(context, target, old, options)
    const outcome = dryRun ? mark.object : await carryOut(context, key, current, mark)
    if (outcome === undefined) continue
    if (mark.removes && !dryRun) await server.writeHooks.afterDelete(context, target, outcome)
    return { body: answer(target, outcome, mark.removes), gone: mark.removes }
  }
}

function checkPreconditions(target: Target, name: string, object: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {}
  const { metadata } = object
  // These kinds compare by themselves, and word it in their way.
  const isNamespace = object.kind === 'Namespace' || object.kind === 'CustomResourceDefinition'
  if (uid !== undefined && uid !== metadata.uid) {
    throw isNamespace
      ? namespaceConflict(target, name, 'UID', uid, metadata.uid)
      : conflict(target, name, 'UID', uid, metadata.uid, 'The object might have been deleted and then recreated')
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw isNamespace
      ? namespaceConflict(target, name, 'ResourceVersion', resourceVersion, metadata.resourceVersion)
      : conflict(
          target,
          name,
          'ResourceVersion',
          resourceVersion,
          metadata.resourceVersion,
          'The object might have been modified',
        )
  }
}

/** Names the kind where other conflicts name the resource, as upstream does here. */
function conflict(
  target: Target,
  name: string,
  what: string,
  asked: string,
  actual: string | undefined,
  why: string,
): Error {
  const { group, kind } = groupKind(target)
  const text = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${actual ?? ''}). ${why}`
  return newConflict({ group, resource: kind }, name, text)
}

function namespaceConflict(
  target: Target,
  name: string,
  what: string,
  asked: string,
  actual: string | undefined,
): Error {
  const text = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${actual ?? ''}`
  return newConflict(groupResource(target), name, text)
}

/** Stores the mark and removes the object where that is due; undefined when another write came first. */
async function carryOut(
  context: RequestContext,
  key: string,
  current: KeyValue<KubeObject>,
  { object, removes }: DeletionMark,
): Promise<KubeObject | undefined> {
  const { storage } = context.server
  const at = (value: KubeObject, revision: number) => deepFreeze(withMeta(value, { resourceVersion: String(revision) }))
  let latest = current
  if (!sameObject(object, current.value)) {
    const put = { type: 'put' as const, key, value: (revision: number) => at(object, revision) }
    const result = await storage.txn([{ key, modRevision: current.modRevision }], [put])
    const [stored] = result.succeeded ? result.items : []
    if (stored === undefined) return undefined
    latest = stored
  }
  if (!removes) return latest.value
  const result = await storage.txn([{ key, modRevision: latest.modRevision }], [{ type: 'delete', key, value: at }])
  return result.succeeded ? at(latest.value, result.revision) : undefined
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
