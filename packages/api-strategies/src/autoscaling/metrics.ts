import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isValidPathSegmentName,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import { invalidEach, labelErrors, named } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { containerResourceNameErrors } from '../pod-template/validation/resources.ts'
import { type ReferenceOptions, referenceErrors } from './reference.ts'

const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
/** The fields that hold a source, in the order in which they are checked, with their type. */
const sources = [
  ['object', 'Object'],
  ['external', 'External'],
  ['pods', 'Pods'],
  ['resource', 'Resource'],
  ['containerResource', 'ContainerResource'],
] as const
const targetTypes = ['Utilization', 'Value', 'AverageValue']
const noSource = 'must populate information for the given metric source'

/** Checks what an autoscaler looks at. */
export function metricErrors(
  metrics: unknown,
  path: FieldPath,
  minReplicas: unknown,
  options: ReferenceOptions,
): readonly FieldError[] {
  const list = objectsOf(metrics)
  const errors = list.flatMap((metric, index) => specErrors(metric, path.index(index), options))
  if (minReplicas !== 0 || list.some(({ type }) => type === 'Object' || type === 'External')) return errors
  const detail = 'must specify at least one Object or External metric to support scaling to zero replicas'
  return [...errors, forbidden(path, detail)]
}

function specErrors(metric: Fields, path: FieldPath, options: ReferenceOptions): readonly FieldError[] {
  const type = textOf(metric['type'])
  const at = path.child('type')
  const errors: FieldError[] = []
  if (type === '') errors.push(required(at, 'must specify a metric source type'))
  const unknown = types.includes(type) ? [] : [notSupported(at, named(type), types)]
  errors.push(...unknown)
  const present = sources.filter(([name]) => isFields(metric[name]))
  const first = present[0]?.[0]
  if (first !== undefined) errors.push(...sourceErrors(first, fieldsOf(metric[first]), path.child(first), options))
  const expected = sources.find(([, of]) => of === type)?.[0]
  if (expected === undefined) errors.push(...unknown)
  else if (!isFields(metric[expected])) errors.push(required(path.child(expected), noSource))
  if (present.length === 1) return errors
  const others = present.filter(([name]) => name !== expected)
  return [
    ...errors,
    ...others.map(([name]) => forbidden(path.child(name), 'must populate the given metric source only')),
  ]
}

type SourceName = (typeof sources)[number][0]

function sourceErrors(
  name: SourceName,
  source: Fields,
  path: FieldPath,
  options: ReferenceOptions,
): readonly FieldError[] {
  const target = fieldsOf(source['target'])
  const at = path.child('target')
  const has = (field: string): boolean => !isAbsent(target[field])
  const average = at.child('averageValue')
  const targets = targetErrors(target, at)
  switch (name) {
    case 'object':
      return [
        ...referenceErrors(fieldsOf(source['describedObject']), path.child('describedObject'), options),
        ...identifierErrors(source, path),
        ...targets,
        ...(has('value') || has('averageValue')
          ? []
          : [required(average, 'must set either a target value or averageValue')]),
      ]
    case 'external':
      return [
        ...identifierErrors(source, path),
        ...targets,
        ...(has('value') || has('averageValue')
          ? []
          : [required(average, 'must set either a target value for metric or a per-pod target')]),
        ...(has('value') && has('averageValue')
          ? [forbidden(at.child('value'), 'may not set both a target value for metric and a per-pod target')]
          : []),
      ]
    case 'pods':
      return [
        ...identifierErrors(source, path),
        ...targets,
        ...(has('averageValue') ? [] : [required(average, 'must specify a positive target averageValue')]),
      ]
    default:
      return [...resourceErrors(name, source, path), ...targets, ...utilizationErrors(target, at)]
  }
}

function resourceErrors(name: SourceName, source: Fields, path: FieldPath): readonly FieldError[] {
  const resource = textOf(source['name'])
  const container = textOf(source['container'])
  const missing = resource === '' ? [required(path.child('name'), 'must specify a resource name')] : []
  if (name === 'resource') return missing
  return [
    ...missing,
    ...(resource === '' ? [] : containerResourceNameErrors(resource, path.child('name'))),
    ...(container === ''
      ? [required(path.child('container'), 'must specify a container')]
      : labelErrors(container, path.child('container'))),
  ]
}

function utilizationErrors(target: Fields, at: FieldPath): readonly FieldError[] {
  const utilization = !isAbsent(target['averageUtilization'])
  const value = !isAbsent(target['averageValue'])
  if (utilization !== value) return []
  return utilization
    ? [forbidden(at.child('averageValue'), 'may not set both a target raw value and a target utilization')]
    : [required(at.child('averageUtilization'), 'must set either a target raw value or a target utilization')]
}

function targetErrors(target: Fields, path: FieldPath): readonly FieldError[] {
  const { type, averageUtilization } = target
  const errors: FieldError[] = []
  const at = path.child('type')
  if (textOf(type) === '') errors.push(required(at, 'must specify a metric target type'))
  if (!targetTypes.includes(textOf(type))) {
    errors.push(invalid(at, named(type), 'must be either Utilization, Value, or AverageValue'))
  }
  for (const name of ['value', 'averageValue']) {
    const amount = target[name]
    if (isAbsent(amount)) continue
    const parsed = tryParseQuantity(textOf(amount))
    if (parsed.ok && parsed.value.sign() !== 1) errors.push(invalid(path.child(name), amount, 'must be positive'))
  }
  if (!isAbsent(averageUtilization) && numberOf(averageUtilization) < 1) {
    errors.push(invalid(path.child('averageUtilization'), averageUtilization, 'must be greater than 0'))
  }
  return errors
}

function identifierErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const name = textOf(fieldsOf(source['metric'])['name'])
  const at = path.child('metric', 'name')
  if (name === '') return [required(at, 'must specify a metric name')]
  return invalidEach(at, name, isValidPathSegmentName(name))
}
