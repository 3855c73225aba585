import type { KubeObject } from '@kube-bonsai/apimachinery'
import { asJson } from '../../util/json.ts'
import { differenceOf, type FieldSet, intersectionOf, isEmptyFieldSet, unionOf } from '../fields/field-set.ts'
import type { ValueType } from '../schema/atom.ts'
import { fieldSetOfValue } from '../typed/field-set-of.ts'
import { withNamedFields } from '../typed/named-fields.ts'
import { removeFields } from '../typed/remove.ts'
import type { Managed, ManagedSet } from './managers.ts'
import type { Versions } from './updater.ts'

/**
 * Removes what an applier wanted last time, does not want now, and nobody else manages.
 *
 * @param merged the object with what the applier wants now
 * @param managed who owns what, with what the applier wants now
 * @param last what the applier owned before
 */
export function prune(
  versions: Versions,
  merged: KubeObject,
  managed: Managed,
  last: ManagedSet | undefined,
): KubeObject {
  if (last === undefined || isEmptyFieldSet(last.fields)) return merged
  const version = last.apiVersion
  const type = versions.typeIn(version)
  const whole = versions.convert(merged, version)
  if (type === undefined || whole === undefined) return merged
  const owned = withNamedFields(type, last.fields)
  let pruned = without(type, whole, owned)
  pruned = addBackOwned(versions, whole, pruned, version, managed)
  pruned = addBackDangling(versions, whole, pruned, type, version, owned)
  return versions.convert(pruned, versions.apiVersion) ?? merged
}

function without(type: ValueType, object: KubeObject, set: FieldSet): KubeObject {
  return isEmptyFieldSet(set) ? object : (removeFields(type, asJson(object), set) as unknown as KubeObject)
}

/** Brings back what other managers, or the applier's new wishes, still name. */
function addBackOwned(
  versions: Versions,
  whole: KubeObject,
  pruned: KubeObject,
  first: string,
  managed: Managed,
): KubeObject {
  const sets = new Map<string, FieldSet>()
  for (const { apiVersion, fields } of managed.values()) {
    const known = sets.get(apiVersion)
    sets.set(apiVersion, known === undefined ? fields : unionOf(known, fields))
  }
  // The version that was pruned comes first, so that what conversion needs is there again.
  const order = [...sets.keys()].sort((a, b) => Number(b === first) - Number(a === first))
  let result = pruned
  for (const version of order) {
    const type = versions.typeIn(version)
    const all = versions.convert(whole, version)
    const left = versions.convert(result, version)
    if (type === undefined || all === undefined || left === undefined) continue
    const had = named(type, all)
    const keep = unionOf(named(type, left), withNamedFields(type, sets.get(version) ?? {}))
    result = without(type, all, differenceOf(had, keep))
  }
  return result
}

/** Brings back what the applier never owned. */
function addBackDangling(
  versions: Versions,
  whole: KubeObject,
  pruned: KubeObject,
  type: ValueType,
  version: string,
  last: FieldSet,
): KubeObject {
  const left = versions.convert(pruned, version)
  if (left === undefined) return whole
  const gone = differenceOf(named(type, whole), named(type, left))
  return without(type, whole, intersectionOf(gone, last))
}

function named(type: ValueType, object: KubeObject): FieldSet {
  return withNamedFields(type, fieldSetOfValue(type, object))
}
