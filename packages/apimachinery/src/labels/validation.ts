import { forbidden, invalid, required } from '../field/errors.ts'
import type { FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { isQualifiedName, isValidLabelValue } from '../names/qualified-name.ts'
import { compareUtf8 } from '../text/utf8.ts'
import type { LabelSelector, LabelSelectorRequirement } from './label-selector.ts'
import type { LabelSet } from './requirement.ts'

/** What `validateLabelSelector` lets pass, for objects that were stored before rules were tightened. */
export interface LabelSelectorValidationOptions {
  readonly allowInvalidLabelValueInSelector?: boolean
  readonly allowUnknownOperatorInRequirement?: boolean
}

/**
 * Checks the selector of an API object. Errors of labels come in the order of their keys.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
 */
export function validateLabelSelector(
  selector: LabelSelector | null | undefined,
  options: LabelSelectorValidationOptions,
  path: FieldPath,
): readonly FieldError[] {
  if (selector === null || selector === undefined) return []
  const expressions = selector.matchExpressions ?? []
  return [
    ...validateLabels(selector.matchLabels, path.child('matchLabels')),
    ...expressions.flatMap((one, i) => requirementErrors(one, options, path.child('matchExpressions').index(i))),
  ]
}

/** Says whether a stored selector holds a label value that would be refused today. */
export function labelSelectorHasInvalidLabelValue(selector: LabelSelector | null | undefined): boolean {
  const expressions = selector?.matchExpressions ?? []
  return expressions.some(({ values }) => (values ?? []).some((value) => isValidLabelValue(value).length > 0))
}

/** Checks labels: their keys, then their values, key by key. */
export function validateLabels(labels: LabelSet | undefined, path: FieldPath): readonly FieldError[] {
  if (labels === undefined) return []
  const keys = Object.keys(labels).sort(compareUtf8)
  return keys.flatMap((key) => [...validateLabelName(key, path), ...labelValueErrors(labels[key] ?? '', path)])
}

/** Checks the key of a label. */
export function validateLabelName(name: string, path: FieldPath): readonly FieldError[] {
  return isQualifiedName(name).map((message) => ({
    ...invalid(path, name, message),
    origin: 'format=k8s-label-key',
  }))
}

function labelValueErrors(value: string, path: FieldPath): readonly FieldError[] {
  return isValidLabelValue(value).map((message) => ({
    ...invalid(path, value, message),
    origin: 'format=k8s-label-value',
  }))
}

function requirementErrors(
  requirement: LabelSelectorRequirement,
  options: LabelSelectorValidationOptions,
  path: FieldPath,
): readonly FieldError[] {
  const { key = '', values = [] } = requirement
  const checked = options.allowInvalidLabelValueInSelector === true ? [] : values
  return [
    ...operatorErrors(requirement, options, path),
    ...validateLabelName(key, path.child('key')),
    ...checked.flatMap((value, i) =>
      isValidLabelValue(value).map((message) => invalid(path.child('values').index(i), value, message)),
    ),
  ]
}

function operatorErrors(
  { operator = '', values = [] }: LabelSelectorRequirement,
  options: LabelSelectorValidationOptions,
  path: FieldPath,
): readonly FieldError[] {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return []
    return [required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")]
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return []
    return [forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
  }
  if (options.allowUnknownOperatorInRequirement === true) return []
  return [invalid(path.child('operator'), operator, 'not a valid selector operator')]
}
