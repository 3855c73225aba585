import { type FieldError, FieldPath, invalid, validateNonnegativeField } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, objectsOf, textOf, withField } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { behaviorErrors, hasTolerance, withoutTolerance } from './behavior.ts'
import { metricErrors } from './metrics.ts'
import { apiVersionProblem, type ReferenceOptions, referenceErrors } from './reference.ts'

const path = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const specOf = (autoscaler: Fields): Fields => fieldsOf(autoscaler['spec'])

function specErrors(autoscaler: Fields, old: Fields | undefined, { gates }: StrategyContext): readonly FieldError[] {
  const spec = specOf(autoscaler)
  const before = old === undefined ? undefined : specOf(old)
  const { minReplicas } = spec
  const least = gates.enabled('HPAScaleToZero') || before?.['minReplicas'] === 0 ? 0 : 1
  const min = numberOf(minReplicas)
  const max = numberOf(spec['maxReplicas'])
  const errors: FieldError[] = []
  if (!isAbsent(minReplicas) && min < least) {
    errors.push(invalid(path.child('minReplicas'), min, `must be greater than or equal to ${least}`))
  }
  const maxPath = path.child('maxReplicas')
  if (max < 1) errors.push(invalid(maxPath, max, 'must be greater than 0'))
  if (!isAbsent(minReplicas) && max < min) {
    errors.push(invalid(maxPath, max, 'must be greater than or equal to `minReplicas`'))
  }
  const target = fieldsOf(spec['scaleTargetRef'])
  errors.push(...referenceErrors(target, path.child('scaleTargetRef'), targetOptions(target, before)))
  errors.push(...metricErrors(spec['metrics'], path.child('metrics'), minReplicas, metricOptions(before)))
  return [...errors, ...behaviorErrors(spec['behavior'], path.child('behavior'))]
}

/** What is scaled may have a wrong version when it had it before, and none when it is a kind of the core group. */
function targetOptions(target: Fields, before: Fields | undefined): ReferenceOptions {
  const old = fieldsOf(before?.['scaleTargetRef'])
  const same = (name: string): boolean => textOf(target[name]) === textOf(old[name])
  const unchanged = before !== undefined && same('apiVersion') && same('kind')
  return { anyApiVersion: unchanged, emptyGroup: !unchanged && target['kind'] === 'ReplicationController' }
}

function metricOptions(before: Fields | undefined): ReferenceOptions {
  const strict = { anyApiVersion: false, emptyGroup: true }
  const wrong = objectsOf(before?.['metrics']).some(
    ({ type, object }) =>
      type === 'Object' &&
      isFields(object) &&
      apiVersionProblem(fieldsOf(object['describedObject']), strict) !== undefined,
  )
  return wrong ? { ...strict, anyApiVersion: true } : strict
}

function withoutDisabled(autoscaler: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  const spec = specOf(autoscaler)
  const { behavior } = spec
  if (gates.enabled('HPAConfigurableTolerance') || !isFields(behavior)) return autoscaler
  if (old !== undefined && hasTolerance(specOf(old)['behavior'])) return autoscaler
  return withField(autoscaler, 'spec', withField(spec, 'behavior', withoutTolerance(behavior)))
}

/** @see pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go */
const horizontalPodAutoscalerRoom: Room = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  prepareForCreate: (autoscaler, context) => withoutDisabled(autoscaler, undefined, context),
  validate: (autoscaler, context) => specErrors(autoscaler, undefined, context),
  update: { prepare: withoutDisabled, validate: specErrors },
  status: {
    validate: ({ status }) =>
      ['currentReplicas', 'desiredReplicas'].flatMap((name) =>
        validateNonnegativeField(numberOf(fieldsOf(status)[name]), statusPath.child(name)),
      ),
  },
}

export const autoscalingRooms: readonly Room[] = [horizontalPodAutoscalerRoom]
