import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  notSupported,
  required,
  structValue,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named, requiredThen } from '../meta/checks.ts'
import { type Fields, fieldsOf, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { conditionErrors } from './conditions.ts'
import { nonResourceRuleErrors, resourceRuleErrors } from './policy-rules.ts'

const path = FieldPath.of('spec')
const maxPrecedence = 10_000
const methods = ['ByNamespace', 'ByUser']
/** Kinds of subjects, and the field that names one. */
const subjects = [
  ['ServiceAccount', 'serviceAccount'],
  ['User', 'user'],
  ['Group', 'group'],
] as const

function schemaErrors(schema: Fields): readonly FieldError[] {
  const spec = fieldsOf(schema['spec'])
  const precedence = numberOf(spec['matchingPrecedence'])
  const at = path.child('matchingPrecedence')
  const errors: FieldError[] = []
  if (precedence <= 0) errors.push(invalid(at, precedence, 'must be a positive value'))
  if (precedence > maxPrecedence) {
    errors.push(invalid(at, precedence, `must not be greater than ${maxPrecedence}`))
  }
  if (precedence === 1 && fieldsOf(schema['metadata'])['name'] !== 'exempt') {
    errors.push(invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"))
  }
  const { distinguisherMethod: method } = spec
  if (isFields(method) && !methods.includes(textOf(method['type']))) {
    const shown = structValue({ Type: textOf(method['type']) }, ['Type'])
    errors.push(notSupported(path.child('distinguisherMethod', 'type'), shown, methods))
  }
  const level = textOf(fieldsOf(spec['priorityLevelConfiguration'])['name'])
  const levelPath = path.child('priorityLevelConfiguration', 'name')
  return [
    ...errors,
    ...(level === ''
      ? [required(levelPath, 'must reference a priority level')]
      : invalidEach(levelPath, level, nameIsDNSSubdomain(level, false))),
    ...objectsOf(spec['rules']).flatMap((rule, index) => ruleErrors(rule, path.child('rules').index(index))),
    ...conditionErrors(schema),
  ]
}

function ruleErrors(rule: Fields, at: FieldPath): readonly FieldError[] {
  const list = objectsOf(rule['subjects'])
  const resources = objectsOf(rule['resourceRules'])
  const urls = objectsOf(rule['nonResourceRules'])
  return [
    ...(list.length === 0 ? [required(at.child('subjects'), 'subjects must contain at least one value')] : []),
    ...list.flatMap((subject, index) => subjectErrors(subject, at.child('subjects').index(index))),
    ...(resources.length === 0 && urls.length === 0
      ? [required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')]
      : []),
    ...resources.flatMap((item, index) => resourceRuleErrors(item, at.child('resourceRules').index(index))),
    ...urls.flatMap((item, index) => nonResourceRuleErrors(item, at.child('nonResourceRules').index(index))),
  ]
}

function subjectErrors(subject: Fields, at: FieldPath): readonly FieldError[] {
  const { kind } = subject
  const own = subjects.find(([name]) => name === kind)
  if (own === undefined) {
    return [notSupported(at.child('kind'), named(kind), ['Group', 'ServiceAccount', 'User'])]
  }
  const [, field] = own
  const value = subject[field]
  const others = subjects.filter(([, name]) => name !== field && isFields(subject[name]))
  return [
    ...(isFields(value)
      ? nameErrors(field, value, at.child(field))
      : [required(at.child(field), `${field} is required when subject kind is '${own[0]}'`)]),
    ...others.map(([name, other]) =>
      forbidden(at.child(other), `${other} is forbidden when subject kind is not '${name}'`),
    ),
  ]
}

function nameErrors(field: string, subject: Fields, at: FieldPath): readonly FieldError[] {
  const name = textOf(subject['name'])
  const missing = name === '' ? [required(at.child('name'))] : []
  if (field !== 'serviceAccount') return missing
  const namespace = textOf(subject['namespace'])
  return [
    ...(name === '*' ? [] : requiredThen(name, at.child('name'), (text) => nameIsDNSSubdomain(text, false))),
    ...(namespace === ''
      ? [required(at.child('namespace'), 'must specify namespace for service account')]
      : invalidEach(at.child('namespace'), namespace, nameIsDNSLabel(namespace, false))),
  ]
}

/** @see pkg/registry/flowcontrol/flowschema/strategy.go */
export const flowSchemaRoom: Room = {
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'FlowSchema',
  validate: schemaErrors,
  update: { validate: schemaErrors },
  status: { validate: conditionErrors },
}
