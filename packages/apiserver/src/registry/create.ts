import { asStored, fillZeroValues, generalMetadataErrors, newMetadataErrors } from '@kube-bonsai/api-strategies'
import {
  deepEqual,
  generateName,
  type KubeObject,
  newAlreadyExists,
  newBadRequest,
  newForbidden,
  newGenerateNameConflict,
  newInvalid,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { withManagedFields } from '@kube-bonsai/patch'
import { confirmCreation } from '../authorization/further-verbs.ts'
import { confirmReferences } from '../authorization/references.ts'
import { groupKind, groupResource, type RequestContext, type Target } from '../context.ts'
import { fromRequest, loadManagedVersions, tracked, withSoundFields } from '../managed-fields/tracker.ts'
import { markIncomplete } from './bytes.ts'
import { withCheckedContext } from './checked-context.ts'
import { deepFreeze, fromStored, keyOf, withMeta } from './objects.ts'
import { withHooks } from './write-hooks.ts'

/** How to create. */
export interface CreateOptions {
  readonly namespace: string
  readonly dryRun: boolean
  /** True when the object brings the managed fields that it is to have: it comes from an apply. */
  readonly applied?: boolean
  /** True when an update, or an apply, makes the object. */
  readonly byUpdate?: boolean
}

const attempts = 8

/**
 * Creates an object: admission, defaults, system fields, strategy, validation, store.
 * Throws a StatusError; nothing is stored then.
 * @see staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Create
 */
export async function createObject(
  context: RequestContext,
  target: Target,
  given: KubeObject,
  options: CreateOptions,
): Promise<KubeObject> {
  const { server } = context
  const { strategy } = target
  const { namespace, dryRun } = options
  const fields = {
    ...systemFields(context, target, namespace),
    resourceVersion: given.metadata.resourceVersion || undefined,
  }
  let object = fromRequest(context, target, withMeta(given, fields))
  const entries = given.metadata.managedFields
  if (!options.applied) await loadManagedVersions(target, entries)
  object = withManagedFields(object, entries)
  if (!options.applied) object = tracked(context, target, '', undefined, object)
  if (target.custom?.isTerminating) {
    const why = 'create not allowed while custom resource definition is terminating'
    throw newForbidden(groupResource(target), object.metadata.name ?? '', why)
  }
  const attributes = { operation: 'CREATE' as const, target, subresource: '', namespace, dryRun, old: undefined }
  const admitted = await server.admission.admit(context, { ...attributes, name: object.metadata.name ?? '', object })
  object = admitted === object ? object : strategy.default(withSoundFields(context, object, admitted), context.strategy)
  const { generateName: base } = object.metadata
  const generated = !object.metadata.name && Boolean(base)
  for (let attempt = 1; ; attempt++) {
    const candidate = generated ? withMeta(object, { name: nameFor(context, target, base ?? '') }) : object
    const outcome = await withHooks(context, target, dryRun, candidate, undefined, (begun) =>
      store(context, target, begun, options, attempt === 1),
    )
    if (outcome.stored) return fromStored(target, outcome.stored)
    const name = candidate.metadata.name ?? ''
    if (!generated) throw alreadyExists(target, name, outcome.holder)
    if (attempt === attempts) throw newGenerateNameConflict(groupResource(target), name, 1)
  }
}

function nameFor({ server }: RequestContext, { strategy }: Target, base: string): string {
  return strategy.keepsBaseName === true ? base : generateName(base, (bound) => server.random.int(bound))
}

/** Checks an object and stores it; without `stored` when something has its name. */
async function store(
  context: RequestContext,
  target: Target,
  object: KubeObject,
  { namespace, dryRun, byUpdate }: CreateOptions,
  warns: boolean,
): Promise<{ readonly stored?: KubeObject | undefined; readonly holder?: KubeObject | undefined }> {
  const { server } = context
  const { strategy } = target
  const begun = strategy.prepareForCreate(object, context.strategy)
  validateNew(await withCheckedContext(context, target, namespace), target, begun)
  await confirmReferences(context, target, '', begun, undefined)
  if (warns) for (const text of strategy.warningsOnCreate?.(begun, context.strategy) ?? []) context.warn(text)
  const candidate = asStored(begun, undefined)
  const name = candidate.metadata.name ?? ''
  const attributes = { operation: 'CREATE' as const, target, subresource: '', namespace, dryRun, old: undefined }
  if (byUpdate) await confirmCreation(context, target, namespace, name)
  await server.admission.validate(context, { ...attributes, name, object: candidate })
  // What is read from etcd is defaulted again.
  const kept = strategy.default(candidate, context.strategy)
  // Zero values are no bytes to protobuf.
  const same = kept === candidate || deepEqual(kept, fillZeroValues(candidate, context.strategy))
  const key = keyOf(target, namespace, name)
  if (dryRun) {
    const taken = await server.storage.get(key)
    if (taken) throw alreadyExists(target, name, taken.value)
    return { stored: kept }
  }
  // Only the store minds, which is not asked when something is tried out, and which cannot read what is no number.
  if (/^0*[1-9][0-9]*$/.test(candidate.metadata.resourceVersion ?? ''))
    throw newBadRequest('resourceVersion should not be set on objects to be created')
  const value = (revision: number) => {
    const made = deepFreeze(withMeta(kept, { resourceVersion: String(revision) }))
    return same ? made : markIncomplete(made)
  }
  const result = await server.storage.txn([{ key, modRevision: 0 }], [{ type: 'put', key, value }])
  return result.succeeded ? { stored: result.items[0]?.value ?? kept } : { holder: result.current[0]?.value }
}

/** Tells whether the name will be free soon. */
function alreadyExists(target: Target, name: string, holder: KubeObject | undefined): StatusError {
  const error = newAlreadyExists(groupResource(target), name)
  if (holder?.metadata.deletionTimestamp === undefined) return error
  return new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` })
}

function systemFields(context: RequestContext, target: Target, namespace: string) {
  return {
    uid: context.server.random.uuid(),
    creationTimestamp: context.now,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    managedFields: undefined,
    namespace: target.stored.namespaced ? namespace : undefined,
  }
}

function validateNew(context: RequestContext, target: Target, object: KubeObject): void {
  const { strategy } = target
  const own = [...newMetadataErrors(object, strategy, context.strategy), ...strategy.validate(object, context.strategy)]
  const errors = own.length > 0 ? own : generalMetadataErrors(object, strategy)
  if (errors.length > 0) throw newInvalid(groupKind(target), object.metadata.name ?? '', errors)
}

/** True when two objects would be stored as the same bytes. */
export function sameObject(left: KubeObject, right: KubeObject): boolean {
  return left === right || deepEqual(left, right)
}
