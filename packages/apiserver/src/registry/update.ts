import { asStored, type UpdateStrategy, updatedMetadataErrors } from '@kube-bonsai/api-strategies'
import {
  FieldPath,
  invalid,
  type KubeObject,
  newConflict,
  newInvalid,
  newNotFound,
  type StatusError,
} from '@kube-bonsai/apimachinery'
import type { KeyValue } from '@kube-bonsai/storage'
import { confirmReferences } from '../authorization/references.ts'
import { groupKind, groupResource, type RequestContext, type Target } from '../context.ts'
import { withoutIdleTimestamps } from '../managed-fields/timestamps.ts'
import { fromRequest, loadManagedVersions, tracked, withSoundFields } from '../managed-fields/tracker.ts'
import { isIncomplete } from './bytes.ts'
import { withCheckedContext } from './checked-context.ts'
import { createObject, sameObject } from './create.ts'
import { deepFreeze, etcdKey, fromStored, keyOf, toStored, withMeta } from './objects.ts'
import { readVersion } from './versions.ts'
import { withHooks } from './write-hooks.ts'

/** How to update. */
export interface UpdateOptions {
  readonly namespace: string
  readonly name: string
  /** Empty for the object itself. */
  readonly subresource: string
  readonly dryRun: boolean
  /** The rules of the subresource; the kind's own when absent. */
  readonly rules?: UpdateStrategy
  /** Whether a missing object may be created (PUT of kinds that allow it). */
  readonly mayCreate: boolean
  /** Patches name no version of their own and are tried again until they win. */
  readonly unconditional?: boolean
  /** Subresources that write past the strategy (binding) skip admission of updates and validation. */
  readonly direct?: boolean
  /** True when the wanted object brings the managed fields that it is to have: it comes from an apply, or a scale. */
  readonly applied?: boolean
}

/** What became of an update. */
export interface UpdateOutcome {
  readonly object: KubeObject
  readonly created: boolean
}

