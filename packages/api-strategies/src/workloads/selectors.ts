import {
  type FieldError,
  type FieldPath,
  formatLabelSelector,
  invalid,
  labelSelectorAsSelector,
  required,
  type Selector,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../internal-form/internal-value.ts'
import { type Fields, fieldsOf, isEmpty, isFields, mapGiven } from '../meta/json.ts'
import { labelsOf } from '../pod-template/validation/labels.ts'
import { selectorErrors } from '../pod-template/validation/selectors.ts'
import { labelSelectorOf } from '../printing/texts.ts'

/** Checks a selector that must be there and select something. `kind` is how the message calls the object. */
export function workloadSelectorErrors(selector: unknown, kind: string, path: FieldPath): readonly FieldError[] {
  if (!isFields(selector)) return [required(path)]
  const errors = [...selectorErrors(selector, path)]
  if (!isEmpty(selector['matchLabels']) || !isEmpty(selector['matchExpressions'])) return errors
  return [...errors, invalid(path, internalValue('LabelSelector', selector), `empty selector is invalid for ${kind}`)]
}

/** The selector compiled; undefined where it is wrong. */
export function compiledSelector(selector: unknown): Selector | undefined {
  try {
    return labelSelectorAsSelector(isFields(selector) ? labelSelectorOf(selector) : undefined)
  } catch {
    return undefined
  }
}

/** Refuses a template whose pods the selector would not find. */
export function templateLabelErrors(template: Fields, selector: Selector, path: FieldPath): readonly FieldError[] {
  const metadata = fieldsOf(template['metadata'])
  const labels = labelsOf(metadata['labels'])
  if (selector.matches(labels ?? {})) return []
  const given = labels ?? mapGiven(metadata, 'labels')
  return [invalid(path.child('metadata', 'labels'), given, '`selector` does not match template `labels`')]
}

/** Whether a selector leaves every object in. */
export const selectsAll = (selector: unknown): boolean =>
  isFields(selector) && formatLabelSelector(labelSelectorOf(selector)) === '<none>'
