import { compareUtf8, type FieldError, FieldPath, invalid, required } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, isFields, listGiven, listOf, objectsOf, textOf } from '../../meta/json.ts'
import { quantityOf } from '../../pod-template/validation/quantities.ts'
import { isQuotaResource, quantityErrors, quotaResourceNameErrors } from '../../pod-template/validation/resources.ts'
import type { Room } from '../../room.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const podScopes = ['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity']
const scopes = [...podScopes, 'BestEffort', 'VolumeAttributesClass']
const computeResources = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const onlyExist = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const onlyExistDetail =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** Whether a scope has anything to do with a resource. */
function scopeFits(scope: string, resource: string): boolean {
  if (podScopes.includes(scope)) return resource === 'pods' || computeResources.includes(resource)
  if (scope === 'BestEffort') return resource === 'pods'
  if (scope === 'VolumeAttributesClass') return ['persistentvolumeclaims', 'requests.storage'].includes(resource)
  return true
}

function amountsErrors(amounts: unknown, path: FieldPath): readonly FieldError[] {
  const given = fieldsOf(amounts)
  return Object.keys(given)
    .sort(compareUtf8)
    .flatMap((name) => [
      ...quotaResourceNameErrors(name, path.key(name)),
      ...quantityErrors(name, given[name], path.key(name)),
    ])
}

const misfits = (scope: string, spec: Fields): readonly string[] =>
  Object.keys(fieldsOf(spec['hard'])).filter((name) => isQuotaResource(name) && !scopeFits(scope, name))

const conflicts = (given: readonly string[]): number =>
  [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ].filter((pair) => pair.every((scope) => given.includes(scope))).length

function scopeErrors(spec: Fields): readonly FieldError[] {
  const given = listOf(spec['scopes']).map(textOf)
  const path = specPath.child('scopes')
  const refuse = (detail: string): FieldError => invalid(path, given, detail)
  return [
    ...given.flatMap((scope) => [
      ...(scopes.includes(scope) ? [] : [refuse('unsupported scope')]),
      ...misfits(scope, spec).map(() => refuse('unsupported scope applied to resource')),
    ]),
    ...Array.from({ length: conflicts(given) }, () => refuse('conflicting scopes')),
  ]
}

function selectorErrors(spec: Fields): readonly FieldError[] {
  const selector = spec['scopeSelector']
  if (!isFields(selector)) return []
  const path = specPath.child('scopeSelector', 'matchExpressions')
  const expressions = objectsOf(selector['matchExpressions'])
  const given = listGiven(spec, 'scopes')
  return [
    ...expressions.flatMap((expression) => expressionErrors(expression, selector, spec, path)),
    ...Array.from({ length: conflicts(expressions.map(({ scopeName }) => textOf(scopeName))) }, () =>
      invalid(path, given, 'conflicting scopes'),
    ),
  ]
}

function expressionErrors(expression: Fields, selector: Fields, spec: Fields, path: FieldPath): readonly FieldError[] {
  const scope = textOf(expression['scopeName'])
  const operator = textOf(expression['operator'])
  const values = listOf(expression['values'])
  const operatorPath = path.child('operator')
  const errors: FieldError[] = []
  if (!scopes.includes(scope)) errors.push(invalid(path.child('scopeName'), named(scope), 'unsupported scope'))
  for (const _ of misfits(scope, spec)) {
    errors.push(invalid(path, internalValue('ScopeSelector', selector), 'unsupported scope applied to resource'))
  }
  if (onlyExist.includes(scope) && operator !== 'Exists') {
    errors.push(invalid(operatorPath, named(operator), onlyExistDetail))
  }
  switch (operator) {
    case 'In':
    case 'NotIn': {
      if (values.length > 0) return errors
      const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
      return [...errors, required(path.child('values'), detail)]
    }
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length === 0) return errors
      const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
      return [...errors, invalid(path.child('values'), values, detail)]
    }
    default:
      return [...errors, invalid(operatorPath, named(operator), 'not a valid selector operator')]
  }
}

function quotaErrors(quota: Fields): readonly FieldError[] {
  const spec = fieldsOf(quota['spec'])
  return [...amountsErrors(spec['hard'], specPath.child('hard')), ...scopeErrors(spec), ...selectorErrors(spec)]
}

function updateErrors(quota: Fields, old: Fields): readonly FieldError[] {
  const given = listOf(fieldsOf(quota['spec'])['scopes'])
  const before = listOf(fieldsOf(old['spec'])['scopes'])
  const errors = quotaErrors(quota)
  const same = given.every((scope) => before.includes(scope)) && before.every((scope) => given.includes(scope))
  if (same) return errors
  return [
    ...errors,
    invalid(specPath.child('scopes'), listGiven(fieldsOf(quota['spec']), 'scopes'), 'field is immutable'),
  ]
}

function statusErrors(quota: Fields): readonly FieldError[] {
  const status = fieldsOf(quota['status'])
  const unread = isEmpty(fieldsOf(quota['metadata'])['resourceVersion'])
  return [
    ...(unread ? [required(FieldPath.of('resourceVersion'))] : []),
    ...amountsErrors(status['hard'], statusPath.child('hard')),
    ...amountsErrors(status['used'], statusPath.child('used')),
  ]
}

/** Warns of requests that may become more than the limits. */
function quotaWarnings(quota: Fields): readonly string[] {
  const hard = fieldsOf(fieldsOf(quota['spec'])['hard'])
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((resource) => {
    const bare = resource === 'cpu' || resource === 'memory' ? [resource] : []
    const request = [`requests.${resource}`, ...bare].find((name) => Object.hasOwn(hard, name))
    const limit = `limits.${resource}`
    if (request === undefined || !Object.hasOwn(hard, limit)) return []
    const asked = quantityOf(hard[request])
    const most = quantityOf(hard[limit])
    if (asked.cmp(most) <= 0) return []
    return [`ResourceQuota ${request} (${asked.toString()}) should be less than ${limit} (${most.toString()})`]
  })
}

/** @see pkg/registry/core/resourcequota/strategy.go */
export const resourceQuotaRoom: Room = {
  group: '',
  kind: 'ResourceQuota',
  validate: quotaErrors,
  warningsOnCreate: quotaWarnings,
  update: { validate: updateErrors },
  status: { validate: statusErrors },
}
