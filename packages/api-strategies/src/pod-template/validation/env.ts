import {
  compareUtf8,
  type FieldError,
  type FieldPath,
  invalid,
  isConfigMapKey,
  isEnvVarName,
  isRelaxedEnvVarName,
  nameIsDNSSubdomain,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors, requiredThen } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

const podFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']
const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/

/** Checks the environment of a container. */
export function envErrors(env: unknown, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const relaxed = context.gates.enabled('RelaxedEnvironmentVariableValidation')
  return objectsOf(env).flatMap((variable, index) => [
    ...requiredThen(variable['name'], path.index(index).child('name'), relaxed ? isRelaxedEnvVarName : isEnvVarName),
    ...valueFromErrors(variable, context, path.index(index).child('valueFrom')),
  ])
}

function valueFromErrors(variable: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const { valueFrom } = variable
  if (!isFields(valueFrom)) return []
  const used = sources.filter((name) => !isAbsent(valueFrom[name]))
  const errors = used.flatMap((name) => sourceErrors(name, fieldsOf(valueFrom[name]), path.child(name)))
  if (used.length === 0) return [...errors, invalid(path, '', noSource(context))]
  if (!isEmpty(variable['value']))
    return [...errors, invalid(path, '', 'may not be specified when `value` is not empty')]
  if (used.length > 1) return [...errors, invalid(path, '', 'may not have more than one field specified at a time')]
  return errors
}

const noSource = (context: StrategyContext): string =>
  context.gates.enabled('EnvFiles')
    ? 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    : 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'

function sourceErrors(name: string, source: Fields, path: FieldPath): readonly FieldError[] {
  switch (name) {
    case 'fieldRef':
      return fieldRefErrors(source, podFields, path)
    case 'resourceFieldRef':
      return resourceFieldErrors(source, path)
    case 'fileKeyRef':
      return fileKeyErrors(source, path)
    default:
      return [
        ...invalidEach(path.child('name'), textOf(source['name']), nameIsDNSSubdomain(textOf(source['name']), false)),
        ...requiredThen(source['key'], path.child('key'), isConfigMapKey),
      ]
  }
}

/** Checks a reference to a field of the pod itself. */
export function fieldRefErrors(source: Fields, supported: readonly string[], path: FieldPath): readonly FieldError[] {
  const version = textOf(source['apiVersion'])
  const fieldPath = textOf(source['fieldPath'])
  const at = path.child('fieldPath')
  if (version === '') return [required(path.child('apiVersion'))]
  if (fieldPath === '') return [required(at)]
  if (version !== 'v1')
    return [invalid(at, fieldPath, `error converting fieldPath: unsupported pod version: ${version}`)]
  if (supported.includes(fieldPath) || subscript.test(fieldPath)) return []
  const known = [
    ...podFields,
    'metadata.labels',
    'metadata.annotations',
    'spec.restartPolicy',
    'spec.schedulerName',
    'status.phase',
  ]
  if (!known.includes(fieldPath)) {
    return [invalid(at, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)]
  }
  return [notSupported(at, fieldPath, [...supported].sort(compareUtf8))]
}

function resourceFieldErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const resource = textOf(source['resource'])
  const at = path.child('resource')
  if (resource === '') return [required(at)]
  if (/^(requests|limits)\.hugepages-/.test(resource) || containerResources.includes(resource)) return []
  return [notSupported(at, resource, containerResources)]
}

function fileKeyErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  return [
    ...requiredThen(source['key'], path.child('key'), isEnvVarName),
    ...(isEmpty(source['volumeName'])
      ? [required(path.child('volumeName'))]
      : labelErrors(source['volumeName'], path.child('volumeName'))),
    ...(isEmpty(source['path']) ? [required(path.child('path'))] : []),
  ]
}

/** Checks the config maps and secrets that a container takes its environment from. */
export function envFromErrors(list: unknown, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const check = context.gates.enabled('RelaxedEnvironmentVariableValidation') ? isRelaxedEnvVarName : isEnvVarName
  return objectsOf(list).flatMap((source, index) => {
    const at = path.index(index)
    const used = ['configMapRef', 'secretRef'].filter((name) => !isAbsent(source[name]))
    const prefix = textOf(source['prefix'])
    const errors = prefix === '' ? [] : [...invalidEach(at.child('prefix'), prefix, check(prefix))]
    for (const name of used) {
      const target = textOf(fieldsOf(source[name])['name'])
      errors.push(...invalidEach(at.child(name, 'name'), target, nameIsDNSSubdomain(target, false)))
    }
    if (used.length === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (used.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
    return errors
  })
}
