import { type FieldError, type FieldPath, validateLabelSelector } from '@kube-bonsai/apimachinery'
import { isFields } from '../../meta/json.ts'
import { labelSelectorOf } from '../../printing/texts.ts'

/** Checks a label selector that may be absent. */
export function selectorErrors(selector: unknown, path: FieldPath): readonly FieldError[] {
  return isFields(selector) ? validateLabelSelector(labelSelectorOf(selector), {}, path) : []
}
