import { invalid, notSupported } from '../field/errors.ts'
import { formatFieldErrors } from '../field/format.ts'
import { childPath, type FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { isQualifiedName, isValidLabelValue } from '../names/qualified-name.ts'
import { parseInt64 } from '../text/int64.ts'
import { compareUtf8 } from '../text/utf8.ts'
import { SelectorError } from './selector-error.ts'

/** How a requirement compares, by upstream's `selection.Operator`. */
export type SelectorOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!'

/** The labels of an object. */
export type LabelSet = { readonly [key: string]: string }

/** One condition on one label. Make it with `newRequirement`. */
export interface Requirement {
  readonly key: string
  readonly operator: SelectorOperator
  /** As given; order and repetition carry no meaning. */
  readonly values: readonly string[]
}

/** The operators that take values, in upstream's order. */
export const binaryOperators: readonly SelectorOperator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt']
const allOperators: readonly SelectorOperator[] = [...binaryOperators, 'exists', '!']

/**
 * Makes a requirement after checking key, operator and values.
 *
 * @param path where the requirement stands, for messages
 * @throws SelectorError with upstream's aggregate of all that is wrong
 */
export function newRequirement(
  key: string,
  operator: SelectorOperator,
  values: readonly string[],
  path?: FieldPath,
): Requirement {
  const errors = [...keyErrors(key, childPath(path, 'key')), ...valueErrors(key, operator, values, path)]
  if (errors.length > 0) throw new SelectorError(formatFieldErrors(errors), errors)
  return { key, operator, values }
}

/** Checks the key of a requirement. */
export function keyErrors(key: string, path: FieldPath | string): readonly FieldError[] {
  const messages = isQualifiedName(key)
  return messages.length === 0 ? [] : [invalid(path, key, messages.join('; '))]
}

function valueErrors(
  key: string,
  operator: SelectorOperator,
  values: readonly string[],
  path: FieldPath | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const at = childPath(path, 'values')
  const counted = countError(operator, values.length)
  if (counted !== undefined) errors.push(invalid(at, values.length === 0 ? null : values, counted))
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      if (parseInt64(value) !== undefined) return
      errors.push(invalid(at.index(i), value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    })
  }
  if (!allOperators.includes(operator)) errors.push(notSupported(childPath(path, 'operator'), operator, allOperators))
  values.forEach((value, i) => {
    const messages = isValidLabelValue(value)
    if (messages.length > 0) errors.push(invalid(at.index(i).key(key), value, messages.join('; ')))
  })
  return errors
}

function countError(operator: SelectorOperator, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value'
    case 'exists':
    case '!':
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist'
    case 'gt':
    case 'lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required"
    default:
      return undefined
  }
}

/** Writes a requirement in the syntax that `parseSelector` reads, values sorted: `env in (a,b)`. */
export function formatRequirement({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key
  if (operator === '!') return `!${key}`
  const list = [...values].sort(compareUtf8).join(',')
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${list})`
  return `${key}${operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator}${list}`
}

/** Turns a requirement into a test of labels, with whatever can be prepared prepared. */
export function compileRequirement({ key, operator, values }: Requirement): (labels: LabelSet) => boolean {
  switch (operator) {
    case 'exists':
      return (labels) => Object.hasOwn(labels, key)
    case '!':
      return (labels) => !Object.hasOwn(labels, key)
    case 'gt':
    case 'lt':
      return compileOrder(key, operator, values)
    case 'notin':
    case '!=': {
      const among = compileMembership(values)
      return (labels) => !Object.hasOwn(labels, key) || !among(labels[key])
    }
    default: {
      const among = compileMembership(values)
      return (labels) => Object.hasOwn(labels, key) && among(labels[key])
    }
  }
}

function compileMembership(values: readonly string[]): (value: string | undefined) => boolean {
  const only = values[0]
  if (values.length === 1) return (value) => value === only
  const set = new Set<string | undefined>(values)
  return (value) => set.has(value)
}

function compileOrder(key: string, operator: 'gt' | 'lt', values: readonly string[]): (labels: LabelSet) => boolean {
  const bound = values.length === 1 ? parseInt64(values[0] ?? '') : undefined
  return (labels) => {
    if (bound === undefined || !Object.hasOwn(labels, key)) return false
    const value = parseInt64(labels[key] ?? '')
    if (value === undefined) return false
    return operator === 'gt' ? value > bound : value < bound
  }
}
