import {
  compareUtf8,
  escapeFieldValue,
  FieldPath,
  type FieldSet,
  formatLabelSelector,
  type LabelSelector,
  type LabelSet,
  labelSelectorAsMap,
  labelSelectorAsSelector,
  parseFieldSelector,
  parseSelector,
  parseToLabelSelector,
  type Selector,
  unescapeFieldValue,
  validateLabelSelector,
} from '@kube-bonsai/apimachinery'
import type { OracleFunction } from '../protocol/answer.ts'
import { define, either } from './define.ts'
import { sortedFieldErrors } from './field-errors.ts'

const view = (selector: Selector, sets: readonly LabelSet[] = []): object => ({
  string: selector.toString(),
  empty: selector.empty,
  selectable: selector.selectable,
  requirements: selector.requirements.map(({ key, operator, values }) => ({
    key,
    operator,
    values: [...new Set(values)].sort(compareUtf8),
  })),
  matches: sets.map((labels) => selector.matches(labels)),
})

/** Label and field selectors. */
export const selectorFunctions: Readonly<Record<string, OracleFunction>> = {
  'labels.parse': define<{ readonly selector: string; readonly sets?: readonly LabelSet[] }>(({ selector, sets }) =>
    view(parseSelector(selector), sets),
  ),
  labelSelector: define<{
    readonly selector: LabelSelector | undefined
    readonly sets?: readonly LabelSet[]
    readonly allowInvalid?: boolean
  }>(({ selector, sets, allowInvalid = false }) => ({
    formatted: formatLabelSelector(selector),
    ...either('selector', 'error', () => view(labelSelectorAsSelector(selector), sets)),
    ...either('map', 'mapError', () => labelSelectorAsMap(selector)),
    validation: sortedFieldErrors(
      validateLabelSelector(
        selector,
        { allowInvalidLabelValueInSelector: allowInvalid },
        FieldPath.of('spec', 'selector'),
      ),
    ),
  })),
  'labelSelector.parse': define<{ readonly selector: string }>(({ selector }) => parseToLabelSelector(selector)),
  'fields.parse': define<{ readonly selector: string; readonly sets?: readonly FieldSet[] }>(
    ({ selector, sets = [] }) => {
      const parsed = parseFieldSelector(selector)
      return {
        string: parsed.toString(),
        empty: parsed.empty,
        requirements: parsed.requirements,
        matches: sets.map((fields) => parsed.matches(fields)),
      }
    },
  ),
  'fields.escape': define<{ readonly value: string }>(({ value }) => ({
    escaped: escapeFieldValue(value),
    ...either('unescaped', 'unescapeError', () => unescapeFieldValue(value)),
  })),
}
