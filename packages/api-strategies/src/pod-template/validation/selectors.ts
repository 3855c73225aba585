import { type FieldError, type FieldPath, validateLabelSelector } from '@kube-bonsai/apimachinery'
import { isFields } from '../../meta/json.ts'
import { labelSelectorOf } from '../../printing/texts.ts'

/** Checks a label selector that may be absent. `anyValue` lets values pass that no label can hold. */
export function selectorErrors(selector: unknown, path: FieldPath, anyValue = false): readonly FieldError[] {
  if (!isFields(selector)) return []
  return validateLabelSelector(labelSelectorOf(selector), { allowInvalidLabelValueInSelector: anyValue }, path)
}
