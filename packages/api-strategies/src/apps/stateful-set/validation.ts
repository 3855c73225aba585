import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  notSupported,
  required,
  semanticEqual,
  validateAnnotations,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { claimOptions, claimSpecErrors } from '../../core/persistent-volume-claim/spec-validation.ts'
import { internalValue } from '../../internal-form/internal-value.ts'
import { labelErrors, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, listOf, objectsOf, withField } from '../../meta/json.ts'
import { podAnnotationErrors } from '../../pod-template/validation/annotations.ts'
import { labelsOf } from '../../pod-template/validation/labels.ts'
import { podOptions } from '../../pod-template/validation/options.ts'
import { podTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors, intOrPercentErrors, over100Errors } from '../../workloads/amounts.ts'
import { compiledSelector, selectsAll, templateLabelErrors, workloadSelectorErrors } from '../../workloads/selectors.ts'
import { templateOf } from '../../workloads/templates.ts'

const specPath = FieldPath.of('spec')
const policies = ['OrderedReady', 'Parallel']
const retention = ['Retain', 'Delete']
const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]
const frozen =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
  "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

/** Checks a stateful set. @see pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec */
export function statefulSetErrors(statefulSet: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  return specErrors(statefulSet, context, old, old !== undefined && specErrors(old, context, old, false).length > 0)
}

/** @param skipsTemplate the stored set is wrong already: its template is not looked at, so that the rest can be changed */
function specErrors(
  statefulSet: Fields,
  context: StrategyContext,
  old: Fields | undefined,
  skipsTemplate: boolean,
): readonly FieldError[] {
  const spec = fieldsOf(statefulSet['spec'])
  const policy = spec['podManagementPolicy']
  const errors: FieldError[] = []
  const policyPath = specPath.child('podManagementPolicy')
  if (isEmpty(policy)) errors.push(required(policyPath))
  else if (!policies.includes(String(policy)))
    errors.push(invalid(policyPath, policy, "must be 'OrderedReady' or 'Parallel'"))
  errors.push(...updateStrategyErrors(fieldsOf(spec['updateStrategy']), specPath.child('updateStrategy')))
  errors.push(...retentionErrors(fieldsOf(spec['persistentVolumeClaimRetentionPolicy'])))
  if (old === undefined) errors.push(...claimTemplateErrors(spec, context))
  errors.push(...countErrors(spec, ['replicas', 'minReadySeconds'], specPath))
  errors.push(...countErrors({ 'ordinals.start': fieldsOf(spec['ordinals'])['start'] }, ['ordinals.start'], specPath))
  if (old === undefined && !isEmpty(spec['serviceName']))
    errors.push(...labelErrors(spec['serviceName'], specPath.child('serviceName')))
  return [...errors, ...templateErrors(spec, context, old, skipsTemplate)]
}

