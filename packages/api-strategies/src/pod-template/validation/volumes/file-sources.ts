import { type FieldError, type FieldPath, invalid, required } from '@kube-bonsai/apimachinery'
import { missingErrors } from '../../../meta/checks.ts'
import { type Fields, isFields, objectsOf, textOf } from '../../../meta/json.ts'
import { fieldRefErrors, resourceFieldRefErrors } from '../field-refs.ts'
import { modeErrors } from '../file-modes.ts'
import { localPathErrors } from './paths.ts'

const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

/** Checks a volume of the files of a secret or a config map; `name` is the field that says which. */
export function keyedFilesErrors(source: Fields, name: string, path: FieldPath): readonly FieldError[] {
  return [
    ...missingErrors(source, path, [name]),
    ...modeErrors(source['defaultMode'], path.child('defaultMode')),
    ...objectsOf(source['items']).flatMap((item, index) => keyToPathErrors(item, path.child('items').index(index))),
  ]
}

/** Checks which key becomes which file. */
export function keyToPathErrors(item: Fields, path: FieldPath): readonly FieldError[] {
  return [
    ...missingErrors(item, path, ['key', 'path']),
    ...localPathErrors(textOf(item['path']), path.child('path')),
    ...modeErrors(item['mode'], path.child('mode')),
  ]
}

/** Checks a volume of what a pod says of itself. Upstream gives all files the path of their list. */
export function downwardAPIErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  return [
    ...modeErrors(source['defaultMode'], path.child('defaultMode')),
    ...objectsOf(source['items']).flatMap((file) => downwardAPIFileErrors(file, path)),
  ]
}

/** Checks one file of what a pod says of itself. */
export function downwardAPIFileErrors(file: Fields, path: FieldPath): readonly FieldError[] {
  const { fieldRef, resourceFieldRef } = file
  const errors: FieldError[] = [
    ...missingErrors(file, path, ['path']),
    ...localPathErrors(textOf(file['path']), path.child('path')),
  ]
  if (isFields(fieldRef)) {
    errors.push(...fieldRefErrors(fieldRef, volumeFields, path.child('fieldRef')))
    if (isFields(resourceFieldRef)) {
      errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
    }
  } else if (isFields(resourceFieldRef)) {
    errors.push(...resourceFieldRefErrors(resourceFieldRef, true, path.child('resourceFieldRef')))
  } else {
    errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  }
  return [...errors, ...modeErrors(file['mode'], path.child('mode'))]
}
