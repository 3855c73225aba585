import { type FieldError, FieldPath, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, isEmpty, isFields } from '../../meta/json.ts'
import { lastingTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import { selectorErrors } from '../../pod-template/validation/selectors.ts'
import type { StrategyContext } from '../../strategy.ts'
import { amountOf, countErrors, intOrPercentErrors, over100Errors } from '../../workloads/amounts.ts'
import { compiledSelector, templateLabelErrors } from '../../workloads/selectors.ts'
import { templateOf } from '../../workloads/templates.ts'

const specPath = FieldPath.of('spec')

/** Checks a daemon set. @see pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec */
export function daemonSetErrors(daemonSet: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const spec = fieldsOf(daemonSet['spec'])
  const { selector } = spec
  const template = fieldsOf(spec['template'])
  const path = specPath.child('selector')
  const compiled = compiledSelector(selector)
  const empty = isFields(selector) && isEmpty(selector['matchLabels']) && isEmpty(selector['matchExpressions'])
  return [
    ...selectorErrors(selector, path),
    ...(compiled === undefined ? [] : templateLabelErrors(template, compiled, specPath.child('template'))),
    ...(empty
      ? [invalid(path, internalValue('LabelSelector', selector), 'empty selector is invalid for daemonset')]
      : []),
    ...lastingTemplateErrors(template, 'DaemonSet', context, specPath.child('template'), templateOf(old)),
    ...countErrors(spec, ['minReadySeconds'], specPath),
    ...updateStrategyErrors(fieldsOf(spec['updateStrategy']), specPath.child('updateStrategy')),
    ...countErrors(spec, ['revisionHistoryLimit'], specPath),
  ]
}

function updateStrategyErrors(strategy: Fields, path: FieldPath): readonly FieldError[] {
  const { type, rollingUpdate } = strategy
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') {
    return [notSupported(path, internalValue('apps.DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete'])]
  }
  const at = path.child('rollingUpdate')
  if (!isFields(rollingUpdate)) return [required(at)]
  const names = ['maxUnavailable', 'maxSurge']
  const errors = [
    ...names.flatMap((name) => intOrPercentErrors(rollingUpdate[name], at.child(name))),
    ...names.flatMap((name) => over100Errors(rollingUpdate[name], at.child(name))),
  ]
  const unavailable = amountOf(rollingUpdate['maxUnavailable']) !== 0
  const surge = amountOf(rollingUpdate['maxSurge']) !== 0
  if (unavailable && surge) {
    const detail = 'may not be set when maxUnavailable is non-zero'
    errors.push(invalid(at.child('maxSurge'), rollingUpdate['maxSurge'], detail))
  }
  if (!unavailable && !surge) errors.push(required(at.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'))
  return errors
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
]

/** Checks the counts that the controller reports. */
export function daemonSetStatusErrors(daemonSet: Fields): readonly FieldError[] {
  return countErrors(fieldsOf(daemonSet['status']), counts, FieldPath.of('status'))
}
