import { quote } from '../text/quote.ts'
import { compareUtf8 } from '../text/utf8.ts'
import { parseRequirements } from './parse.ts'
import { type LabelSet, newRequirement, type Requirement, type SelectorOperator } from './requirement.ts'
import { Selector } from './selector.ts'
import { SelectorError } from './selector-error.ts'

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#labelselectorrequirement-v1-meta */
export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | (string & {})
  readonly values?: readonly string[]
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#labelselector-v1-meta */
export interface LabelSelector {
  readonly matchLabels?: LabelSet
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

const operators: ReadonlyMap<string, SelectorOperator> = new Map<string, SelectorOperator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
])
const names: ReadonlyMap<SelectorOperator, string> = new Map([...operators].map(([name, operator]) => [operator, name]))

/**
 * Compiles the selector of an API object. No selector selects nothing, an empty one everything.
 *
 * @throws SelectorError with upstream's message for the first requirement that is wrong
 * @see staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go
 */
export function labelSelectorAsSelector(selector: LabelSelector | null | undefined): Selector {
  if (selector === null || selector === undefined) return Selector.nothing
  const requirements = [...labelRequirements(selector), ...(selector.matchExpressions ?? []).map(expression)]
  return requirements.length === 0 ? Selector.everything : Selector.of(requirements)
}

function labelRequirements({ matchLabels }: LabelSelector): readonly Requirement[] {
  return sortedEntries(matchLabels).map(([key, value]) => newRequirement(key, '=', [value]))
}

function expression({ key, operator, values }: LabelSelectorRequirement): Requirement {
  const known = operators.get(operator ?? '')
  if (known === undefined) throw new SelectorError(`${quote(operator ?? '')} is not a valid label selector operator`)
  return newRequirement(key ?? '', known, values ?? [])
}

/** Writes a selector as text: `<none>` when it is empty, `<error>` when it is wrong. */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  try {
    const text = labelSelectorAsSelector(selector).toString()
    return text === '' ? '<none>' : text
  } catch (error) {
    if (error instanceof SelectorError) return '<error>'
    throw error
  }
}

/**
 * Turns a selector into the plain labels that it asks for.
 *
 * @returns null when there is no selector
 * @throws SelectorError when it asks for more than plain labels
 */
export function labelSelectorAsMap(selector: LabelSelector | null | undefined): LabelSet | null {
  if (selector === null || selector === undefined) return null
  const labels = new Map(Object.entries(selector.matchLabels ?? {}))
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const shown = quote(operator ?? '')
    if (!operators.has(operator)) throw new SelectorError(`${shown} is not a valid selector operator`)
    const only = values?.[0]
    if (operator !== 'In') {
      throw new SelectorError(`operator ${shown} cannot be converted into the old label selector format`)
    }
    if (only === undefined || values?.length !== 1) {
      const message = `operator ${shown} without a single value cannot be converted into the old label selector format`
      throw new SelectorError(message)
    }
    labels.set(key ?? '', only)
  }
  return Object.fromEntries(labels)
}

/**
 * Reads the text of a selector into the form that API objects have. `gt` and `lt` have no such form.
 *
 * @throws SelectorError with upstream's message
 */
export function parseToLabelSelector(selector: string): LabelSelector {
  const matchLabels = new Map<string, string>()
  const matchExpressions: LabelSelectorRequirement[] = []
  for (const { key, operator, values } of sortedByKey(parseOrThrow(selector))) {
    if (operator === '=' || operator === '==') {
      matchLabels.set(key, values[0] ?? '')
      continue
    }
    const name = names.get(operator)
    if (name === undefined) throw new SelectorError(unsupportedOperator(operator))
    matchExpressions.push(values.length === 0 ? { key, operator: name } : { key, operator: name, values })
  }
  return {
    ...(matchLabels.size === 0 ? {} : { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  }
}

function unsupportedOperator(operator: SelectorOperator): string {
  if (operator === 'gt' || operator === 'lt') return `${quote(operator)} isn't supported in label selectors`
  return `${quote(operator)} is not a valid label selector operator`
}

function parseOrThrow(selector: string): readonly Requirement[] {
  try {
    return parseRequirements(selector)
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error
    throw new SelectorError(`couldn't parse the selector string "${selector}": ${error.message}`, error.errors)
  }
}

function sortedByKey(requirements: readonly Requirement[]): readonly Requirement[] {
  return [...requirements].sort((a, b) => compareUtf8(a.key, b.key))
}

function sortedEntries(set: LabelSet | undefined): readonly (readonly [string, string])[] {
  return Object.entries(set ?? {}).sort(([a], [b]) => compareUtf8(a, b))
}