/** Makes the wanted object from the current one, both in the version that the request speaks. Called again when another write came between. */
export type Mutation = (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/**
 * Changes an object, or with `mayCreate` makes it. A write that changes nothing stores nothing.
 * Throws a StatusError: 404, 409 for a stale version or another uid, 422; nothing has changed then.
 * @see staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Update
 */
export async function updateObject(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  mutate: Mutation,
): Promise<UpdateOutcome> {
  const { storage } = context.server
  const key = keyOf(target, options.namespace, options.name)
  for (;;) {
    const current = await storage.get(key)
    if (current === undefined) return createInstead(context, target, options, mutate)
    const wanted = await mutate(fromStored(target, current.value))
    const asked = wanted.metadata.resourceVersion ?? ''
    const conditional = asked !== '' && asked !== '0'
    checkPreconditions(target, options, wanted, current, conditional)
    const admitted = await admit(context, target, options, wanted, current.value)
    const stored = await withUpdateHooks(context, target, options, admitted, current.value, (object) =>
      store(context, target, options, object, current),
    )
    if (stored !== undefined) return { object: fromStored(target, stored), created: false }
    if (conditional) throw newConflict(groupResource(target), options.name, modified)
  }
}

/** Subresources have no part in what a kind does around its writes. */
async function withUpdateHooks(
  context: RequestContext,
  target: Target,
  { dryRun, subresource, direct }: UpdateOptions,
  object: KubeObject,
  old: KubeObject,
  run: (object: KubeObject) => Promise<KubeObject | undefined>,
): Promise<KubeObject | undefined> {
  if (subresource !== '' || direct) return run(object)
  const outcome = await withHooks(context, target, dryRun, object, old, async (begun) => ({ stored: await run(begun) }))
  return outcome.stored
}

/** Checks an update and stores it; undefined when another write came first. */
async function store(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  object: KubeObject,
  current: KeyValue<KubeObject>,
): Promise<KubeObject | undefined> {
  const next = options.direct ? object : await checked(context, target, options, object, current.value)
  if (options.dryRun) return next
  const unchanged = sameObject(
    withMeta(next, { resourceVersion: current.value.metadata.resourceVersion }),
    current.value,
  )
  const finished = isFinished(next, current.value)
  const stale = isIncomplete(current.value) || target.custom?.isStale(current.value)
  if (unchanged && !finished && !stale) return current.value
  const stored = await commit(context, keyOf(target, options.namespace, options.name), next, current)
  if (stored !== undefined && finished) await context.server.writeHooks.afterDelete(context, target, stored)
  return stored
}

async function createInstead(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  mutate: Mutation,
): Promise<UpdateOutcome> {
  if (!options.mayCreate || (!options.applied && !target.strategy.allowCreateOnUpdate))
    throw newNotFound(groupResource(target), options.name)
  const wanted = await mutate(undefined)
  if (wanted.metadata.resourceVersion) throw newNotFound(groupResource(target), options.name)
  const { namespace, dryRun, applied = false } = options
  const made = withMeta(wanted, { uid: undefined })
  const object = await createObject(context, target, made, { namespace, dryRun, applied, byUpdate: true })
  return { object, created: true }
}

/** The 409 for a write that is meant for an object of the same name that is gone. */
export function uidConflict(
  target: Target,
  namespace: string,
  name: string,
  { asked, actual }: { readonly asked: string; readonly actual: string | undefined },
): StatusError {
  const key = etcdKey(target, namespace, name)
  const why = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${actual}`
  const text = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
  return newConflict(groupResource(target), name, text)
}

function checkPreconditions(
  target: Target,
  options: UpdateOptions,
  wanted: KubeObject,
  current: KeyValue<KubeObject>,
  conditional: boolean,
): void {
  const { name } = options
  const { uid, resourceVersion } = wanted.metadata
  const actual = current.value.metadata
  if (uid && uid !== actual.uid && !options.unconditional)
    throw uidConflict(target, options.namespace, name, { asked: uid, actual: actual.uid })
  if (conditional) readVersion(resourceVersion ?? '', 'update')
  if (conditional && resourceVersion !== actual.resourceVersion)
    throw newConflict(groupResource(target), name, modified)
  if (!conditional && !options.unconditional && !options.direct && !target.strategy.allowUnconditionalUpdate)
    throw versionMissing(target, name)
}

/** The 422 for a write that has to name the version that it changes, and does not. */
export function versionMissing({ info }: Target, name: string): StatusError {
  const error = invalid(FieldPath.of('metadata', 'resourceVersion'), 0, 'must be specified for an update')
  return newInvalid({ group: info.group, kind: info.resource }, name, [error])
}

/** The object that a request wants, with system fields, defaults and what admission makes of it. */
async function admit(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  wanted: KubeObject,
  old: KubeObject,
): Promise<KubeObject> {
  const { strategy } = target
  const { metadata } = old
  let object = withMeta(options.direct ? toStored(target, wanted) : fromRequest(context, target, wanted), {
    // Patches may not change it either, but validation is to say so.
    uid: (options.unconditional && wanted.metadata.uid) || metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    // A write can neither take back nor change a deletion; one that was never asked for fails validation.
    ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
    ...(metadata.deletionGracePeriodSeconds !== undefined && {
      deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    }),
    generation: metadata.generation,
    resourceVersion: metadata.resourceVersion,
    selfLink: undefined,
  })
  if (options.direct) return object
  if (!options.applied) {
    await loadManagedVersions(target, wanted.metadata.managedFields, metadata.managedFields)
    object = tracked(context, target, options.subresource, old, object)
  }
  const { subresource, namespace, name, dryRun } = options
  const attributes = { operation: 'UPDATE' as const, target, subresource, namespace, name, dryRun, old }
  const admitted = await context.server.admission.admit(context, { ...attributes, object })
  return admitted === object ? object : strategy.default(withSoundFields(context, object, admitted), context.strategy)
}

/** What the strategy makes of an update. Throws the 422, or what admission refuses with. */
async function checked(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  given: KubeObject,
  old: KubeObject,
): Promise<KubeObject> {
  const rules = options.rules ?? target.strategy
  const { subresource, namespace, name, dryRun } = options
  const prepared = rules.prepareForUpdate(given, old, context.strategy)
  const { deletionTimestamp } = old.metadata
  // No rules can take back a deletion either; those of a pod's status try.
  const begun =
    prepared.metadata.deletionTimestamp === deletionTimestamp ? prepared : withDeletion(prepared, deletionTimestamp)
  const { strategy } = await withCheckedContext(context, target, namespace)
  const errors = [
    ...updatedMetadataErrors(begun, old, target.strategy, subresource, strategy),
    ...rules.validateUpdate(begun, old, strategy),
  ]
  if (errors.length > 0) throw newInvalid(groupKind(target), name, errors)
  await confirmReferences(context, target, subresource, begun, old)
  for (const text of rules.warningsOnUpdate?.(begun, old, strategy) ?? []) context.warn(text)
  const object = withoutIdleTimestamps(asStored(begun, old), old)
  const attributes = { operation: 'UPDATE' as const, target, subresource, namespace, name, dryRun, old }
  await context.server.admission.validate(context, { ...attributes, object })
  // What is read from etcd is defaulted again.
  return target.strategy.default(object, context.strategy)
}

/** A deletion that was asked for stays; one that was not is left to validation. */
function withDeletion(object: KubeObject, deletionTimestamp: string | undefined): KubeObject {
  return deletionTimestamp === undefined ? object : withMeta(object, { deletionTimestamp })
}

/** True when an object only waited for its last finalizer. @see store.go ShouldDeleteDuringUpdate */
function isFinished(next: KubeObject, { metadata: old }: KubeObject): boolean {
  if (old.deletionTimestamp === undefined || (old.deletionGracePeriodSeconds ?? 0) !== 0) return false
  if ((next.metadata.finalizers ?? []).length > 0) return false
  const { spec } = next as { readonly spec?: { readonly finalizers?: readonly string[] } }
  return next.kind !== 'Namespace' || (spec?.finalizers ?? []).length === 0
}

/** Stores the object, or removes it when nothing holds it any more; undefined when another write came first. */
async function commit(
  context: RequestContext,
  key: string,
  next: KubeObject,
  current: KeyValue<KubeObject>,
): Promise<KubeObject | undefined> {
  const at = (object: KubeObject, revision: number) =>
    deepFreeze(withMeta(object, { resourceVersion: String(revision) }))
  const compare = [{ key, modRevision: current.modRevision }]
  if (isFinished(next, current.value)) {
    // Watchers see the object as it was stored last; the caller sees what it asked for, under the version it had.
    const result = await context.server.storage.txn(compare, [{ type: 'delete', key, value: at }])
    return result.succeeded ? next : undefined
  }
  const result = await context.server.storage.txn(compare, [
    { type: 'put', key, value: (revision) => at(next, revision) },
  ])
  return result.succeeded ? result.items[0]?.value : undefined
}
