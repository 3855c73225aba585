import { deepEqual } from '../equality/deep-equal.ts'
import { forbidden, invalid, required, tooLong } from '../field/errors.ts'
import type { FieldPath } from '../field/path.ts'
import { structListValue, structValue } from '../field/rendered-value.ts'
import type { FieldError } from '../field-error.ts'
import { validateLabels } from '../labels/validation.ts'
import { negativeMessage } from '../names/messages.ts'
import { nameIsDNSLabel, type ValidateName } from '../names/object-names.ts'
import { isQualifiedName } from '../names/qualified-name.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../objects.ts'
import { quote } from '../text/quote.ts'
import { compareUtf8, utf8Length } from '../text/utf8.ts'
import { parseApiVersion } from './api-version.ts'
import { validateFieldManager } from './field-manager.ts'

/** How much all annotations of an object may hold, keys and values, in bytes. */
export const totalAnnotationSizeLimit: number = 256 * 1024
/** What upstream says of a field that may not change. */
export const fieldImmutableMessage = 'field is immutable'

const ownerReferenceOrder = ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'] as const
const maxSubresourceLength = 256

/** What `validateObjectMeta` needs to know of the kind. */
export interface ObjectMetaOptions {
  readonly namespaced: boolean
  readonly validateName: ValidateName
  /** Where the metadata stands, as a rule `metadata`. */
  readonly path: FieldPath
}

/**
 * Checks the metadata of an object that is created; its name is generated already.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
export function validateObjectMeta(meta: ObjectMeta, options: ObjectMetaOptions): readonly FieldError[] {
  const { path } = options
  return [
    ...nameErrors(meta, options),
    ...namespaceErrors(meta, options),
    ...validateNonnegativeField(meta.generation ?? 0, path.child('generation')),
    ...validateLabels(meta.labels, path.child('labels')),
    ...validateAnnotations(meta.annotations, path.child('annotations')),
    ...validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences')),
    ...validateFinalizers(meta.finalizers, path.child('finalizers')),
    ...validateManagedFields(meta.managedFields, path.child('managedFields')),
  ]
}

/** Checks the metadata of an object that is updated against what is stored. */
export function validateObjectMetaUpdate(
  newMeta: ObjectMeta,
  oldMeta: ObjectMeta,
  path: FieldPath,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (oldMeta.deletionTimestamp !== undefined) {
    errors.push(...validateNoNewFinalizers(newMeta.finalizers, oldMeta.finalizers, path.child('finalizers')))
  }
  const { resourceVersion = '', generation = 0 } = newMeta
  if (resourceVersion === '') {
    errors.push(invalid(path.child('resourceVersion'), '', 'must be specified for an update'))
  }
  if (generation < (oldMeta.generation ?? 0)) {
    errors.push(invalid(path.child('generation'), generation, 'must not be decremented'))
  }
  for (const field of ['name', 'namespace', 'uid'] as const) {
    errors.push(...validateImmutableField(newMeta[field] ?? '', oldMeta[field] ?? '', path.child(field)))
  }
  for (const field of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    errors.push(...validateImmutableField(newMeta[field] ?? null, oldMeta[field] ?? null, path.child(field)))
  }
  return [
    ...errors,
    ...validateLabels(newMeta.labels, path.child('labels')),
    ...validateAnnotations(newMeta.annotations, path.child('annotations')),
    ...validateOwnerReferences(newMeta.ownerReferences, path.child('ownerReferences')),
    ...validateManagedFields(newMeta.managedFields, path.child('managedFields')),
  ]
}

/** Checks annotations: their keys, whose case does not matter, and how much they hold. */
export function validateAnnotations(annotations: ObjectMeta['annotations'], path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {}).sort(([a], [b]) => compareUtf8(a, b))) {
    size += utf8Length(key) + utf8Length(value)
    for (const message of isQualifiedName(key.toLowerCase())) {
      errors.push({ ...invalid(path, key, message), origin: 'format=k8s-label-key' })
    }
  }
  if (size > totalAnnotationSizeLimit) errors.push(tooLong(path, totalAnnotationSizeLimit))
  return errors
}

