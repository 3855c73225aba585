import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  notSupported,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { labelErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, listOf, objectsOf, withField } from '../../meta/json.ts'
import { lastingTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors, intOrPercentErrors, over100Errors } from '../../workloads/amounts.ts'
import { compiledSelector, selectsAll, templateLabelErrors, workloadSelectorErrors } from '../../workloads/selectors.ts'

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
export function statefulSetErrors(
  statefulSet: Fields,
  context: StrategyContext,
  update = false,
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
  errors.push(...countErrors(spec, ['replicas', 'minReadySeconds'], specPath))
  errors.push(...countErrors({ 'ordinals.start': fieldsOf(spec['ordinals'])['start'] }, ['ordinals.start'], specPath))
  if (!update && !isEmpty(spec['serviceName']))
    errors.push(...labelErrors(spec['serviceName'], specPath.child('serviceName')))
  return [...errors, ...templateErrors(spec, context)]
}

function updateStrategyErrors(strategy: Fields, path: FieldPath): readonly FieldError[] {
  const { type, rollingUpdate } = strategy
  const at = path.child('rollingUpdate')
  if (isEmpty(type)) return [required(path)]
  if (type === 'OnDelete') {
    return isAbsent(rollingUpdate)
      ? []
      : [invalid(at, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")]
  }
  if (type !== 'RollingUpdate') return [invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")]
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
    retention.includes(String(policy[name])) ? [] : [notSupported(path.child(name), policy[name] ?? '', retention)],
  )
}

function templateErrors(spec: Fields, context: StrategyContext): readonly FieldError[] {
  const path = specPath.child('selector')
  const errors = workloadSelectorErrors(spec['selector'], 'statefulset', path)
  const selector = compiledSelector(spec['selector'])
  if (selector === undefined) return [...errors, invalid(path, spec['selector'], '')]
  const template = withClaimVolumes(fieldsOf(spec['template']), spec)
  const at = specPath.child('template')
  return [
    ...errors,
    ...(selectsAll(spec['selector']) ? [] : templateLabelErrors(template, selector, at)),
    ...lastingTemplateErrors(template, 'StatefulSet', context, at),
  ]
}

/** The template with the volumes that its pods will have for the claim templates; host names are the controller's. */
function withClaimVolumes(template: Fields, spec: Fields): Fields {
  const podSpec = withField(withField(fieldsOf(template['spec']), 'hostname', undefined), 'subdomain', undefined)
  const names = objectsOf(spec['volumeClaimTemplates']).map((claim) => fieldsOf(claim['metadata'])['name'])
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
  const errors = statefulSetErrors(statefulSet, context, true)
  const stored = fieldsOf(old['spec'])
  let spec = fieldsOf(statefulSet['spec'])
  for (const name of changeable) spec = withField(spec, name, stored[name])
  return semanticEqual(spec, stored) ? errors : [...errors, forbidden(specPath, frozen)]
}
