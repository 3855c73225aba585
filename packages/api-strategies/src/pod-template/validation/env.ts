import {
  type FieldError,
  type FieldPath,
  invalid,
  isConfigMapKey,
  isEnvVarName,
  isRelaxedEnvVarName,
  nameIsDNSSubdomain,
  notFound,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors, requiredThen } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../../meta/json.ts'
import { fieldRefErrors, resourceFieldRefErrors } from './field-refs.ts'
import type { PodOptions } from './options.ts'
import { containersOf } from './visit-containers.ts'
import { backstepErrors } from './volumes/paths.ts'

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
const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']

/** Checks the environment of a container. */
export function envErrors(env: unknown, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const check = options.relaxedEnv ? isRelaxedEnvVarName : isEnvVarName
  return objectsOf(env).flatMap((variable, index) => [
    ...requiredThen(variable['name'], path.index(index).child('name'), check),
    ...valueFromErrors(variable, options, path.index(index).child('valueFrom')),
  ])
}

function valueFromErrors(variable: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const { valueFrom } = variable
  if (!isFields(valueFrom)) return []
  const used = sources.filter((name) => !isAbsent(valueFrom[name]))
  const errors = used.flatMap((name) => sourceErrors(name, fieldsOf(valueFrom[name]), path.child(name)))
  if (used.length === 0) return [...errors, invalid(path, '', noSource(options))]
  if (!isEmpty(variable['value'])) {
    return [...errors, invalid(path, '', 'may not be specified when `value` is not empty')]
  }
  if (used.length > 1) return [...errors, invalid(path, '', 'may not have more than one field specified at a time')]
  return errors
}

const noSource = (options: PodOptions): string =>
  options.envFiles
    ? 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    : 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'

function sourceErrors(name: string, source: Fields, path: FieldPath): readonly FieldError[] {
  switch (name) {
    case 'fieldRef':
      return fieldRefErrors(source, podFields, path)
    case 'resourceFieldRef':
      return resourceFieldRefErrors(source, false, path)
    case 'fileKeyRef':
      return fileKeyErrors(source, path)
    default:
      return [
        ...invalidEach(path.child('name'), textOf(source['name']), nameIsDNSSubdomain(textOf(source['name']), false)),
        ...requiredThen(source['key'], path.child('key'), isConfigMapKey),
      ]
  }
}

function fileKeyErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  return [
    ...requiredThen(source['key'], path.child('key'), isRelaxedEnvVarName),
    ...(isEmpty(source['volumeName'])
      ? [required(path.child('volumeName'))]
      : labelErrors(source['volumeName'], path.child('volumeName'))),
    ...(isEmpty(source['path'])
      ? [required(path.child('path'))]
      : backstepErrors(textOf(source['path']), path.child('path'))),
  ]
}

/** Checks the config maps and secrets that a container takes its environment from. */
export function envFromErrors(list: unknown, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const check = options.relaxedEnv ? isRelaxedEnvVarName : isEnvVarName
  return objectsOf(list).flatMap((source, index) => {
    const at = path.index(index)
    const used = ['configMapRef', 'secretRef'].filter((name) => !isAbsent(source[name]))
    const prefix = textOf(source['prefix'])
    const errors = prefix === '' ? [] : [...invalidEach(at.child('prefix'), prefix, check(prefix))]
    for (const name of used) {
      const target = fieldsOf(source[name])['name']
      errors.push(...requiredThen(target, at.child(name, 'name'), (text) => nameIsDNSSubdomain(text, true)))
    }
    if (used.length === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (used.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
    return errors
  })
}

/** A variable may come only from a file of a volume that lives as long as the pod. */
export function fileKeyVolumeErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const volumes = new Map(objectsOf(spec['volumes']).map((volume) => [textOf(volume['name']), volume]))
  return containersOf(spec, path).flatMap(({ container, path: at }) =>
    objectsOf(container['env']).flatMap(({ valueFrom }, index) => {
      const { fileKeyRef } = fieldsOf(valueFrom)
      if (!isFields(fileKeyRef)) return []
      const name = textOf(fileKeyRef['volumeName'])
      const volume = volumes.get(name)
      const namePath = at.child('env').index(index).child('valueFrom', 'fileKeyRef', 'volumeName')
      if (volume === undefined) return [notFound(namePath, name)]
      return isAbsent(volume['emptyDir']) ? [invalid(namePath, name, 'referenced volume must be of type emptyDir')] : []
    }),
  )
}