/** Checks owner references: each complete, none an Event, at most one the controller. */
export function validateOwnerReferences(
  references: readonly OwnerReference[] | undefined,
  path: FieldPath,
): readonly FieldError[] {
  const errors: FieldError[] = []
  let controller = ''
  for (const reference of references ?? []) {
    errors.push(...ownerReferenceErrors(reference, path))
    if (reference.controller !== true) continue
    const current = `${reference.kind ?? ''}/${reference.name ?? ''}`
    if (controller !== '') {
      const message = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`
      errors.push(invalid(path, structListValue(references ?? [], ownerReferenceOrder), message))
    } else {
      controller = current
    }
  }
  return errors
}

function ownerReferenceErrors(reference: OwnerReference, path: FieldPath): readonly FieldError[] {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference
  const { group, version } = parseApiVersion(apiVersion) ?? { group: '', version: '' }
  const errors: FieldError[] = []
  if (version === '') errors.push(invalid(path.child('apiVersion'), apiVersion, 'version must not be empty'))
  if (kind === '') errors.push(invalid(path.child('kind'), kind, 'must not be empty'))
  if (name === '') errors.push(invalid(path.child('name'), name, 'must not be empty'))
  if (uid === '') errors.push(invalid(path.child('uid'), uid, 'must not be empty'))
  if (group === '' && version === 'v1' && kind === 'Event') {
    const shown = structValue({ ...reference, apiVersion, kind, name, uid }, ownerReferenceOrder)
    errors.push(invalid(path, shown, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

/** Checks the name of a finalizer. */
export function validateFinalizerName(name: string, path: FieldPath): readonly FieldError[] {
  return isQualifiedName(name).map((message) => invalid(path, name, message))
}

/** Checks finalizers: their names, and that `orphan` and `foregroundDeletion` are not there together. */
export function validateFinalizers(finalizers: readonly string[] | undefined, path: FieldPath): readonly FieldError[] {
  const list = finalizers ?? []
  const errors = list.flatMap((name) => validateFinalizerName(name, path))
  if (!list.includes('orphan') || !list.includes('foregroundDeletion')) return errors
  return [...errors, invalid(path, list, 'finalizer orphan and foregroundDeletion cannot be both set')]
}

/** Checks that an object which is being deleted gets no more finalizers. */
export function validateNoNewFinalizers(
  newFinalizers: readonly string[] | undefined,
  oldFinalizers: readonly string[] | undefined,
  path: FieldPath,
): readonly FieldError[] {
  const known = new Set(oldFinalizers)
  const extra = [...new Set(newFinalizers)].filter((name) => !known.has(name)).sort(compareUtf8)
  if (extra.length === 0) return []
  const shown = `[]string{${extra.map(quote).join(', ')}}`
  const message = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`
  return [forbidden(path, message)]
}

/** Checks managed fields: operation, type, manager, subresource. */
export function validateManagedFields(
  entries: readonly ManagedFieldsEntry[] | undefined,
  path: FieldPath,
): readonly FieldError[] {
  return (entries ?? []).flatMap((entry, i) => managedFieldsErrors(entry, path.index(i)))
}

function managedFieldsErrors(entry: ManagedFieldsEntry, path: FieldPath): readonly FieldError[] {
  const { operation = '', fieldsType = '', manager = '', subresource = '' } = entry
  const errors: FieldError[] = []
  if (operation !== 'Apply' && operation !== 'Update') {
    errors.push(invalid(path.child('operation'), operation, 'must be `Apply` or `Update`'))
  }
  if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
    errors.push(invalid(path.child('fieldsType'), fieldsType, 'must be `FieldsV1`'))
  }
  errors.push(...validateFieldManager(manager, path.child('manager')))
  if (utf8Length(subresource) > maxSubresourceLength) {
    errors.push(tooLong(path.child('subresource'), maxSubresourceLength))
  }
  return errors
}

/** Checks that a field did not change. */
export function validateImmutableField(newValue: unknown, oldValue: unknown, path: FieldPath): readonly FieldError[] {
  return deepEqual(newValue, oldValue) ? [] : [invalid(path, newValue, fieldImmutableMessage)]
}

/** Checks that a number is not negative. */
export function validateNonnegativeField(value: number, path: FieldPath): readonly FieldError[] {
  return value < 0 ? [{ ...invalid(path, value, negativeMessage), origin: 'minimum' }] : []
}

function nameErrors(meta: ObjectMeta, { validateName, path }: ObjectMetaOptions): readonly FieldError[] {
  const { name = '', generateName = '' } = meta
  const generated = generateName === '' ? [] : validateName(generateName, true)
  const errors = generated.map((message) => invalid(path.child('generateName'), generateName, message))
  if (name === '') return [...errors, required(path.child('name'), 'name or generateName is required')]
  return [...errors, ...validateName(name, false).map((message) => invalid(path.child('name'), name, message))]
}

function namespaceErrors(meta: ObjectMeta, { namespaced, path }: ObjectMetaOptions): readonly FieldError[] {
  const { namespace = '' } = meta
  const at = path.child('namespace')
  if (!namespaced) return namespace === '' ? [] : [forbidden(at, 'not allowed on this type')]
  if (namespace === '') return [required(at)]
  return nameIsDNSLabel(namespace, false).map((message) => invalid(at, namespace, message))
}
