import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  forbidden,
  invalid,
  notSupported,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf } from '../../meta/json.ts'
import { lastingTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import type { StrategyContext } from '../../strategy.ts'
import { amountOf, countErrors, intOrPercentErrors, over100Errors } from '../../workloads/amounts.ts'
import { compiledSelector, selectsAll, templateLabelErrors, workloadSelectorErrors } from '../../workloads/selectors.ts'
import { templateOf } from '../../workloads/templates.ts'

const specPath = FieldPath.of('spec')

/** Checks a deployment. @see pkg/apis/apps/validation/validation.go ValidateDeploymentSpec */
export function deploymentErrors(deployment: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const spec = fieldsOf(deployment['spec'])
  return [
    ...countErrors(spec, ['replicas'], specPath),
    ...selectedTemplateErrors(spec, context, old),
    ...strategyErrors(fieldsOf(spec['strategy']), specPath.child('strategy')),
    ...countErrors(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'], specPath),
    ...deadlineErrors(spec),
  ]
}

/** Checks a replica set. */
export function replicaSetErrors(replicaSet: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const spec = fieldsOf(replicaSet['spec'])
  return [
    ...countErrors(spec, ['replicas', 'minReadySeconds'], specPath),
    ...selectedTemplateErrors(spec, context, old),
  ]
}

/** Upstream checks the selector and template of deployments and replica sets with the same words. */
function selectedTemplateErrors(spec: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const path = specPath.child('selector')
  const errors = workloadSelectorErrors(spec['selector'], 'deployment', path)
  const selector = compiledSelector(spec['selector'])
  if (selector === undefined)
    return [...errors, invalid(path, internalValue('LabelSelector', spec['selector']), 'invalid label selector')]
  const template = fieldsOf(spec['template'])
  const templatePath = specPath.child('template')
  return [
    ...errors,
    ...(selectsAll(spec['selector']) ? [] : templateLabelErrors(template, selector, templatePath)),
    ...lastingTemplateErrors(template, 'ReplicaSet', context, templatePath, templateOf(old)),
  ]
}

function strategyErrors(strategy: Fields, path: FieldPath): readonly FieldError[] {
  const { type, rollingUpdate } = strategy
  const at = path.child('rollingUpdate')
  if (type === 'Recreate') {
    return isAbsent(rollingUpdate) ? [] : [forbidden(at, "may not be specified when strategy `type` is 'Recreate'")]
  }
  if (type !== 'RollingUpdate') {
    return [notSupported(path, internalValue('apps.DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate'])]
  }
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
  if (semanticEqual(selector ?? null, fieldsOf(old['spec'])['selector'] ?? null)) return []
  const value = isFields(selector) ? internalValue('LabelSelector', selector) : null
  return [invalid(specPath.child('selector'), value, fieldImmutableMessage)]
}

const notOver = 'cannot be greater than status.replicas'

/** How the controllers of a kind report their counts. */
export interface ReplicaCounts {
  /** All counts, in the order in which they are checked. */
  readonly counts: readonly string[]
  /** Those which no more than all replicas can be. */
  readonly within: readonly string[]
  /** How messages call the count of ready replicas. */
  readonly ready: string
}

/** Checks the counts that the controllers of deployments, replica sets and stateful sets report. */
export function replicaStatusErrors(status: Fields, { counts, within, ready }: ReplicaCounts): readonly FieldError[] {
  const path = FieldPath.of('status')
  const errors = [...countErrors(status, counts, path)]
  for (const name of within) {
    if (numberOf(status[name]) > numberOf(status['replicas']))
      errors.push(invalid(path.child(name), status[name], notOver))
  }
  const { availableReplicas: available } = status
  if (numberOf(available) > numberOf(status['readyReplicas'])) {
    errors.push(invalid(path.child('availableReplicas'), available, `cannot be greater than ${ready}`))
  }
  return errors
}

/** Refuses a count of collisions below the stored one. */
export function collisionErrors(object: Fields, old: Fields): readonly FieldError[] {
  const { collisionCount: count } = fieldsOf(object['status'])
  const { collisionCount: before } = fieldsOf(old['status'])
  if (isAbsent(before) || (!isAbsent(count) && numberOf(count) >= numberOf(before))) return []
  return [invalid(FieldPath.of('status', 'collisionCount'), count ?? 0, 'cannot be decremented')]
}
