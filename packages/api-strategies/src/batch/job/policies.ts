import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  notSupported,
  quote,
  required,
  tooLong,
  tooMany,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { named, negativeErrors, qualifiedNameErrors } from '../../meta/checks.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isFields,
  listGiven,
  listOf,
  numberOf,
  objectsOf,
  textOf,
} from '../../meta/json.ts'
import { parseIndexes } from './indexes.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']
const maxRules = 20
const maxExitCodes = 255
const maxPatterns = 20
const longestIndexes = 64 * 1024

const validValues = (values: readonly string[]): string => `valid values: [${values.map(quote).join(' ')}]`

function oneOf(value: unknown, values: readonly string[], path: FieldPath): readonly FieldError[] {
  const text = textOf(value)
  if (text === '') return [required(path, validValues(values))]
  return values.includes(text) ? [] : [notSupported(path, named(text), values)]
}

/** Checks what a job does about failed pods. */
export function failurePolicyErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const rules = objectsOf(fieldsOf(spec['podFailurePolicy'])['rules'])
  const podSpec = fieldsOf(fieldsOf(spec['template'])['spec'])
  const containers = [...objectsOf(podSpec['containers']), ...objectsOf(podSpec['initContainers'])]
  const names = new Set(containers.map(({ name }) => textOf(name)))
  const at = path.child('rules')
  return [
    ...(rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, index) => failureRuleErrors(rule, spec, names, at.index(index))),
  ]
}

function failureRuleErrors(
  rule: Fields,
  spec: Fields,
  names: ReadonlySet<string>,
  path: FieldPath,
): readonly FieldError[] {
  const { action, onExitCodes } = rule
  const patterns = objectsOf(rule['onPodConditions'])
  const at = path.child('action')
  const errors: FieldError[] = []
  if (action === 'FailIndex') {
    if (isAbsent(spec['backoffLimitPerIndex']))
      errors.push(invalid(at, named(action), 'requires the backoffLimitPerIndex to be set'))
  } else errors.push(...oneOf(action, actions, at))
  if (isFields(onExitCodes)) errors.push(...exitCodeErrors(onExitCodes, names, path.child('onExitCodes')))
  errors.push(...patternErrors(patterns, path.child('onPodConditions')))
  const both = isFields(onExitCodes) && patterns.length > 0
  const none = !isFields(onExitCodes) && patterns.length === 0
  if (both) errors.push(invalid(path, undefined, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  if (none) errors.push(invalid(path, undefined, 'specifying one of OnExitCodes and OnPodConditions is required'))
  return errors
}

function patternErrors(patterns: readonly Fields[], path: FieldPath): readonly FieldError[] {
  return [
    ...(patterns.length > maxPatterns ? [tooMany(path, patterns.length, maxPatterns)] : []),
    ...patterns.flatMap((pattern, index) => [
      ...qualifiedNameErrors(pattern['type'], path.index(index).child('type')),
      ...oneOf(pattern['status'], statuses, path.index(index).child('status')),
    ]),
  ]
}

function exitCodeErrors(rule: Fields, names: ReadonlySet<string>, path: FieldPath): readonly FieldError[] {
  const { operator, containerName } = rule
  const values = listOf(rule['values']).map(numberOf)
  const at = path.child('values')
  const errors: FieldError[] = [...oneOf(operator, operators, path.child('operator'))]
  if (!isAbsent(containerName) && !names.has(textOf(containerName))) {
    const why = 'must be one of the container or initContainer names in the pod template'
    errors.push(invalid(path.child('containerName'), containerName, why))
  }
  if (values.length === 0) errors.push(invalid(at, listGiven(rule, 'values'), 'at least one value is required'))
  else if (values.length > maxExitCodes) errors.push(tooMany(at, values.length, maxExitCodes))
  const seen = new Set<number>()
  values.forEach((value, index) => {
    if (operator === 'In' && value === 0)
      errors.push(invalid(at.index(index), value, 'must not be 0 for the In operator'))
    if (seen.has(value)) errors.push(duplicate(at.index(index), value))
    seen.add(value)
  })
  const ordered = values.every((value, index) => (values[index - 1] ?? value) <= value)
  return ordered ? errors : [...errors, invalid(at, values, 'must be ordered')]
}

/** Checks when an indexed job counts as successful before all of its indexes are. */
export function successPolicyErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const rules = objectsOf(fieldsOf(spec['successPolicy'])['rules'])
  const at = path.child('rules')
  const why = 'at least one rules must be specified when the successPolicy is specified'
  return [
    ...(rules.length === 0 ? [required(at, why)] : []),
    ...(rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, index) => successRuleErrors(rule, numberOf(spec['completions']), at.index(index))),
  ]
}

function successRuleErrors(rule: Fields, completions: number, path: FieldPath): readonly FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule
  const errors: FieldError[] = []
  if (isAbsent(count) && isAbsent(indexes)) {
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'))
  }
  let total = 0
  if (!isAbsent(indexes)) {
    const at = path.child('succeededIndexes')
    const text = textOf(indexes)
    if (utf8Length(text) > longestIndexes) errors.push(tooLong(at, longestIndexes))
    const read = parseIndexes(text, completions)
    if ('problem' in read) errors.push(invalid(at, text, `error parsing succeededIndexes: ${read.problem}`))
    else total = read.count
  }
  if (isAbsent(count)) return errors
  const at = path.child('succeededCount')
  errors.push(...negativeErrors(count, at))
  const atMost = (most: number, what: string): FieldError =>
    invalid(at, count, `must be less than or equal to ${most} (${what})`)
  if (numberOf(count) > completions) errors.push(atMost(completions, 'the number of specified completions'))
  if (isAbsent(indexes) || numberOf(count) <= total) return errors
  return [...errors, atMost(total, 'the number of indexes in the specified succeededIndexes field')]
}