function updateStrategyErrors(strategy: Fields, path: FieldPath): readonly FieldError[] {
  const { type, rollingUpdate } = strategy
  const at = path.child('rollingUpdate')
  if (isEmpty(type)) return [required(path)]
  if (type === 'OnDelete') {
    return isAbsent(rollingUpdate)
      ? []
      : [
          invalid(
            at,
            internalValue('apps.RollingUpdateStatefulSetStrategy', rollingUpdate),
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ]
  }
  if (type !== 'RollingUpdate')
    return [
      invalid(path, internalValue('apps.StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'"),
    ]
  const { partition, maxUnavailable } = fieldsOf(rollingUpdate)
  const counts = countErrors({ partition }, ['partition'], at)
  if (isAbsent(maxUnavailable)) return counts
  const most = at.child('maxUnavailable')
  const none = maxUnavailable === 0 || maxUnavailable === '0%' ? [invalid(most, 0, 'cannot be 0')] : []
  return [...counts, ...intOrPercentErrors(maxUnavailable, most), ...none, ...over100Errors(maxUnavailable, most)]
}

function retentionErrors(policy: Fields): readonly FieldError[] {
  const path = specPath.child('persistentVolumeClaimRetentionPolicy')
  return ['whenDeleted', 'whenScaled'].flatMap((name) =>
    retention.includes(String(policy[name])) ? [] : [notSupported(path.child(name), named(policy[name]), retention)],
  )
}

function claimTemplateErrors(spec: Fields, context: StrategyContext): readonly FieldError[] {
  const path = specPath.child('volumeClaimTemplates')
  return objectsOf(spec['volumeClaimTemplates']).flatMap((claim, index) =>
    claimSpecErrors(fieldsOf(claim['spec']), claimOptions(undefined, context), path.index(index).child('spec')),
  )
}

function templateErrors(
  spec: Fields,
  context: StrategyContext,
  old: Fields | undefined,
  skipsTemplate: boolean,
): readonly FieldError[] {
  const path = specPath.child('selector')
  const errors = [...workloadSelectorErrors(spec['selector'], 'statefulset', path)]
  const selector = compiledSelector(spec['selector'])
  const at = specPath.child('template')
  const template = withClaimVolumes(fieldsOf(spec['template']), spec)
  if (selector === undefined) errors.push(invalid(path, internalValue('LabelSelector', spec['selector']), ''))
  else {
    if (!selectsAll(spec['selector'])) errors.push(...templateLabelErrors(template, selector, at))
    if (!skipsTemplate) errors.push(...podTemplateErrors(template, context, at, templateOf(old)))
    errors.push(...repeatedTemplateErrors(template, context, at, templateOf(old)))
  }
  return [...errors, ...lastingErrors(fieldsOf(template['spec']), 'StatefulSet', at.child('spec'))]
}

/** Upstream checks labels and annotations of this kind's template a second time, without `metadata` in the path. */
function repeatedTemplateErrors(
  template: Fields,
  context: StrategyContext,
  path: FieldPath,
  old: Fields | undefined,
): readonly FieldError[] {
  const { labels, annotations } = fieldsOf(template['metadata'])
  const podSpec = fieldsOf(template['spec'])
  const options = podOptions({ spec: podSpec, ...(old && { old: fieldsOf(old['spec']) }) }, context)
  return [
    ...validateLabels(labelsOf(labels), path.child('labels')),
    ...validateAnnotations(labelsOf(annotations), path.child('annotations')),
    ...podAnnotationErrors(fieldsOf(annotations), podSpec, options, path.child('annotations')),
  ]
}

function lastingErrors(podSpec: Fields, kind: string, path: FieldPath): readonly FieldError[] {
  const { restartPolicy: policy, activeDeadlineSeconds: deadline } = podSpec
  const errors = policy === 'Always' ? [] : [notSupported(path.child('restartPolicy'), named(policy), ['Always'])]
  if (isAbsent(deadline)) return errors
  return [
    ...errors,
    forbidden(path.child('activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`),
  ]
}

/** The template with the volumes that its pods will have for the claim templates; host names are the controller's. */
function withClaimVolumes(template: Fields, spec: Fields): Fields {
  const podSpec = withField(withField(fieldsOf(template['spec']), 'hostname', undefined), 'subdomain', undefined)
  const templates = objectsOf(spec['volumeClaimTemplates'])
  const names = [...new Set(templates.map((claim) => fieldsOf(claim['metadata'])['name']))]
  if (names.length === 0) return { ...template, spec: podSpec }
  const claims = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
  const others = listOf(podSpec['volumes']).filter((volume) => !names.includes(fieldsOf(volume)['name']))
  return { ...template, spec: { ...podSpec, volumes: [...claims, ...others] } }
}

/** Checks a change of a stateful set, most of which is frozen. */
export function statefulSetUpdateErrors(
  statefulSet: Fields,
  old: Fields,
  context: StrategyContext,
): readonly FieldError[] {
  const errors = statefulSetErrors(statefulSet, context, old)
  const stored = fieldsOf(old['spec'])
  let spec = fieldsOf(statefulSet['spec'])
  for (const name of changeable) spec = withField(spec, name, stored[name])
  return semanticEqual(spec, stored) ? errors : [...errors, forbidden(specPath, frozen)]
}
