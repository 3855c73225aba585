import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  isDNS1123Subdomain,
  isValidPathSegmentName,
  required,
  semanticEqual,
  structValue,
} from '@kube-bonsai/apimachinery'
import { invalidEach, requiredThen } from '../meta/checks.ts'
import { type Fields, fieldsOf, isFields, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const path = FieldPath.of('spec', 'parentRef')
const parentOf = (address: Fields): unknown => fieldsOf(address['spec'])['parentRef']

function parentErrors(parent: unknown): readonly FieldError[] {
  if (!isFields(parent)) return [required(path)]
  const group = textOf(parent['group'])
  const namespace = textOf(parent['namespace'])
  return [
    ...(group === '' ? [] : invalidEach(path.child('group'), group, isDNS1123Subdomain(group))),
    ...requiredThen(parent['resource'], path.child('resource'), isValidPathSegmentName),
    ...requiredThen(parent['name'], path.child('name'), isValidPathSegmentName),
    ...(namespace === '' ? [] : invalidEach(path.child('namespace'), namespace, isValidPathSegmentName(namespace))),
  ]
}

/** The reference as upstream's messages print it. */
function shownParent(parent: unknown): unknown {
  if (!isFields(parent)) return null
  const { group, resource, namespace, name } = parent
  const shown = { Group: textOf(group), Resource: textOf(resource), Namespace: textOf(namespace), Name: textOf(name) }
  return structValue(shown, ['Group', 'Resource', 'Namespace', 'Name'])
}

/** @see pkg/registry/networking/ipaddress/strategy.go */
export const ipAddressRoom: Room = {
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  validate: (address) => parentErrors(parentOf(address)),
  update: {
    validate: (address, old) => [
      ...parentErrors(parentOf(address)),
      ...(semanticEqual(parentOf(address), parentOf(old))
        ? []
        : [invalid(path, shownParent(parentOf(address)), fieldImmutableMessage)]),
    ],
  },
}
