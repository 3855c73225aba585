import { deepEqual, type KubeObject } from '@kube-bonsai/apimachinery'
import { asJson } from '../../util/json.ts'
import {
  differenceOf,
  emptyFieldSet,
  type FieldSet,
  intersectionOf,
  isEmptyFieldSet,
  recursiveDifferenceOf,
  unionOf,
} from '../fields/field-set.ts'
import type { ValueType } from '../schema/atom.ts'
import { type Comparison, compareTyped } from '../typed/compare.ts'
import { fieldSetOfValue } from '../typed/field-set-of.ts'
import { mergeTyped } from '../typed/merge.ts'
import { reconcileFieldSet } from '../typed/reconcile.ts'
import { ApplyConflicts, conflictsOf } from './conflicts.ts'
import { type Managed, type ManagedSet, type Manager, managerKey } from './managers.ts'
import { prune } from './prune.ts'

/** What the rules of managed fields need to know of a kind. */
export interface Versions {
  /** The version that the request speaks. */
  readonly apiVersion: string
  /** The type of the kind in a version; undefined for a version without types. */
  typeIn(apiVersion: string): ValueType | undefined
  /** An object in another version of its group; undefined for a version that is not known. */
  convert(object: KubeObject, apiVersion: string): KubeObject | undefined
  /** Fields that a write through this resource or subresource cannot touch, by version. */
  readonly resetFields: Readonly<Record<string, FieldSet>>
}

interface Updated {
  readonly managed: Map<string, ManagedSet>
  readonly comparison: Comparison
}

/** Takes the fields of `set` from a managed set. */
function take(owned: ManagedSet, set: FieldSet): ManagedSet {
  const fields = differenceOf(owned.fields, set)
  return fields === owned.fields ? owned : { ...owned, fields }
}

/**
 * Who owns what after a write that made `next` of `live`.
 *
 * @param self the writer; what it owned before is not looked at
 */
export function updateManagers(
  versions: Versions,
  live: KubeObject,
  next: KubeObject,
  given: Managed,
  self: Manager,
): Managed {
  const key = managerKey(self)
  const { managed, comparison } = settle(versions, live, next, reconciled(versions, live, given), key, true)
  const { apiVersion } = versions
  const before = managed.get(key)?.fields ?? emptyFieldSet
  const own = unionOf(unionOf(differenceOf(before, comparison.removed), comparison.modified), comparison.added)
  const fields = filtered(versions, apiVersion, own)
  if (isEmptyFieldSet(fields)) managed.delete(key)
  else managed.set(key, { manager: self, fields, apiVersion })
  return managed
}

/** What an apply makes. */
export interface Applied {
  /** Undefined when the apply changes nothing. */
  readonly object: KubeObject | undefined
  readonly managed: Managed
}

/**
 * Lays what an applier wants over the live object, and takes away what it wanted before and does not want any more.
 *
 * @throws ApplyConflicts when others own what it would change, unless `force`
 * @throws TypedError where the two cannot be merged
 */
export function applyManagers(
  versions: Versions,
  live: KubeObject,
  config: KubeObject,
  given: Managed,
  self: Manager,
  force: boolean,
): Applied {
  const { apiVersion } = versions
  const key = managerKey(self)
  const type = typeIn(versions, apiVersion)
  const managed = reconciled(versions, live, given)
  const merged = object(mergeTyped(type, asJson(live), asJson(config)), live)
  const last = managed.get(key)
  const time = last?.time
  const fields = filtered(versions, apiVersion, fieldSetOfValue(type, config))
  managed.set(key, { manager: self, fields, apiVersion, ...(time !== undefined && { time }) })
  const next = prune(versions, merged, managed, last)
  const settled = settle(versions, live, next, managed, key, force)
  return { object: deepEqual(live, next) ? undefined : next, managed: settled.managed }
}

/** Takes from everybody but the writer what it changed or removed. */
function settle(
  versions: Versions,
  live: KubeObject,
  next: KubeObject,
  given: Managed,
  self: string,
  force: boolean,
): Updated {
  const managed = new Map(given)
  const comparisons = new Map<string, Comparison | undefined>()
  const compared = (apiVersion: string): Comparison | undefined => {
    if (!comparisons.has(apiVersion)) comparisons.set(apiVersion, compareIn(versions, live, next, apiVersion))
    return comparisons.get(apiVersion)
  }
  const comparison = compared(versions.apiVersion)
  if (comparison === undefined) throw new Error(`no corresponding type for ${versions.apiVersion}`)
  const conflicting = new Map<string, ManagedSet>()
  for (const [key, owned] of given) {
    if (key === self) continue
    const changes = compared(owned.apiVersion)
    if (changes === undefined) {
      managed.delete(key)
      continue
    }
    const taken = intersectionOf(owned.fields, unionOf(changes.modified, changes.added))
    if (!isEmptyFieldSet(taken)) conflicting.set(key, { ...owned, fields: taken })
    managed.set(key, take(take(owned, taken), changes.removed))
  }
  if (!force && conflicting.size > 0) {
    const sorted = [...conflicting].sort(([a], [b]) => (a < b ? -1 : 1))
    throw new ApplyConflicts(conflictsOf(sorted.map(([, set]) => set)))
  }
  for (const [key, { fields }] of managed) if (isEmptyFieldSet(fields)) managed.delete(key)
  return { managed, comparison }
}

function compareIn(versions: Versions, live: KubeObject, next: KubeObject, apiVersion: string): Comparison | undefined {
  const type = versions.typeIn(apiVersion)
  const before = versions.convert(live, apiVersion)
  const after = versions.convert(next, apiVersion)
  if (type === undefined || before === undefined || after === undefined) return undefined
  const { removed, modified, added } = compareTyped(type, before, after)
  const keep = (set: FieldSet) => filtered(versions, apiVersion, set)
  return { removed: keep(removed), modified: keep(modified), added: keep(added) }
}

function reconciled(versions: Versions, live: KubeObject, given: Managed): Map<string, ManagedSet> {
  const result = new Map<string, ManagedSet>()
  for (const [key, owned] of given) {
    const type = versions.typeIn(owned.apiVersion)
    if (type === undefined) continue
    if (owned.apiVersion !== versions.apiVersion && versions.convert(live, owned.apiVersion) === undefined) continue
    const fields = reconcileFieldSet(type, owned.fields)
    result.set(key, fields === owned.fields ? owned : { ...owned, fields })
  }
  return result
}

function filtered({ resetFields }: Versions, apiVersion: string, set: FieldSet): FieldSet {
  const reset = Object.hasOwn(resetFields, apiVersion) ? resetFields[apiVersion] : undefined
  return reset === undefined ? set : recursiveDifferenceOf(set, reset)
}

function typeIn(versions: Versions, apiVersion: string): ValueType {
  const type = versions.typeIn(apiVersion)
  if (type === undefined) throw new Error(`no corresponding type for ${apiVersion}`)
  return type
}

function object(value: unknown, like: KubeObject): KubeObject {
  return typeof value === 'object' && value !== null ? (value as KubeObject) : like
}
