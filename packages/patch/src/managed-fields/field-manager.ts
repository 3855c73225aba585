import {
  formatApiVersion,
  type GroupVersionKind,
  type KubeObject,
  kindOfObject,
  type ManagedFieldsEntry,
  newBadRequest,
} from '@kube-bonsai/apimachinery'
import { isMap } from '../util/json.ts'
import { differenceOf, type FieldSet, fieldSetOf, isEmptyFieldSet, unionOf } from './fields/field-set.ts'
import type { ValueType } from './schema/atom.ts'
import { checkTyped } from './typed/validate.ts'
import { capUpdateManagers } from './update/cap.ts'
import { ApplyConflicts, conflictStatus } from './update/conflicts.ts'
import { conflictsBeyondLastApplied, kubectlManager, refreshLastApplied } from './update/last-applied.ts'
import { type Managed, type Manager, managerKey, readManagedFields, writeManagedFields } from './update/managers.ts'
import { type Applied, applyManagers, updateManagers, type Versions } from './update/updater.ts'

/** How the field manager of a resource or subresource is made. */
export interface FieldManagerOptions {
  /** The kind in the version that requests speak. */
  readonly kind: GroupVersionKind
  /** Empty for the object itself. */
  readonly subresource?: string
  /** The type of the kind in a version (`apiVersion`); undefined for a version without types. */
  readonly typeIn: (apiVersion: string) => ValueType | undefined
  /** An object in another version of its group; undefined for one that is not known. Absent: there is one version. */
  readonly convert?: (object: KubeObject, apiVersion: string) => KubeObject | undefined
  /** The object as it is before it exists, with the zero values that the kind's type always has. */
  readonly zero: () => KubeObject
  /** Reads the result of an apply as the kind: unknown fields dropped, defaults filled in. */
  readonly complete: (object: KubeObject) => KubeObject
  /** Fields that writes cannot touch here, by version: those that the strategy resets. */
  readonly resetFields?: Readonly<Record<string, FieldSet>>
}

/** Fields that nobody owns. */
const unowned: FieldSet = fieldSetOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', `f:${name}`]),
)

const writer: Manager = { manager: 'current-operation', operation: 'Update', apiVersion: '', subresource: '' }

/**
 * Keeps track of who owns which fields, and applies configurations, as the API server does for one resource or subresource
 * in one version. Objects come and go in that version; nothing given is changed.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/util/managedfields/fieldmanager.go
 */
export class FieldManager {
  readonly #kind: GroupVersionKind
  readonly #subresource: string
  readonly #versions: Versions
  readonly #zero: () => KubeObject
  readonly #complete: (object: KubeObject) => KubeObject

