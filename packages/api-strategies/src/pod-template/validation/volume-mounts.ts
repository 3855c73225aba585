import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, objectsOf, textOf } from '../../meta/json.ts'
import { backstepErrors, descendingPathErrors } from './volumes/paths.ts'

const propagation = ['Bidirectional', 'HostToContainer', 'None']
const recursion = ['Disabled', 'Enabled', 'IfPossible']

/** Checks where a container mounts the volumes of its pod. */
export function volumeMountErrors(
  container: Fields,
  volumes: ReadonlyMap<string, Fields>,
  path: FieldPath,
): readonly FieldError[] {
  const devices = objectsOf(container['volumeDevices'])
  const seen = new Set<string>()
  return objectsOf(container['volumeMounts']).flatMap((mount, index) => {
    const at = path.index(index)
    const name = textOf(mount['name'])
    const mountPath = textOf(mount['mountPath'])
    const errors: FieldError[] = []
    if (name === '') errors.push(required(at.child('name')))
    if (!volumes.has(name)) errors.push(notFound(at.child('name'), name))
    if (mountPath === '') errors.push(required(at.child('mountPath')))
    if (seen.has(mountPath)) errors.push(invalid(at.child('mountPath'), mountPath, 'must be unique'))
    seen.add(mountPath)
    if (devices.some((device) => textOf(device['name']) === name)) {
      errors.push(invalid(at.child('name'), name, 'must not already exist in volumeDevices'))
    }
    if (devices.some((device) => textOf(device['devicePath']) === mountPath)) {
      errors.push(invalid(at.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'))
    }
    return [...errors, ...subPathErrors(mount, at, path), ...optionErrors(mount, container, path)]
  })
}

function subPathErrors(mount: Fields, at: FieldPath, path: FieldPath): readonly FieldError[] {
  const { subPath, subPathExpr } = mount
  const errors: FieldError[] = isEmpty(subPath) ? [] : [...descendingPathErrors(textOf(subPath), path.child('subPath'))]
  if (isEmpty(subPathExpr)) return errors
  if (!isEmpty(subPath)) {
    errors.push(invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
  }
  return [...errors, ...descendingPathErrors(textOf(subPathExpr), path.child('subPathExpr'))]
}

function optionErrors(mount: Fields, container: Fields, path: FieldPath): readonly FieldError[] {
  const { mountPropagation } = mount
  const at = path.child('mountPropagation')
  const privileged = fieldsOf(container['securityContext'])['privileged'] === true
  return [
    ...ifSetOneOf(mountPropagation, at, propagation),
    ...(mountPropagation === 'Bidirectional' && !privileged
      ? [forbidden(at, 'Bidirectional mount propagation is available only to privileged containers')]
      : []),
    ...recursionErrors(mount, path.child('recursiveReadOnly')),
  ]
}

function recursionErrors(mount: Fields, path: FieldPath): readonly FieldError[] {
  const { recursiveReadOnly, mountPropagation } = mount
  if (isAbsent(recursiveReadOnly) || recursiveReadOnly === 'Disabled') return []
  if (!recursion.includes(textOf(recursiveReadOnly))) return [notSupported(path, named(recursiveReadOnly), recursion)]
  const errors: FieldError[] = []
  if (mount['readOnly'] !== true) errors.push(forbidden(path, 'may only be specified when readOnly is true'))
  if (!isAbsent(mountPropagation) && mountPropagation !== 'None') {
    errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'))
  }
  return errors
}

/** Checks which volumes of its pod a container uses as block devices. */
export function volumeDeviceErrors(
  container: Fields,
  volumes: ReadonlyMap<string, Fields>,
  path: FieldPath,
): readonly FieldError[] {
  const mounts = objectsOf(container['volumeMounts'])
  const names = new Set<string>()
  const paths = new Set<string>()
  return objectsOf(container['volumeDevices']).flatMap((device, index) => {
    const name = textOf(device['name'])
    const devicePath = textOf(device['devicePath'])
    const namePath = path.index(index).child('name')
    const at = path.index(index).child('devicePath')
    const volume = volumes.get(name)
    const errors: FieldError[] = []
    if (name === '') errors.push(required(namePath))
    if (names.has(name)) errors.push(invalid(namePath, name, 'must be unique'))
    if (volume === undefined) errors.push(notFound(namePath, name))
    else if (isAbsent(volume['persistentVolumeClaim']) && isAbsent(volume['ephemeral'])) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      errors.push(invalid(namePath, name, detail))
    }
    if (devicePath === '') errors.push(required(at))
    if (paths.has(devicePath)) errors.push(invalid(at, devicePath, 'must be unique'))
    if (backstepErrors(devicePath, at).length > 0) {
      errors.push(invalid(at, devicePath, "can not contain backsteps ('..')"))
    } else {
      paths.add(devicePath)
    }
    if (mounts.some((mount) => textOf(mount['name']) === name)) {
      errors.push(invalid(namePath, name, 'must not already exist in volumeMounts'))
    }
    if (mounts.some((mount) => textOf(mount['mountPath']) === devicePath)) {
      errors.push(invalid(at, devicePath, 'must not already exist as a path in volumeMounts'))
    }
    if (name !== '') names.add(name)
    return errors
  })
}
