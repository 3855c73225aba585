import type { ManagedFieldsEntry } from '@kube-bonsai/apimachinery'
import { differenceOf, fieldSetHas, fieldSetOf, isEmptyFieldSet } from './fields/field-set.ts'
import type { FieldSetPath } from './fields/path-element.ts'
import { type Managed, type ManagedSet, readManagedFields, writeManagedFields } from './update/managers.ts'

const scaleVersion = 'autoscaling/v1'
const replicasInScale: FieldSetPath = ['f:spec', 'f:replicas']

type Entries = readonly ManagedFieldsEntry[] | undefined

/** Where each version of a kind keeps its replicas; undefined for a version without a scale. */
export type ReplicasPaths = Readonly<Record<string, FieldSetPath | undefined>>

/**
 * The managed fields of an object as those of its scale: who owns the replicas.
 *
 * @throws Error for entries that cannot be read
 * @see staging/src/k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go
 */
export function scaleManagedFields(parent: Entries, paths: ReplicasPaths): Entries {
  const scale = new Map<string, ManagedSet>()
  for (const [key, owned] of readManagedFields(parent)) {
    const path = pathIn(paths, owned.apiVersion)
    if (path === undefined || !fieldSetHas(owned.fields, path)) continue
    scale.set(key, { ...owned, fields: fieldSetOf(replicasInScale), apiVersion: scaleVersion })
  }
  return writeManagedFields(scale)
}

/**
 * The managed fields of an object after a write to its scale: the owner of the replicas may be another.
 *
 * @param apiVersion the version of the object in which a new owner's fields are kept
 * @throws Error for entries that cannot be read
 */
export function parentManagedFields(
  parent: Entries,
  scale: Entries,
  paths: ReplicasPaths,
  apiVersion: string,
): Entries {
  const owners = new Map(readManagedFields(scale))
  const before = readManagedFields(parent)
  const after = new Map<string, ManagedSet>()
  for (const [key, owned] of before) {
    if (!Object.hasOwn(paths, owned.apiVersion)) continue
    const path = paths[owned.apiVersion]
    if (path === undefined || !fieldSetHas(owned.fields, path)) after.set(key, owned)
    else if (owners.has(key)) {
      after.set(key, owned)
      owners.delete(key)
    } else {
      const fields = differenceOf(owned.fields, fieldSetOf(path))
      if (!isEmptyFieldSet(fields)) after.set(key, { ...owned, fields })
    }
  }
  addOwners(after, owners, before, pathIn(paths, apiVersion), apiVersion)
  return writeManagedFields(after)
}

function addOwners(
  after: Map<string, ManagedSet>,
  owners: Managed,
  before: Managed,
  path: FieldSetPath | undefined,
  apiVersion: string,
): void {
  for (const [key, owned] of owners) {
    if (!fieldSetHas(owned.fields, replicasInScale)) continue
    // A new owner has the time of what it owned before, if anything.
    const time = before.get(key)?.time
    const { entry: _, time: __, ...kept } = owned
    after.set(key, { ...kept, fields: fieldSetOf(path ?? []), apiVersion, ...(time !== undefined && { time }) })
  }
}

function pathIn(paths: ReplicasPaths, apiVersion: string): FieldSetPath | undefined {
  return Object.hasOwn(paths, apiVersion) ? paths[apiVersion] : undefined
}
