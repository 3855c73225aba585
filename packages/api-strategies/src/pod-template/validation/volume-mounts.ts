import { type FieldError, type FieldPath, invalid, notFound, notSupported, required } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isEmpty, objectsOf, textOf } from '../../meta/json.ts'

const propagation = ['Bidirectional', 'HostToContainer', 'None']
const recursion = ['Disabled', 'Enabled', 'IfPossible']

/** Checks where a container mounts the volumes of its pod, and which it uses as block devices. */
export function volumeMountErrors(
  container: Fields,
  volumes: ReadonlyMap<string, Fields>,
  path: FieldPath,
): readonly FieldError[] {
  const devices = objectsOf(container['volumeDevices'])
  const mounts = objectsOf(container['volumeMounts'])
  return [
    ...mounts.flatMap((mount, index) =>
      mountErrors(mount, index, mounts, { devices, volumes, path: path.child('volumeMounts') }),
    ),
    ...devices.flatMap((device, index) => deviceErrors(device, volumes, path.child('volumeDevices').index(index))),
  ]
}

interface Mounting {
  readonly devices: readonly Fields[]
  readonly volumes: ReadonlyMap<string, Fields>
  readonly path: FieldPath
}

function mountErrors(mount: Fields, index: number, all: readonly Fields[], mounting: Mounting): readonly FieldError[] {
  const { devices, volumes, path } = mounting
  const at = path.index(index)
  const name = textOf(mount['name'])
  const mountPath = textOf(mount['mountPath'])
  const errors: FieldError[] = []
  if (name === '') errors.push(required(at.child('name')))
  if (!volumes.has(name)) errors.push(notFound(at.child('name'), name))
  if (mountPath === '') errors.push(required(at.child('mountPath')))
  if (all.slice(0, index).some((other) => textOf(other['mountPath']) === mountPath)) {
    errors.push(invalid(at.child('mountPath'), mountPath, 'must be unique'))
  }
  if (devices.some((device) => device['name'] === name)) {
    errors.push(invalid(at.child('name'), name, 'must not already exist in volumeDevices'))
  }
  if (devices.some((device) => device['devicePath'] === mountPath)) {
    errors.push(invalid(at.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'))
  }
  return [...errors, ...subPathErrors(mount, at, path), ...optionErrors(mount, path)]
}

function subPathErrors(mount: Fields, at: FieldPath, path: FieldPath): readonly FieldError[] {
  const { subPath, subPathExpr } = mount
  const errors: FieldError[] = isEmpty(subPath) ? [] : [...localPathErrors(textOf(subPath), path.child('subPath'))]
  if (isEmpty(subPathExpr)) return errors
  if (!isEmpty(subPath)) {
    errors.push(invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
  }
  return [...errors, ...localPathErrors(textOf(subPathExpr), path.child('subPathExpr'))]
}

/** Refuses a path that leaves the directory in which it begins. */
export function localPathErrors(text: string, path: FieldPath): readonly FieldError[] {
  const absolute = text.startsWith('/') ? [invalid(path, text, 'must be a relative path')] : []
  const climbs = text.split('/').includes('..') ? [invalid(path, text, "must not contain '..'")] : []
  return [...absolute, ...climbs]
}

function optionErrors(mount: Fields, path: FieldPath): readonly FieldError[] {
  const check = (name: string, supported: readonly string[]): readonly FieldError[] =>
    isAbsent(mount[name]) || supported.includes(textOf(mount[name]))
      ? []
      : [notSupported(path.child(name), mount[name], supported)]
  return [...check('mountPropagation', propagation), ...check('recursiveReadOnly', recursion)]
}

function deviceErrors(device: Fields, volumes: ReadonlyMap<string, Fields>, path: FieldPath): readonly FieldError[] {
  const name = textOf(device['name'])
  const errors: FieldError[] = name === '' ? [required(path.child('name'))] : []
  const volume = volumes.get(name)
  if (volume === undefined) errors.push(notFound(path.child('name'), name))
  else if (isAbsent(volume['persistentVolumeClaim']) && isAbsent(volume['ephemeral'])) {
    errors.push(
      invalid(
        path.child('name'),
        name,
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      ),
    )
  }
  if (isEmpty(device['devicePath'])) errors.push(required(path.child('devicePath')))
  return errors
}
