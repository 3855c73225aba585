import {
  type FieldError,
  FieldPath,
  invalid,
  isDNS1035Label,
  isDNS1123Subdomain,
  isValidPathSegmentName,
  isValidPortNum,
  quote,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const path = FieldPath.of('spec')
const conditionsPath = FieldPath.of('status', 'conditions')
const statuses = ['True', 'False', 'Unknown']
const maxGroupPriority = 20_000
const maxVersionPriority = 1000

/** The name says what is served: version and group. */
function nameMessages(service: Fields, name: string): readonly string[] {
  const messages = isValidPathSegmentName(name)
  if (messages.length > 0) return messages
  const { group, version } = fieldsOf(service['spec'])
  const wanted = `${textOf(version)}.${textOf(group)}`
  return name === wanted ? [] : [`must be \`spec.version+"."+spec.group\`: ${quote(wanted)}`]
}

function serviceErrors(object: Fields): readonly FieldError[] {
  const spec = fieldsOf(object['spec'])
  const group = textOf(spec['group'])
  const version = textOf(spec['version'])
  const groupPriority = numberOf(spec['groupPriorityMinimum'])
  const versionPriority = numberOf(spec['versionPriority'])
  const errors: FieldError[] = []
  if (group === '' && version !== 'v1') {
    errors.push(required(path.child('group'), 'only v1 may have an empty group and it better be legacy kube'))
  }
  if (group !== '') errors.push(...invalidEach(path.child('group'), group, isDNS1123Subdomain(group)))
  errors.push(...invalidEach(path.child('version'), version, isDNS1035Label(version)))
  if (groupPriority <= 0 || groupPriority > maxGroupPriority) {
    const detail = 'must be positive and less than 20000'
    errors.push(invalid(path.child('groupPriorityMinimum'), groupPriority, detail))
  }
  if (versionPriority <= 0 || versionPriority > maxVersionPriority) {
    errors.push(invalid(path.child('versionPriority'), versionPriority, 'must be positive and less than 1000'))
  }
  const { service } = spec
  return [...errors, ...(isFields(service) ? remoteErrors(spec, service) : localErrors(spec))]
}

/** The length in bytes of what a text in base64 stands for. */
const bytesOf = (text: string): number => {
  const digits = text.replace(/=+$/, '').length
  return Math.floor((digits * 3) / 4)
}

function localErrors({ caBundle, insecureSkipTLSVerify }: Fields): readonly FieldError[] {
  const size = bytesOf(textOf(caBundle))
  return [
    ...(size === 0
      ? []
      : [invalid(path.child('caBundle'), `${size} bytes`, 'local APIServices may not have a caBundle')]),
    ...(insecureSkipTLSVerify === true
      ? [invalid(path.child('insecureSkipTLSVerify'), true, 'local APIServices may not have insecureSkipTLSVerify')]
      : []),
  ]
}

function remoteErrors({ caBundle, insecureSkipTLSVerify }: Fields, service: Fields): readonly FieldError[] {
  const at = path.child('service')
  const port = numberOf(service['port'])
  const messages = isValidPortNum(port)
  return [
    ...(isEmpty(service['namespace']) ? [required(at.child('namespace'))] : []),
    ...(isEmpty(service['name']) ? [required(at.child('name'))] : []),
    ...(messages.length === 0 ? [] : [invalid(at.child('port'), port, `port is not valid: ${messages.join(', ')}`)]),
    ...(insecureSkipTLSVerify === true && !isEmpty(caBundle)
      ? [invalid(path.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present')]
      : []),
  ]
}

const localCondition = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
}

/** @see https://github.com/kubernetes/kube-aggregator/blob/master/pkg/registry/apiservice/strategy.go */
const apiServiceRoom: Room = {
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  nameMessages,
  prepareForCreate(object, { now }) {
    if (isFields(fieldsOf(object['spec'])['service'])) return object
    return { ...object, status: { conditions: [{ ...localCondition, lastTransitionTime: now }] } }
  },
  validate: serviceErrors,
  update: { validate: serviceErrors },
  status: {
    validate: ({ status }) =>
      objectsOf(fieldsOf(status)['conditions']).flatMap((condition, index) =>
        ifSetOneOf(textOf(condition['status']), conditionsPath.index(index).child('status'), statuses),
      ),
  },
}

export const apiregistrationRooms: readonly Room[] = [apiServiceRoom]
