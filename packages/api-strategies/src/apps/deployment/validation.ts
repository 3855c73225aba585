import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  notSupported,
  required,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf } from '../../meta/json.ts'
import { lastingTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import type { StrategyContext } from '../../strategy.ts'
import { amountOf, countErrors, intOrPercentErrors, over100Errors } from '../../workloads/amounts.ts'
import { compiledSelector, selectsAll, templateLabelErrors, workloadSelectorErrors } from '../../workloads/selectors.ts'

const specPath = FieldPath.of('spec')

/** Checks a deployment. @see pkg/apis/apps/validation/validation.go ValidateDeploymentSpec */
export function deploymentErrors(deployment: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(deployment['spec'])
  return [
    ...countErrors(spec, ['replicas'], specPath),
    ...selectedTemplateErrors(spec, context),
    ...strategyErrors(fieldsOf(spec['strategy']), specPath.child('strategy')),
    ...countErrors(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'], specPath),
    ...deadlineErrors(spec),
  ]
}

/** Checks a replica set. */
export function replicaSetErrors(replicaSet: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(replicaSet['spec'])
  return [...countErrors(spec, ['replicas', 'minReadySeconds'], specPath), ...selectedTemplateErrors(spec, context)]
}

/** Upstream checks the selector and template of deployments and replica sets with the same words. */
function selectedTemplateErrors(spec: Fields, context: StrategyContext): readonly FieldError[] {
  const path = specPath.child('selector')
  const errors = workloadSelectorErrors(spec['selector'], 'deployment', path)
  const selector = compiledSelector(spec['selector'])
  if (selector === undefined) return [...errors, invalid(path, spec['selector'], 'invalid label selector')]
  const template = fieldsOf(spec['template'])
  const templatePath = specPath.child('template')
  return [
    ...errors,
    ...(selectsAll(spec['selector']) ? [] : templateLabelErrors(template, selector, templatePath)),
    ...lastingTemplateErrors(template, 'ReplicaSet', context, templatePath),
  ]
}

function strategyErrors(strategy: Fields, path: FieldPath): readonly FieldError[] {
  const { type, rollingUpdate } = strategy
  const at = path.child('rollingUpdate')
  if (type === 'Recreate') {
    return isAbsent(rollingUpdate) ? [] : [forbidden(at, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (type !== 'RollingUpdate') return [notSupported(path, strategy, ['Recreate', 'RollingUpdate'])]
  if (!isFields(rollingUpdate)) return [required(at, 'this should be defaulted and never be nil')]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const unavailable = at.child('maxUnavailable')
  const stuck = amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0
  return [
    ...intOrPercentErrors(maxUnavailable, unavailable),
    ...intOrPercentErrors(maxSurge, at.child('maxSurge')),
    ...(stuck ? [invalid(unavailable, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...over100Errors(maxUnavailable, unavailable),
  ]
}

function deadlineErrors(spec: Fields): readonly FieldError[] {
  const deadline = spec['progressDeadlineSeconds']
  if (isAbsent(deadline) || numberOf(deadline) > numberOf(spec['minReadySeconds'])) return []
  return [invalid(specPath.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds')]
}

/** Refuses another selector than the stored one. */
export function selectorChangeErrors(object: Fields, old: Fields): readonly FieldError[] {
  const { selector } = fieldsOf(object['spec'])
  return validateImmutableField(selector ?? null, fieldsOf(old['spec'])['selector'] ?? null, specPath.child('selector'))
}

const replicaCounts = ['updatedReplicas', 'readyReplicas', 'availableReplicas']

/** Checks the counts that the controllers of deployments and replica sets report. */
export function replicaStatusErrors(status: Fields, more: readonly string[]): readonly FieldError[] {
  const path = FieldPath.of('status')
  const replicas = numberOf(status['replicas'])
  const known = replicaCounts.filter((name) => !isAbsent(status[name]))
  const errors = [...countErrors(status, ['observedGeneration', 'replicas', ...known, ...more], path)]
  for (const name of [...known, ...more.filter((field) => field === 'fullyLabeledReplicas')]) {
    if (numberOf(status[name]) > replicas) {
      errors.push(invalid(path.child(name), status[name], 'cannot be greater than status.replicas'))
    }
  }
  if (numberOf(status['availableReplicas']) > numberOf(status['readyReplicas'])) {
    errors.push(
      invalid(path.child('availableReplicas'), status['availableReplicas'], 'cannot be greater than readyReplicas'),
    )
  }
  return errors
}
