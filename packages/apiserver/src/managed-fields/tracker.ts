import { asConverted, resetFieldsOf } from '@kube-bonsai/api-strategies'
import { decode, type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import {
  formatApiVersion,
  formatTime,
  type GroupVersionKind,
  instantOfMillis,
  type KubeObject,
  type ManagedFieldsEntry,
  parseApiVersion,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { builtInType, FieldManager, readManagedFields, withManagedFields, zeroObject } from '@kube-bonsai/patch'
import type { RequestContext, ServerContext, Target } from '../context.ts'
import { fromStored, toStored } from '../registry/objects.ts'

const managers = new WeakMap<ServerContext, Map<string, FieldManager>>()

/** The field manager of a resource or subresource in the version that a request speaks; made once. */
export function fieldManagerOf(context: RequestContext, target: Target, subresource: string): FieldManager {
  if (target.custom) return target.custom.fieldManager(context, subresource)
  const { server } = context
  const known = managers.get(server) ?? new Map<string, FieldManager>()
  managers.set(server, known)
  const { group, version, kind, resource } = target.info
  const key = `${group}/${version}/${resource}/${subresource}`
  const found = known.get(key) ?? createFieldManager(server, target, { group, version, kind }, subresource)
  known.set(key, found)
  return found
}

function createFieldManager(
  server: ServerContext,
  target: Target,
  kind: GroupVersionKind,
  subresource: string,
): FieldManager {
  const context = {
    gates: server.gates,
    get now() {
      return formatTime(instantOfMillis(server.clock.now()))
    },
  }
  let zero: KubeObject | undefined
  return new FieldManager({
    kind,
    subresource,
    typeIn: (apiVersion) => {
      const found = parseApiVersion(apiVersion)
      return found === undefined ? undefined : builtInType(scheme.loaded, { ...found, kind: kind.kind })
    },
    convert: (object, apiVersion) => converted(target, object, apiVersion),
    zero: () => {
      zero ??= zeroObject(scheme.loaded, kind)
      return zero
    },
    complete: (object) => asConverted(target.strategy.default(decodedAs(kind, object), context)),
    resetFields: isSilent(kind, subresource) ? {} : resetFieldsOf(kind.group, kind.kind, subresource),
  })
}

/** The storages of two subresources of pods do not pass on what their strategies reset: writers own all that they name. */
const isSilent = ({ group, kind }: GroupVersionKind, subresource: string): boolean =>
  group === '' && kind === 'Pod' && (subresource === 'resize' || subresource === 'ephemeralcontainers')

function decodedAs(kind: GroupVersionKind, object: KubeObject): KubeObject {
  const { object: read, typeErrors } = decode(scheme.loaded, kind, object)
  const [problem] = typeErrors
  if (problem !== undefined || read === undefined) throw new Error(problem ?? 'not an object')
  const made = read as unknown as KubeObject
  return made.metadata === undefined ? { ...made, metadata: {} } : made
}

/** An object in another version of its kind; undefined where there is none. */
function converted(target: Target, object: KubeObject, apiVersion: string): KubeObject | undefined {
  const from = infoIn(target, object.apiVersion)
  const to = infoIn(target, apiVersion)
  if (from === undefined || to === undefined) return undefined
  return fromStored({ ...target, info: to }, toStored({ ...target, info: from }, object))
}

function infoIn({ info }: Target, apiVersion: string): ResourceInfo | undefined {
  const found = parseApiVersion(apiVersion)
  if (found === undefined) return undefined
  const { group, version } = found
  if (group === info.group && version === info.version) return info
  return scheme.byKind({ group, version, kind: info.kind })
}

/** Loads the types of the versions in which fields of an object are managed, mostly the one that the request speaks. */
export async function loadManagedVersions(
  { info }: Target,
  ...lists: readonly (readonly ManagedFieldsEntry[] | undefined)[]
): Promise<void> {
  const own = formatApiVersion(info)
  for (const entries of lists) {
    for (const { apiVersion } of entries ?? []) {
      if (apiVersion === undefined || apiVersion === own) continue
      const found = parseApiVersion(apiVersion)
      if (found && scheme.byKind({ ...found, kind: info.kind })) await scheme.load(found.group, found.version)
    }
  }
}

/**
 * A decoded object as the server works with it: with the defaults of the version that the request speaks, in the version in
 * which objects are kept.
 */
export function fromRequest({ strategy: context }: RequestContext, target: Target, object: KubeObject): KubeObject {
  const { strategy, stored } = target
  const own = object.apiVersion === stored.apiVersion ? object : strategy.default(object, context)
  return asConverted(strategy.default(toStored(target, own), context))
}

/** The object of a write with its managed fields; all in the version in which objects are stored. */
export function tracked(
  context: RequestContext,
  target: Target,
  subresource: string,
  old: KubeObject | undefined,
  object: KubeObject,
): KubeObject {
  const manager = fieldManagerOf(context, target, subresource)
  const live = old && fromStored(target, old)
  const { metadata } = manager.update(live, fromStored(target, object), context.fieldManager, context.now)
  return withManagedFields(object, metadata.managedFields)
}

const bodyManagers = new Map<string, FieldManager>()

/**
 * The body of a create that is answered and not stored, a review or a token request, with its managed fields. The types of
 * its kind have to be loaded.
 *
 * @param subresource empty for a resource of its own
 */
export function trackedBody(
  context: RequestContext,
  kind: GroupVersionKind,
  subresource: string,
  body: KubeObject,
): KubeObject {
  const key = `${formatApiVersion(kind)}/${kind.kind}/${subresource}`
  const manager =
    bodyManagers.get(key) ??
    new FieldManager({
      kind,
      subresource,
      typeIn: (apiVersion) => (apiVersion === formatApiVersion(kind) ? builtInType(scheme.loaded, kind) : undefined),
      zero: () => zeroObject(scheme.loaded, kind),
      complete: (object) => object,
    })
  bodyManagers.set(key, manager)
  return manager.update(undefined, body, context.fieldManager, context.now)
}

/** What admission made of an object, with the managed fields from before where it left some that cannot be read. */
export function withSoundFields(context: RequestContext, before: KubeObject, admitted: KubeObject): KubeObject {
  const { managedFields } = admitted.metadata
  if (managedFields === before.metadata.managedFields) return admitted
  try {
    readManagedFields(managedFields)
    return admitted
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    context.warn(
      `.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ${why}`,
    )
    return withManagedFields(admitted, before.metadata.managedFields)
  }
}

/** Runs an apply; what is no refusal already is the plain 500 that upstream makes of such errors. */
export function asRefusal<T>(apply: () => T): T {
  try {
    return apply()
  } catch (error) {
    if (error instanceof StatusError) throw error
    throw StatusError.of({ reason: '', code: 500, message: error instanceof Error ? error.message : String(error) })
  }
}
