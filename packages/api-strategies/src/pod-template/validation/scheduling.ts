import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  isValidLabelValue,
  notSupported,
  parseInt64,
  quote,
  required,
  validateLabelName,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach, named, notPositiveErrors } from '../../meta/checks.ts'
import { type Fields, isAbsent, isEmpty, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { labelKeyErrors, legacyLabelKeyErrors } from './label-keys.ts'
import type { PodOptions } from './options.ts'
import { selectorErrors } from './selectors.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const anyKey = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'

/** Checks the effect of a taint. */
export function taintEffectErrors(effect: unknown, path: FieldPath): readonly FieldError[] {
  return effects.includes(textOf(effect)) ? [] : [notSupported(path, named(effect), effects)]
}

/** Checks what taints a pod tolerates. */
export function tolerationErrors(
  tolerations: unknown,
  options: Pick<PodOptions, 'comparisonTolerations'>,
  path: FieldPath,
): readonly FieldError[] {
  return objectsOf(tolerations).flatMap((toleration, index) => {
    const at = path.index(index)
    const { key, operator, effect, tolerationSeconds } = toleration
    const errors: FieldError[] = []
    if (!isEmpty(key)) errors.push(...validateLabelName(textOf(key), at.child('key')))
    if (isEmpty(key) && operator !== 'Exists') errors.push(invalid(at.child('operator'), named(operator), anyKey))
    if (!isAbsent(tolerationSeconds) && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
      errors.push(invalid(at.child('effect'), named(effect), detail))
    }
    errors.push(...operatorErrors(toleration, options.comparisonTolerations, at))
    return isEmpty(effect) ? errors : [...errors, ...taintEffectErrors(effect, at.child('effect'))]
  })
}

function operatorErrors(toleration: Fields, comparisons: boolean, path: FieldPath): readonly FieldError[] {
  const operator = textOf(toleration['operator'])
  const value = textOf(toleration['value'])
  const at = path.child('operator')
  switch (operator) {
    case '':
    case 'Equal': {
      const messages = isValidLabelValue(value)
      return messages.length === 0 ? [] : [invalid(at, value, messages.join(';'))]
    }
    case 'Exists':
      return value === '' ? [] : [invalid(at, value, "value must be empty when `operator` is 'Exists'")]
    case 'Lt':
    case 'Gt':
      if (!comparisons) return [notSupported(at, named(operator), ['Equal', 'Exists', 'Lt', 'Gt'])]
      return invalidEach(path.child('value'), value, numberMessages(value))
    default:
      return [notSupported(at, named(operator), ['Equal', 'Exists'])]
  }
}

const notDecimal = 'must be a valid decimal integer in canonical form'

/** What is wrong with a value that taints are compared with as numbers. */
function numberMessages(value: string): readonly string[] {
  const messages: string[] = []
  if (value === '') messages.push('must be non-empty')
  else if (!/^(0|-?[1-9][0-9]*)$/.test(value)) messages.push(notDecimal)
  if (!/^[+-]?[0-9]+$/.test(value)) messages.push(`strconv.ParseInt: parsing ${quote(value)}: invalid syntax`)
  else if (parseInt64(value) === undefined) {
    messages.push(`strconv.ParseInt: parsing ${quote(value)}: value out of range`)
  }
  return messages
}

const unsatisfiable = ['DoNotSchedule', 'ScheduleAnyway']
const inclusion = ['Honor', 'Ignore']

/** Checks how the pods of a kind are spread. */
export function topologySpreadErrors(
  constraints: unknown,
  options: PodOptions,
  path: FieldPath,
): readonly FieldError[] {
  const list = objectsOf(constraints)
  return list.flatMap((constraint, index) => {
    const at = path.index(index)
    const topologyKey = textOf(constraint['topologyKey'])
    const action = textOf(constraint['whenUnsatisfiable'])
    const maxSkew = numberOf(constraint['maxSkew'])
    const errors: FieldError[] = []
    errors.push(...notPositiveErrors(maxSkew, at.child('maxSkew')))
    if (topologyKey === '') errors.push(required(at.child('topologyKey'), 'can not be empty'))
    if (!unsatisfiable.includes(action)) {
      errors.push(notSupported(at.child('whenUnsatisfiable'), named(action), unsatisfiable))
    }
    const repeated = list
      .slice(index + 1)
      .some((other) => textOf(other['topologyKey']) === topologyKey && textOf(other['whenUnsatisfiable']) === action)
    if (repeated) errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${action}}`))
    return [
      ...errors,
      ...minDomainsErrors(constraint, at.child('minDomains')),
      ...ifSetOneOf(constraint['nodeAffinityPolicy'], at.child('nodeAffinityPolicy'), inclusion),
      ...ifSetOneOf(constraint['nodeTaintsPolicy'], at.child('nodeTaintsPolicy'), inclusion),
      ...(options.labelKeys === 'merged'
        ? labelKeyErrors({ ...constraint, mismatchLabelKeys: undefined }, at)
        : legacyLabelKeyErrors(constraint, at.child('matchLabelKeys'))),
      ...(options.anySpreadSelector ? [] : selectorErrors(constraint['labelSelector'], at.child('labelSelector'))),
    ]
  })
}

function minDomainsErrors(constraint: Fields, path: FieldPath): readonly FieldError[] {
  const { minDomains, whenUnsatisfiable } = constraint
  if (isAbsent(minDomains)) return []
  const errors = notPositiveErrors(minDomains, path)
  if (whenUnsatisfiable === 'DoNotSchedule') return errors
  const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${textOf(whenUnsatisfiable)}`
  return [...errors, { ...invalid(path, minDomains, detail), origin: 'dependsOn' }]
}
