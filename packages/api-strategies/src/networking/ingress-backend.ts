import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Subdomain,
  isValidPathSegmentName,
  isValidPortName,
  isValidPortNum,
  nameIsDNS1035Label,
  nameIsDNSLabel,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, requiredThen } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, textOf } from '../meta/json.ts'

/** Checks where an ingress sends traffic to: a service or another object, but not both. */
export function backendErrors(backend: Fields, path: FieldPath, relaxedNames: boolean): readonly FieldError[] {
  const { resource, service } = backend
  if (isFields(resource)) {
    if (isFields(service)) return [invalid(path, '', 'cannot set both resource and service backends')]
    return localReferenceErrors(resource, path.child('resource'))
  }
  if (!isFields(service)) return [invalid(path, '', 'resource or service backend is required')]
  const at = path.child('service')
  const check = relaxedNames ? nameIsDNSLabel : nameIsDNS1035Label
  const errors = requiredThen(service['name'], at.child('name'), (name) => check(name, false))
  return [...errors, ...portErrors(fieldsOf(service['port']), path, at.child('port'))]
}

function portErrors(port: Fields, backend: FieldPath, path: FieldPath): readonly FieldError[] {
  const name = textOf(port['name'])
  const number = numberOf(port['number'])
  if (name !== '' && number !== 0) return [invalid(backend, '', 'cannot set both port name & port number')]
  if (name !== '') return invalidEach(path.child('name'), name, isValidPortName(name))
  if (number !== 0) return invalidEach(path.child('number'), number, isValidPortNum(number))
  return [required(backend, 'port name or number is required')]
}

/** Checks a reference to an object of the same namespace. */
export function localReferenceErrors(reference: Fields, path: FieldPath): readonly FieldError[] {
  const { apiGroup } = reference
  return [
    ...(isAbsent(apiGroup)
      ? []
      : invalidEach(path.child('apiGroup'), textOf(apiGroup), isDNS1123Subdomain(textOf(apiGroup)))),
    ...requiredThen(reference['kind'], path.child('kind'), isValidPathSegmentName),
    ...requiredThen(reference['name'], path.child('name'), isValidPathSegmentName),
  ]
}
