import {
  type ApiResponse,
  type KubeObject,
  newBadRequest,
  newConflict,
  newInvalid,
  validatePatchOptions,
} from '@kube-bonsai/apimachinery'
import { repeatedLinesError, repeatedLinesOf } from '../codec/body-source.ts'
import { groupResource, type RequestContext, type Target } from '../context.ts'
import { asRefusal, fieldManagerOf, loadManagedVersions } from '../managed-fields/tracker.ts'
import { withMeta } from '../registry/objects.ts'
import { type UpdateOptions, updateObject, versionMissing } from '../registry/update.ts'
import type { Query } from '../request/query.ts'

/** The media type of a configuration to apply. */
export const applyType = 'application/apply-patch+yaml'

/**
 * Checks the options of a patch.
 *
 * @throws StatusError 422 naming every option that is wrong
 */
export function checkPatchOptions(query: Query, apply: boolean): void {
  const force = query.has('force') ? query.flag('force') : undefined
  const fieldValidation = query.text('fieldValidation')
  const dryRun = query.all('dryRun')
  const options = {
    fieldManager: query.text('fieldManager'),
    ...(dryRun.length > 0 && { dryRun }),
    ...(fieldValidation !== '' && { fieldValidation }),
    ...(force !== undefined && { force }),
  }
  const errors = validatePatchOptions(options, apply)
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors)
}

/** A configuration to apply, and where. */
export interface Application {
  readonly options: UpdateOptions
  readonly config: unknown
  readonly force: boolean
  /** Ignore, Warn or Strict; empty is Warn. */
  readonly fieldValidation: string
}

/**
 * Applies a configuration: 201 when that made the object, or 200. Throws a StatusError: 409 for fields of others or another
 * uid, 400 for another name, the plain 500 of upstream for a configuration that does not fit its type.
 */
export async function applyObject(
  context: RequestContext,
  target: Target,
  { options, config, force, fieldValidation }: Application,
): Promise<ApiResponse> {
  const { namespace, name } = options
  const { object, created } = await updateObject(context, target, { ...options, applied: true }, async (current) => {
    await loadManagedVersions(target, current?.metadata.managedFields)
    const manager = fieldManagerOf(context, target, options.subresource)
    const given = config ?? {}
    if (typeof given !== 'object' || Array.isArray(given)) throw undecodable(given)
    const next = asRefusal(() => manager.apply(current, given, context.fieldManager, force, context.now))
    checkRepeatedKeys(given, fieldValidation, context)
    const made = checkedUid(target, next, current, name)
    return placedAndNamed(target, asksForVersion(given) ? made : unversioned(made), namespace, name)
  })
  return { status: created ? 201 : 200, headers: {}, body: object }
}

/** Without a version of its own an apply is tried again until no other write comes between. */
function unversioned(object: KubeObject): KubeObject {
  return withMeta(object, { resourceVersion: undefined })
}

function asksForVersion(config: object): boolean {
  const { metadata } = config as { readonly metadata?: { readonly resourceVersion?: unknown } | null }
  return typeof metadata?.resourceVersion === 'string' && metadata.resourceVersion !== ''
}

function checkRepeatedKeys(config: object, fieldValidation: string, context: RequestContext): void {
  const lines = repeatedLinesOf(config)
  if (lines.length === 0 || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Strict') {
    const why = `error converting YAML to JSON: ${repeatedLinesError(lines)}`
    throw newBadRequest(`error strict decoding YAML: ${why}`)
  }
  for (const line of lines) context.warn(line)
}

function undecodable(config: unknown): Error {
  const type = Array.isArray(config) ? 'array' : typeof config === 'boolean' ? 'bool' : typeof config
  const why = `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`
  return newBadRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`)
}

/** An object that does not exist yet cannot be asked for by its uid; its version is the server's to give. */
function checkedUid(target: Target, next: KubeObject, current: KubeObject | undefined, name: string): KubeObject {
  if (current !== undefined) return next
  const { uid } = next.metadata
  if (uid) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    throw newConflict(groupResource(target), name, why)
  }
  return unversioned(next)
}

/**
 * The object that a patch made, without a version where it has that of the current one: such a patch is tried again until
 * no other write comes between. Throws a 422 where a patch took the version away that the kind needs.
 */
export function patchedVersion(target: Target, object: KubeObject, current: KubeObject, name: string): KubeObject {
  const version = object.metadata.resourceVersion ?? ''
  if (version === '' && !target.strategy.allowUnconditionalUpdate) throw versionMissing(target, name)
  return version === current.metadata.resourceVersion ? unversioned(object) : object
}

/** The object with the namespace of the request. Throws a 400 for another namespace, or another name. */
export function placedAndNamed({ info }: Target, object: KubeObject, namespace: string, name: string): KubeObject {
  const placed = inNamespace(info.namespaced, object, namespace)
  const own = placed.metadata.name ?? ''
  if (own === '')
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (own !== name) throw newBadRequest(`the name of the object (${own}) does not match the name on the URL (${name})`)
  return placed
}

function inNamespace(namespaced: boolean, object: KubeObject, namespace: string): KubeObject {
  const own = object.metadata.namespace ?? ''
  if (own === '' || !namespaced) {
    return own === namespace ? object : withMeta(object, { namespace: namespace === '' ? undefined : namespace })
  }
  if (own === namespace) return object
  throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
}
