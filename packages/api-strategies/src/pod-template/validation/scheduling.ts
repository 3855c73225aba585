import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  isValidLabelValue,
  notSupported,
  required,
  validateLabelName,
} from '@kube-bonsai/apimachinery'
import { oneOfErrors } from '../../meta/checks.ts'
import { type Fields, isAbsent, isEmpty, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { selectorErrors } from './selectors.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const anyKey = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'

/** Checks what taints a pod tolerates. */
export function tolerationErrors(tolerations: unknown, path: FieldPath): readonly FieldError[] {
  return objectsOf(tolerations).flatMap((toleration, index) => {
    const at = path.index(index)
    const { key, operator, effect, tolerationSeconds } = toleration
    const errors: FieldError[] = []
    if (!isEmpty(key)) errors.push(...validateLabelName(textOf(key), at.child('key')))
    if (isEmpty(key) && operator !== 'Exists') errors.push(invalid(at.child('operator'), textOf(operator), anyKey))
    if (!isAbsent(tolerationSeconds) && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
      errors.push(invalid(at.child('effect'), textOf(effect), detail))
    }
    errors.push(...operatorErrors(toleration, at))
    return isEmpty(effect) ? errors : [...errors, ...oneOfErrors(effect, at.child('effect'), effects)]
  })
}

function operatorErrors(toleration: Fields, path: FieldPath): readonly FieldError[] {
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
      return [notSupported(at, operator, ['Equal', 'Exists', 'Lt', 'Gt'])]
    default:
      return [notSupported(at, operator, ['Equal', 'Exists'])]
  }
}

const unsatisfiable = ['DoNotSchedule', 'ScheduleAnyway']
const inclusion = ['Honor', 'Ignore']

/** Checks how the pods of a kind are spread. */
export function topologySpreadErrors(constraints: unknown, path: FieldPath): readonly FieldError[] {
  const list = objectsOf(constraints)
  return list.flatMap((constraint, index) => {
    const at = path.index(index)
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint
    const errors: FieldError[] = []
    if (numberOf(maxSkew) <= 0)
      errors.push(invalid(at.child('maxSkew'), numberOf(maxSkew), 'must be greater than zero'))
    if (isEmpty(topologyKey)) errors.push(required(at.child('topologyKey'), 'can not be empty'))
    if (!unsatisfiable.includes(textOf(whenUnsatisfiable))) {
      errors.push(notSupported(at.child('whenUnsatisfiable'), textOf(whenUnsatisfiable), unsatisfiable))
    }
    const repeated = list
      .slice(index + 1)
      .some((other) => other['topologyKey'] === topologyKey && other['whenUnsatisfiable'] === whenUnsatisfiable)
    if (repeated) {
      const value = `{${textOf(topologyKey)}, ${textOf(whenUnsatisfiable)}}`
      errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), value))
    }
    return [
      ...errors,
      ...minDomainsErrors(constraint, at.child('minDomains')),
      ...['nodeAffinityPolicy', 'nodeTaintsPolicy'].flatMap((name) =>
        isAbsent(constraint[name]) || inclusion.includes(textOf(constraint[name]))
          ? []
          : [notSupported(at.child(name), constraint[name], inclusion)],
      ),
      ...selectorErrors(labelSelector, at.child('labelSelector')),
    ]
  })
}

function minDomainsErrors(constraint: Fields, path: FieldPath): readonly FieldError[] {
  const { minDomains, whenUnsatisfiable } = constraint
  if (isAbsent(minDomains)) return []
  const errors = numberOf(minDomains) <= 0 ? [invalid(path, minDomains, 'must be greater than zero')] : []
  if (whenUnsatisfiable === 'DoNotSchedule') return errors
  const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${textOf(whenUnsatisfiable)}`
  return [...errors, invalid(path, minDomains, detail)]
}
