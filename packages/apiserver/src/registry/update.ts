import type { UpdateStrategy } from '@kube-bonsai/api-strategies'
import {
  FieldPath,
  invalid,
  type KubeObject,
  newConflict,
  newInvalid,
  newNotFound,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@kube-bonsai/apimachinery'
import type { KeyValue } from '@kube-bonsai/storage'
import { groupKind, groupResource, type RequestContext, type Target } from '../context.ts'
import { createObject, sameObject } from './create.ts'
import { deepFreeze, fromStored, keyOf, toStored, withMeta } from './objects.ts'

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
    const next = await prepare(context, target, options, wanted, current.value)
    if (options.dryRun) return { object: fromStored(target, next), created: false }
    const unchanged = sameObject(
      withMeta(next, { resourceVersion: current.value.metadata.resourceVersion }),
      current.value,
    )
    if (unchanged && !isFinished(next)) return { object: fromStored(target, current.value), created: false }
    const stored = await commit(context, key, next, current)
    if (stored !== undefined) return { object: fromStored(target, stored), created: false }
    if (conditional) throw newConflict(groupResource(target), options.name, modified)
  }
}

async function createInstead(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  mutate: Mutation,
): Promise<UpdateOutcome> {
  if (!options.mayCreate || !target.strategy.allowCreateOnUpdate) throw newNotFound(groupResource(target), options.name)
  const wanted = await mutate(undefined)
  if (wanted.metadata.resourceVersion) throw newNotFound(groupResource(target), options.name)
  const { namespace, dryRun } = options
  return {
    object: await createObject(context, target, withMeta(wanted, { uid: undefined }), { namespace, dryRun }),
    created: true,
  }
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
  if (uid && uid !== actual.uid) {
    throw newConflict(
      groupResource(target),
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual.uid}`,
    )
  }
  if (conditional && resourceVersion !== actual.resourceVersion)
    throw newConflict(groupResource(target), name, modified)
  if (!conditional && !options.unconditional && !options.direct && !target.strategy.allowUnconditionalUpdate) {
    const error = invalid(FieldPath.of('metadata', 'resourceVersion'), 0, 'must be specified for an update')
    throw newInvalid(groupKind(target), name, [error])
  }
}

async function prepare(
  context: RequestContext,
  target: Target,
  options: UpdateOptions,
  wanted: KubeObject,
  old: KubeObject,
): Promise<KubeObject> {
  const { strategy } = target
  const rules = options.rules ?? strategy
  const { metadata } = old
  let object = withMeta(toStored(target, wanted), {
    uid: metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp,
    deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    generation: metadata.generation,
    resourceVersion: metadata.resourceVersion,
    selfLink: undefined,
    managedFields: undefined,
  })
  if (options.direct) return object
  object = strategy.default(object, context.strategy)
  const { subresource, namespace, name, dryRun } = options
  const attributes = { operation: 'UPDATE' as const, target, subresource, namespace, name, dryRun, old }
  object = strategy.default(await context.server.admission.admit(context, { ...attributes, object }), context.strategy)
  object = rules.prepareForUpdate(object, old, context.strategy)
  const errors = rules.validateUpdate(object, old, context.strategy)
  if (errors.length > 0) throw newInvalid(groupKind(target), name, errors)
  const path = FieldPath.of('metadata')
  const general = [
    ...validateObjectMeta(object.metadata, {
      namespaced: target.stored.namespaced,
      validateName: (text, prefix) => strategy.validateName(text, prefix),
      path,
    }),
    ...validateObjectMetaUpdate(object.metadata, metadata, path),
  ]
  if (general.length > 0) throw newInvalid(groupKind(target), name, general)
  for (const text of rules.warningsOnUpdate?.(object, old, context.strategy) ?? []) context.warn(text)
  await context.server.admission.validate(context, { ...attributes, object })
  return object
}

/** True when an object only waited for its last finalizer. */
function isFinished({ metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0
  )
}

/** Stores the object, or removes it when nothing holds it any more; undefined when another write came first. */
async function commit(
  context: RequestContext,
  key: string,
  next: KubeObject,
  current: KeyValue<KubeObject>,
): Promise<KubeObject | undefined> {
  const value = (revision: number) => deepFreeze(withMeta(next, { resourceVersion: String(revision) }))
  const compare = [{ key, modRevision: current.modRevision }]
  const spec = (next as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec
  const namespaceHeld = next.kind === 'Namespace' && (spec?.finalizers ?? []).length > 0
  if (isFinished(next) && !namespaceHeld) {
    const result = await context.server.storage.txn(compare, [
      { type: 'delete', key, value: (_last, revision) => value(revision) },
    ])
    return result.succeeded ? withMeta(next, { resourceVersion: String(result.revision) }) : undefined
  }
  const result = await context.server.storage.txn(compare, [{ type: 'put', key, value }])
  return result.succeeded ? result.items[0]?.value : undefined
}
