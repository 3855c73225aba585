import {
  type FieldError,
  type FieldPath,
  isDNS1123Subdomain,
  nameIsDNSSubdomain,
  required,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../../../meta/checks.ts'
import { type Fields, isEmpty, isFields, textOf } from '../../../meta/json.ts'

const longestDriverName = 63

/** Checks the name of a CSI driver: a subdomain in any case. */
export function csiDriverNameErrors(driver: unknown, path: FieldPath): readonly FieldError[] {
  const text = textOf(driver)
  if (text === '') return [required(path)]
  return [
    ...(utf8Length(text) > longestDriverName ? [tooLong(path, longestDriverName)] : []),
    ...invalidEach(path, text, isDNS1123Subdomain(text.toLowerCase())),
  ]
}

/** Checks a volume that a CSI driver makes for one pod. */
export function inlineCSIErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const errors = csiDriverNameErrors(source['driver'], path.child('driver'))
  const secret = source['nodePublishSecretRef']
  if (!isFields(secret)) return errors
  if (isEmpty(secret['name'])) return [...errors, required(path.child('nodePublishSecretRef', 'name'))]
  const name = textOf(secret['name'])
  return [...errors, ...invalidEach(path.child('name'), name, nameIsDNSSubdomain(name, false))]
}
