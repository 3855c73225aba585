import {
  type FieldError,
  FieldPath,
  forbidden,
  isDomainPrefixedPath,
  nameIsDNSLabel,
  notSupported,
  required,
  tooLong,
  utf8Length,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { localReferenceErrors } from './ingress-backend.ts'

const path = FieldPath.of('spec')
const maxControllerLength = 250
const controllerOf = (ingressClass: Fields): string => textOf(fieldsOf(ingressClass['spec'])['controller'])

function specErrors(ingressClass: Fields): readonly FieldError[] {
  const controller = controllerOf(ingressClass)
  const { parameters } = fieldsOf(ingressClass['spec'])
  const at = path.child('controller')
  return [
    ...(utf8Length(controller) > maxControllerLength ? [tooLong(at, maxControllerLength)] : []),
    ...isDomainPrefixedPath(at, controller),
    ...(isFields(parameters) ? parameterErrors(parameters, path.child('parameters')) : []),
  ]
}

function parameterErrors(parameters: Fields, at: FieldPath): readonly FieldError[] {
  return [...localReferenceErrors(parameters, at), ...scopeErrors(parameters, at)]
}

function scopeErrors({ scope, namespace }: Fields, at: FieldPath): readonly FieldError[] {
  const namespacePath = at.child('namespace')
  if (isAbsent(scope)) return [required(at.child('scope'))]
  switch (scope) {
    case 'Namespace':
      return isAbsent(namespace)
        ? [required(namespacePath, "`parameters.scope` is set to 'Namespace'")]
        : invalidEach(namespacePath, textOf(namespace), nameIsDNSLabel(textOf(namespace), false))
    case 'Cluster':
      return isAbsent(namespace) ? [] : [forbidden(namespacePath, "`parameters.scope` is set to 'Cluster'")]
    default:
      return [notSupported(at.child('scope'), textOf(scope), ['Cluster', 'Namespace'])]
  }
}

/** @see pkg/registry/networking/ingressclass/strategy.go */
export const ingressClassRoom: Room = {
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  validate: specErrors,
  update: {
    validate: (ingressClass, old) => [
      ...validateImmutableField(controllerOf(ingressClass), controllerOf(old), path.child('controller')),
      ...specErrors(ingressClass),
    ],
  },
}
