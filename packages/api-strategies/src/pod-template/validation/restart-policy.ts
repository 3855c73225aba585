import { type FieldError, type FieldPath, forbidden, notSupported, required, tooLong } from '@kube-bonsai/apimachinery'
import { named } from '../../meta/checks.ts'
import { type Fields, isAbsent, isFields, listOf, objectsOf, textOf } from '../../meta/json.ts'
import type { PodOptions } from './options.ts'

const policies = ['Always', 'Never', 'OnFailure']
const operators = ['In', 'NotIn']
const maxRules = 20
const maxExitCodes = 255
const needsPolicy = 'must specify restartPolicy when restart rules are used'

/** Checks when a single container is started again. */
export function restartErrors(container: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const { restartPolicy } = container
  const rules = objectsOf(container['restartPolicyRules'])
  const at = path.child('restartPolicy')
  const errors: FieldError[] = []
  if (isAbsent(restartPolicy)) {
    if (rules.length === 0) return []
    errors.push(required(at, needsPolicy))
  } else if (!policies.includes(textOf(restartPolicy))) {
    errors.push(notSupported(at, named(restartPolicy), policies))
  }
  if (rules.length > maxRules) errors.push(tooLong(path.child('restartPolicyRules'), maxRules))
  return [
    ...errors,
    ...rules.flatMap((rule, index) => ruleErrors(rule, options, path.child('restartPolicyRules').index(index))),
  ]
}

/** The same for an init container, which as a sidecar may not have rules unless all containers may restart. */
export function initRestartErrors(container: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const { restartPolicy } = container
  const rules = objectsOf(container['restartPolicyRules'])
  const at = path.child('restartPolicy')
  if (isAbsent(restartPolicy)) return rules.length === 0 ? [] : [required(at, needsPolicy)]
  if (!options.restartRules) {
    return restartPolicy === 'Always' ? [] : [notSupported(at, named(restartPolicy), ['Always'])]
  }
  if (restartPolicy !== 'Always' || options.restartAll) return restartErrors(container, options, path)
  if (rules.length === 0) return []
  const detail = 'restartPolicyRules are not allowed for init containers with restart policy Always'
  return [forbidden(path.child('restartPolicyRules'), detail)]
}

function ruleErrors(rule: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const { action, exitCodes } = rule
  const actions = options.restartAll ? ['Restart', 'RestartAllContainers'] : ['Restart']
  const errors: FieldError[] = []
  if (!actions.includes(textOf(action))) errors.push(notSupported(path.child('action'), named(action), ['Restart']))
  if (!isFields(exitCodes)) return [...errors, required(path.child('exitCodes'), 'must be specified')]
  const { operator } = exitCodes
  const at = path.child('exitCodes')
  if (!operators.includes(textOf(operator))) errors.push(notSupported(at.child('operator'), named(operator), operators))
  if (listOf(exitCodes['values']).length > maxExitCodes) errors.push(tooLong(at.child('values'), maxExitCodes))
  return errors
}