  constructor(options: FieldManagerOptions) {
    const apiVersion = formatApiVersion(options.kind)
    const { convert = (object, version) => (version === apiVersion ? object : undefined) } = options
    this.#kind = options.kind
    this.#subresource = options.subresource ?? ''
    this.#zero = options.zero
    this.#complete = options.complete
    this.#versions = {
      apiVersion,
      typeIn: options.typeIn,
      convert: (object, version) => (object.apiVersion === version ? object : convert(object, version)),
      resetFields: options.resetFields ?? {},
    }
  }

  /**
   * The object of a create, update or patch with its managed fields.
   *
   * @param live the object as it is; undefined for a create
   * @param next the object as it will be. Managed fields that it brings count, unless this is a subresource: an empty list
   *   (or one empty entry) resets them, what cannot be read is ignored.
   * @param manager who writes; empty is `unknown`
   * @param now the time of the write, RFC 3339 in whole seconds
   */
  update(live: KubeObject | undefined, next: KubeObject, manager: string, now: string): KubeObject {
    try {
      return this.updateStrictly(live, next, manager, now)
    } catch {
      // A write does not fail for what stands in its managed fields.
      return withManagedFields(next, undefined)
    }
  }

  /**
   * As `update`, for those who want to know why an object has no managed fields then.
   *
   * @throws Error for an object whose items cannot be told apart, such as one without the keys of its list
   */
  updateStrictly(live: KubeObject | undefined, next: KubeObject, manager: string, now: string): KubeObject {
    const before = withManagedFields(live ?? this.#zero(), undefined)
    const bare = withManagedFields(next, undefined)
    try {
      const managed = this.#managedOf(live, next)
      // Managers that were reset stay so until the next apply.
      if (managed.size === 0 && live?.metadata.uid) return bare
      return withManagedFields(bare, writeManagedFields(this.#updated(before, bare, managed, manager, now)))
    } catch (error) {
      this.#explain('new', bare)
      this.#explain('live', before)
      throw error
    }
  }

  /** Throws the error of an object that does not fit its type. */
  #explain(which: 'new' | 'live', object: KubeObject): void {
    const type = this.#versions.typeIn(this.#versions.apiVersion)
    if (type === undefined) return
    try {
      checkTyped(type, object, true)
    } catch (error) {
      const { namespace = '', name = '' } = object.metadata
      const { group, version, kind } = this.#kind
      const why = error instanceof Error ? error.message : String(error)
      throw new Error(
        `failed to convert ${which} object (${namespace}/${name}; ${group}/${version}, Kind=${kind}) to smd typed: ${why}`,
      )
    }
  }

  /**
   * The live object with a configuration laid over it.
   *
   * @param live the object as it is; undefined to create it
   * @param config the configuration as it came: only the fields that its manager cares for
   * @param force take fields from others instead of failing
   * @throws StatusError 409 with a cause for each field that another manager owns, or 400 for another kind
   * @throws TypedError or Error for a configuration that does not fit its type
   */
  apply(live: KubeObject | undefined, config: unknown, manager: string, force: boolean, now: string): KubeObject {
    const wanted = this.#checked(config)
    let managed = readOrFail(live)
    let before = withManagedFields(live ?? this.#zero(), undefined)
    if (managed.size === 0) {
      const empty = this.#zero()
      managed = this.#updated(empty, before, managed, 'before-first-apply', now)
    }
    before = withManagedFields(before, undefined)
    const self: Manager = {
      manager: manager || 'unknown',
      operation: 'Apply',
      apiVersion: '',
      subresource: this.#subresource,
    }
    const attempt = (forced: boolean): Applied => applyManagers(this.#versions, before, wanted, managed, self, forced)
    let applied: Applied
    try {
      applied = attempt(force)
    } catch (error) {
      if (!(error instanceof ApplyConflicts)) throw error
      const left = manager === kubectlManager ? conflictsBeyondLastApplied(this.#versions, before, error) : error
      if (left !== undefined) throw conflictStatus(left.conflicts)
      applied = attempt(true)
    }
    const { object } = applied
    const result = this.#stripped(applied.managed, managerKey(self))
    const timed = object === undefined ? result : stamped(result, managerKey(self), now)
    let next = object === undefined ? before : this.#completed(object, wanted)
    if (manager === kubectlManager) next = refreshLastApplied(next, wanted)
    return withManagedFields(next, writeManagedFields(timed))
  }

  /** @param config what errors name */
  #completed(object: KubeObject, config: KubeObject): KubeObject {
    try {
      return this.#complete(object)
    } catch (error) {
      const { namespace = '', name = '' } = config.metadata ?? {}
      const { group, version, kind } = this.#kind
      const gvk = `${group}/${version}, Kind=${kind}`
      const problem = error instanceof Error ? error.message : String(error)
      const why = problem.startsWith('illegal base64 data') ? `error decoding from json: ${problem}` : problem
      throw new Error(
        `failed to convert new object (${namespace}/${name}; ${gvk}) to proper version: unable to convert unstructured object to ${gvk}: ${why}`,
      )
    }
  }

  #managedOf(live: KubeObject | undefined, next: KubeObject): Managed {
    const ofLive = () => {
      try {
        return readManagedFields(live?.metadata.managedFields)
      } catch {
        return readManagedFields(undefined)
      }
    }
    if (this.#subresource !== '') return ofLive()
    const given = next.metadata.managedFields
    if (isReset(given)) return readManagedFields(undefined)
    try {
      const managed = readManagedFields(given)
      return managed.size === 0 ? ofLive() : managed
    } catch {
      return ofLive()
    }
  }

  #updated(live: KubeObject, next: KubeObject, managed: Managed, manager: string, now: string): Managed {
    const { apiVersion } = this.#versions
    const self: Manager = {
      manager: manager || 'unknown',
      operation: 'Update',
      apiVersion,
      subresource: this.#subresource,
    }
    const key = managerKey(writer)
    const updated = new Map(this.#stripped(updateManagers(this.#versions, live, next, managed, writer), key))
    const taken = updated.get(key)
    if (taken !== undefined) {
      updated.delete(key)
      const known = updated.get(managerKey(self))
      const fields = known === undefined ? taken.fields : unionOf(taken.fields, known.fields)
      updated.set(managerKey(self), { manager: self, apiVersion, fields, time: now })
    }
    return capUpdateManagers(updated)
  }

  #stripped(managed: Managed, key: string): Managed {
    const own = managed.get(key)
    if (own === undefined) return managed
    const fields = differenceOf(own.fields, unowned)
    const result = new Map(managed)
    if (isEmptyFieldSet(fields)) result.delete(key)
    else result.set(key, { ...own, fields })
    return result
  }

  #checked(config: unknown): KubeObject {
    const given = isMap(config) ? config : {}
    const { group, version, kind } = kindOfObject(given)
    const { group: wantedGroup, version: wantedVersion, kind: wantedKind } = this.#kind
    if (group !== wantedGroup || version !== wantedVersion || kind !== wantedKind)
      throw newBadRequest(`invalid object type: ${group}/${version}, Kind=${kind}`)
    const metadata = isMap(given.metadata) ? given.metadata : {}
    if (Array.isArray(metadata.managedFields)) throw newBadRequest('metadata.managedFields must be nil')
    const type = this.#versions.typeIn(this.#versions.apiVersion)
    if (type === undefined) throw new Error(`no corresponding type for ${group}/${version}, Kind=${kind}`)
    try {
      checkTyped(type, config, false)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const name = `${text(metadata.namespace)}/${text(metadata.name)}`
      throw new Error(`failed to create typed patch object (${name}; ${group}/${version}, Kind=${kind}): ${why}`)
    }
    return config as KubeObject
  }
}

function readOrFail(live: KubeObject | undefined): Managed {
  try {
    return readManagedFields(live?.metadata.managedFields)
  } catch (error) {
    throw new Error(`failed to decode managed fields: ${error instanceof Error ? error.message : error}`)
  }
}

function stamped(managed: Managed, key: string, time: string): Managed {
  const own = managed.get(key)
  return own === undefined ? managed : new Map(managed).set(key, { ...own, time })
}

function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false
  const [first] = entries
  return first === undefined || (entries.length === 1 && Object.values(first).every((value) => value === undefined))
}

/** The same object with these managed fields. */
export function withManagedFields<T extends KubeObject>(
  object: T,
  entries: readonly ManagedFieldsEntry[] | undefined,
): T {
  const { managedFields, ...metadata } = object.metadata ?? {}
  if (entries === undefined) return managedFields === undefined ? object : { ...object, metadata }
  return { ...object, metadata: { ...metadata, managedFields: entries } }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
