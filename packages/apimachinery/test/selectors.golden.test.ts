import {
  compareUtf8,
  escapeFieldValue,
  FieldPath,
  type FieldSet,
  formatFieldError,
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
import { expect, test } from 'vitest'
import { answer, recorded } from './recorded.ts'

interface Given {
  readonly selector: string
  readonly sets?: readonly (LabelSet & FieldSet)[]
  readonly value: string
  readonly allowInvalid?: boolean
}

function describeSelector(selector: Selector, sets: readonly LabelSet[] = []): unknown {
  return {
    string: selector.toString(),
    empty: selector.empty,
    selectable: selector.selectable,
    requirements: selector.requirements.map(({ key, operator, values }) => ({
      key,
      operator,
      values: [...new Set(values)].sort(compareUtf8),
    })),
    matches: sets.map((set) => selector.matches(set)),
  }
}

function either(ok: string, failed: string, run: () => unknown): object {
  const { out, error } = answer(run)
  return error === undefined ? { [ok]: out } : { [failed]: error }
}

const functions: Readonly<Record<string, (given: Given) => unknown>> = {
  'labels.parse': ({ selector, sets }) => describeSelector(parseSelector(selector), sets),
  'labelSelector.parse': ({ selector }) => parseToLabelSelector(selector),
  'fields.parse': ({ selector, sets = [] }) => {
    const parsed = parseFieldSelector(selector)
    const { requirements, empty } = parsed
    return { string: parsed.toString(), empty, requirements, matches: sets.map((set) => parsed.matches(set)) }
  },
  'fields.escape': ({ value }) => ({
    escaped: escapeFieldValue(value),
    ...either('unescaped', 'unescapeError', () => unescapeFieldValue(value)),
  }),
  labelSelector: ({ selector, sets, allowInvalid = false }) => {
    const given = selector as unknown as LabelSelector | null
    const path = FieldPath.of('spec', 'selector')
    const options = { allowInvalidLabelValueInSelector: allowInvalid }
    return {
      formatted: formatLabelSelector(given),
      ...either('selector', 'error', () => describeSelector(labelSelectorAsSelector(given), sets)),
      ...either('map', 'mapError', () => labelSelectorAsMap(given)),
      validation: validateLabelSelector(given, options, path)
        .map((error) => ({ ...error, message: formatFieldError(error) }))
        .sort((a, b) => compareUtf8(a.message, b.message)),
    }
  },
}

test.each(Object.keys(functions))('%s answers as upstream', (name) => {
  for (const { in: given, out, error } of recorded(name)) {
    const run = functions[name]
    expect({ given, ...answer(() => run?.(given as unknown as Given)) }).toEqual(
      error === undefined ? { given, out } : { given, error },
    )
  }
})
